"""How many cards each filter would leave, under the words and the other filters."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.access.actor import Actor
from booking.db.lists import among, ids_parameter
from booking.instruments.models.tables import SEARCH
from booking.instruments.queries.cards import Insider
from booking.instruments.queries.matching import visible
from booking.instruments.queries.search import Wanted, find_ids, some_ids

# How many cards are counted when words are asked for.
COUNTED: Final = 200


@dataclass(frozen=True, slots=True)
class Facets:
    """Cards by value of each filter, the most first; `at_least` when more were found than are
    counted."""

    categories: Mapping[str, int]
    districts: Mapping[str, int]
    labs: Mapping[str, int]
    modes: Mapping[str, int]
    prices: Mapping[str, int]
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class _Kind:
    """Cards that are alike in all filters."""

    category: str
    district: str
    lab: str
    modes: Sequence[str]
    price: str
    number: int

    def values(self) -> tuple[Sequence[str], ...]:
        return ((self.category,), (self.district,), (self.lab,), self.modes, (self.price,))


def facets(session: Session, wanted: Wanted, *, actor: Actor | None) -> Facets:
    """Counts for this search: of all cards, or of `COUNTED` where words or programmes are asked."""
    rows = sa.select(SEARCH.c.facets, sa.func.count()).group_by(SEARCH.c.facets)
    if not wanted.words.strip() and wanted.schemes is None:
        counted = session.execute(rows.where(visible(Insider.of(actor)))).all()
        return _facets(wanted, [(row[0], row[1]) for row in counted])
    looked_for = Wanted(words=wanted.words, schemes=wanted.schemes)
    look = some_ids if wanted.words.strip() else find_ids
    found = look(session, looked_for, actor=actor, limit=COUNTED + 1)
    ids = found[:COUNTED]
    filed = rows.where(among(SEARCH.c.instrument_id, ids_parameter("ids")))
    counted = session.execute(filed, {"ids": ids}).all()
    more = len(found) > COUNTED
    return _facets(wanted, [(row[0], row[1]) for row in counted], at_least=more)


def _facets(
    wanted: Wanted, counted: Iterable[tuple[str, int]], *, at_least: bool = False
) -> Facets:
    kinds = [_kind(filed, number) for filed, number in counted]
    chosen = (
        wanted.category[:2],
        wanted.district,
        "" if wanted.lab_id is None else str(wanted.lab_id),
        wanted.mode,
        wanted.price,
    )
    categories, districts, labs, modes, prices = (
        _count(kinds, chosen, of) for of in range(len(chosen))
    )
    return Facets(categories, districts, labs, modes, prices, at_least)


def _count(kinds: Iterable[_Kind], chosen: Sequence[str], of: int) -> Mapping[str, int]:
    """By the values of one filter, among the cards that the others let through."""
    numbers: Counter[str] = Counter()
    for kind in kinds:
        values = kind.values()
        others = (at for at in range(len(chosen)) if at != of)
        if all(not chosen[at] or chosen[at] in values[at] for at in others):
            for value in values[of]:
                numbers[value] += kind.number
    return dict(sorted(numbers.items(), key=_most_first))


def _most_first(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]


def _kind(filed: str, number: int) -> _Kind:
    category, district, lab, modes, price = filed.split("|")
    return _Kind(category, district, lab, modes.split(), price, number)
