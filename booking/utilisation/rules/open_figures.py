"""Open figures of a year: by district, class of instrument and kind of provider, for every month,
quarter and year that has ended; without anything personal, and without income."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from booking.kernel.periods import Period
from booking.utilisation.rules.withholding import Before, Cell, Nought, Sum, Users, withheld


class Dimension(StrEnum):
    """What open figures are divided by."""

    ZONE = "zone"
    DISTRICT = "district"
    INSTRUMENT_CLASS = "instrument_class"
    PROVIDER_KIND = "provider_kind"


ALL: Final = "all"

# What is added up; seconds, unless it counts.
MEASURES: Final = (
    "calendar",
    "closed",
    "maintenance",
    "fault",
    "open",
    "used",
    "effective",
    "external",
    "bookings",
    "uses",
)
# Of these users have shares; a share in one need not be one in another.
OF_USERS: Final = ("used", "effective", "external", "bookings", "uses")


@dataclass(frozen=True, slots=True)
class Atom:
    """What the instruments of one district, class and kind of provider did in a month.

    `users` are those organisations, other than the owners, with a use of which everything lies in
    the month: booked, begun, ended, confirmed. Each of them has a share in every measure.
    `present` are all that have a share in any: who booked and did not come, or has not confirmed.
    """

    month: str
    keys: Mapping[Dimension, str]
    instruments: int
    measures: Mapping[str, int]
    users: Users
    present: Users = frozenset()


@dataclass(frozen=True, slots=True)
class OpenRow:
    """One line; `figures` and `users` are None where it is withheld."""

    by: Dimension
    key: str
    period: str
    instruments: int
    users: int | None
    figures: Mapping[str, int] | None


Name = tuple[Dimension, str, str]


def open_rows(
    year: int,
    ended: Sequence[str],
    atoms: Sequence[Atom],
    *,
    before: Mapping[Name, bool] = MappingProxyType({}),
) -> list[OpenRow]:
    """The lines of a year whose months in `ended` are over; `before` are those that were published
    last, and whether with their figures."""
    periods = _periods(year, ended)
    members = _members(periods, atoms)
    names = sorted(members, key=lambda name: _in_order(name, periods))
    cells = [_cell(name, members[name], atoms) for name in names]
    last = Before(
        frozenset(number for number, name in enumerate(names) if before.get(name) is True),
        frozenset(number for number, name in enumerate(names) if before.get(name) is False),
    )
    hidden = withheld(cells, _sums(names, periods), nought=_nought(atoms), before=last)
    return [
        _row(name, members[name], atoms, hidden=number in hidden)
        for number, name in enumerate(names)
    ]


def _nought(atoms: Sequence[Atom]) -> Nought:
    unused = frozenset(number for number, atom in enumerate(atoms) if not atom.users)
    empty = frozenset(number for number in unused if not atoms[number].present)
    by_figure = (
        frozenset(number for number, atom in enumerate(atoms) if not atom.measures[figure])
        for figure in OF_USERS
    )
    return Nought(empty, unused, frozenset(by_figure))


def _periods(year: int, ended: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Every period that is over, with its months: months first, the year last."""
    codes = [*sorted(ended), *(f"{year}-Q{number}" for number in range(1, 5)), str(year)]
    made = {code: tuple(month.code for month in Period.parse(code).months()) for code in codes}
    return {code: months for code, months in made.items() if set(months) <= set(ended)}


def _members(periods: Mapping[str, Sequence[str]], atoms: Sequence[Atom]) -> dict[Name, list[int]]:
    found: dict[Name, list[int]] = defaultdict(list)
    for number, atom in enumerate(atoms):
        for code, months in periods.items():
            if atom.month in months:
                for by in Dimension:
                    found[by, atom.keys.get(by, ALL), code].append(number)
    return found


def _in_order(name: Name, periods: Mapping[str, Sequence[str]]) -> tuple[int, int, str]:
    by, key, code = name
    return list(periods).index(code), list(Dimension).index(by), key


def _cell(name: Name, members: Sequence[int], atoms: Sequence[Atom]) -> Cell:
    by, _, code = name
    users: Users = frozenset().union(*(atoms[number].users for number in members))
    present: Users = frozenset().union(*(atoms[number].present for number in members))
    months = len(Period.parse(code).months())
    used = sum(atoms[number].measures["effective"] for number in members)
    # The zone's own line and long periods are kept as long as others can go.
    weight = (int(by is Dimension.ZONE), months, len(users), used)
    return Cell(frozenset(members), users, weight, present)


def _sums(names: Sequence[Name], periods: Mapping[str, Sequence[str]]) -> list[Sum]:
    """The zone of its parts in every division; a quarter of months, a year of quarters."""
    number = {name: place for place, name in enumerate(names)}
    found: list[Sum] = []
    for code in periods:
        whole = number.get((Dimension.ZONE, ALL, code))
        for by in set(Dimension) - {Dimension.ZONE}:
            parts = tuple(n for name, n in number.items() if (name[0], name[2]) == (by, code))
            if whole is not None and parts:
                found.append(Sum(whole, parts))
    for (by, key, code), whole in number.items():
        within = _within(code, periods)
        parts = tuple(n for part in within if (n := number.get((by, key, part))) is not None)
        if parts:
            found.append(Sum(whole, parts))
    return found


def _within(code: str, periods: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """The months of a quarter, the quarters of a year."""
    if "-Q" in code:
        return periods[code]
    return [other for other in periods if other.startswith(f"{code}-Q")]


def _row(name: Name, members: Sequence[int], atoms: Sequence[Atom], *, hidden: bool) -> OpenRow:
    by, key, code = name
    last = max(atoms[number].month for number in members)
    instruments = sum(
        atoms[number].instruments for number in members if atoms[number].month == last
    )
    if hidden:
        return OpenRow(by, key, code, instruments, None, None)
    figures = {
        measure: sum(atoms[number].measures[measure] for number in members) for measure in MEASURES
    }
    users = frozenset().union(*(atoms[number].users for number in members))
    return OpenRow(by, key, code, instruments, len(users), figures)
