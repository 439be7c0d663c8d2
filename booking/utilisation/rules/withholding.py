"""Which cells of open figures are withheld, so that nobody can tell what fewer than three did.

A cell adds up atoms (what a few instruments did in a month). It rests on the organisations that
used them. Withheld are cells that rest on fewer than `LEAST` of them, and as many others as it
takes until no withheld cell follows from what is published: not by a difference along a row, a
quarter or a year, nor by any other sum and difference of published cells. Nobody uses less than
nothing, so a rest of nought tells of all that it is made of: what nobody had a share in counts as
known, and before what one or two did, what was only booked and never used as well. Of whoever has
but a part of a use there, figure by figure, what came to nought elsewhere. What was published once
is known to whoever kept it: it stays, what was withheld stays withheld, and newer cells make way.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

Atom = int
Users = frozenset[int]
Vector = dict[Atom, int]

LEAST: Final = 3
# Raised when other lines are withheld than before; what was published is drawn up anew then.
_VERSION: Final = 4
RULE: Final = f"{LEAST}/{_VERSION}"
# Sums and differences are looked for modulo a prime so large that nothing agrees by chance.
_PRIME: Final = 2**61 - 1


@dataclass(frozen=True, slots=True)
class Cell:
    """What is added up, on whom it rests, and how much would be lost with it."""

    atoms: frozenset[Atom]
    users: Users
    # What is withheld beside others goes first where this is least.
    weight: tuple[int, ...]
    # Whoever else may have a share in it: booked and did not come, has not confirmed yet.
    present: Users = frozenset()

    @property
    def anybody(self) -> bool:
        return bool(self.users or self.present)


@dataclass(frozen=True, slots=True)
class Nought:
    """Atoms in which nobody had a share, those (all of these too) that nobody used, and for each
    figure those in which it is nought."""

    empty: frozenset[Atom] = frozenset()
    unused: frozenset[Atom] = frozenset()
    by_figure: frozenset[frozenset[Atom]] = frozenset()


@dataclass(frozen=True, slots=True)
class Before:
    """Cells as they were published last, by their numbers."""

    shown: frozenset[int] = frozenset()
    hidden: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Sum:
    """A cell that is the sum of others."""

    whole: int
    parts: tuple[int, ...]


def withheld(
    cells: Sequence[Cell],
    sums: Collection[Sum],
    *,
    nought: Nought | None = None,
    before: Before | None = None,
) -> frozenset[int]:
    """The numbers of the cells that must not be published."""
    known, last = nought or Nought(), before or Before()
    fewer = {number for number, cell in enumerate(cells) if len(cell.users) < LEAST}
    few = {number for number in fewer if cells[number].users}
    partly = {number for number in fewer - few if cells[number].present}
    hidden, stays = fewer | last.hidden, last.shown - fewer
    while True:
        _close_sums(cells, sums, hidden, stays=stays)
        # One at a time: without it, the next may not be told any more.
        telling = (
            _telling(cells, hidden, of=hidden, stays=stays)
            or _telling(cells, hidden, of=hidden, stays=stays, known=known.empty)
            or _telling(cells, hidden, of=few, stays=stays, known=known.unused)
            or _telling_by_figure(cells, hidden, of=partly, stays=stays, known=known)
        )
        if not telling:
            return frozenset(hidden)
        hidden.add(_least(cells, telling))


def _close_sums(
    cells: Sequence[Cell], sums: Collection[Sum], hidden: set[int], *, stays: frozenset[int]
) -> None:
    """Withhold beside what a single sum would give away, over and over."""
    left = list(sums)
    while left:
        before = len(hidden)
        for each in left:
            while _gives_away(cells, each, hidden):
                shown = set(each.parts) - hidden - stays or {each.whole} - hidden - stays
                if not shown and each.whole not in hidden:
                    # It did not give anything away before it was corrected.
                    shown = set(each.parts) - hidden or {each.whole}
                if not shown:
                    break
                hidden.add(_least(cells, shown))
        left = list(sums) if len(hidden) > before else []


def _gives_away(cells: Sequence[Cell], each: Sum, hidden: Collection[int]) -> bool:
    """Whether the sum tells of one withheld cell, or of what one or two organisations did."""
    missing = [number for number in each.parts if number in hidden]
    of_somebody = [number for number in missing if cells[number].anybody]
    if each.whole in hidden:
        return not missing or (cells[each.whole].anybody and not of_somebody)
    rest: Users = frozenset().union(*(cells[number].users for number in of_somebody))
    few = bool(of_somebody) and len(rest) < LEAST
    return few or 1 in {len(missing), len(of_somebody)}


def _least(cells: Sequence[Cell], among: Collection[int]) -> int:
    return min(among, key=lambda number: (cells[number].weight, number))


def _telling(
    cells: Sequence[Cell],
    hidden: Collection[int],
    *,
    of: Collection[int],
    stays: frozenset[int],
    known: frozenset[Atom] = frozenset(),
) -> Collection[int]:
    """Published cells of which one of some withheld ones is a sum or difference, a few atoms being
    known; none where none is. Those that stay only where fewer than three would be told of."""
    reduced: dict[Atom, Row] = {}
    unknown = [cell.atoms.difference(known) for cell in cells]
    shown = (number for number in range(len(cells)) if number not in hidden)
    for number in sorted(shown, key=lambda number: len(unknown[number])):
        rest = _rest(Row(dict.fromkeys(unknown[number], 1), {number: 1}), reduced)
        if rest.of:
            pivot = min(rest.of)
            inverse = pow(rest.of[pivot], -1, _PRIME)
            reduced[pivot] = Row(_times(rest.of, inverse), _times(rest.made, inverse))
    for number in sorted(of):
        rest = _rest(Row(dict.fromkeys(unknown[number], 1), {}), reduced)
        if unknown[number] and not rest.of:
            cell, others = cells[number], rest.made.keys() - stays
            if others or (cell.anybody and len(cell.users) < LEAST):
                return others or rest.made
    return ()


def _telling_by_figure(
    cells: Sequence[Cell],
    hidden: Collection[int],
    *,
    of: Collection[int],
    stays: frozenset[int],
    known: Nought,
) -> Collection[int]:
    """The same for whoever sees of one figure where it is nought."""
    if not of:
        return ()
    figures = sorted(known.by_figure, key=lambda one: (len(one), sorted(one)))
    found = (_telling(cells, hidden, of=of, stays=stays, known=one) for one in figures)
    return next((telling for telling in found if telling), ())


@dataclass(frozen=True, slots=True)
class Row:
    """How much of each atom, and of which cells it was put together."""

    of: Vector
    made: Vector


def _times(vector: Vector, factor: int) -> Vector:
    return {key: value * factor % _PRIME for key, value in vector.items()}


def _rest(row: Row, reduced: Mapping[Atom, Row]) -> Row:
    """What of a sum is left when all that is known is taken away; nothing when it follows."""
    left, done = row.of, {}
    while left:
        atom = min(left)
        if atom not in reduced:
            done[atom] = left.pop(atom)
            continue
        factor = left[atom]
        _take(left, reduced[atom].of, factor)
        _take(row.made, reduced[atom].made, factor)
    return Row(done, row.made)


def _take(vector: Vector, other: Vector, factor: int) -> None:
    for key, value in other.items():
        rest = (vector.get(key, 0) - factor * value) % _PRIME
        if rest:
            vector[key] = rest
        else:
            vector.pop(key, None)
