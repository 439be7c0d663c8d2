"""Which cells of open figures are withheld, so that nobody can tell what fewer than three did.

A cell adds up atoms (what a few instruments did in a month). It rests on the organisations that
used them. Withheld are cells that rest on fewer than `LEAST` of them, and as many others as it
takes until no withheld cell follows from what is published: not by a difference along a row, a
quarter or a year, nor by any other sum and difference of published cells.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

Atom = int
Users = frozenset[int]
Vector = dict[Atom, int]

LEAST: Final = 3
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


@dataclass(frozen=True, slots=True)
class Sum:
    """A cell that is the sum of others."""

    whole: int
    parts: tuple[int, ...]


def withheld(cells: Sequence[Cell], sums: Collection[Sum]) -> frozenset[int]:
    """The numbers of the cells that must not be published."""
    hidden = {number for number, cell in enumerate(cells) if len(cell.users) < LEAST}
    while True:
        _close_sums(cells, sums, hidden)
        # One at a time: without it, the next may not be told any more.
        telling = _telling(cells, hidden)
        if not telling:
            return frozenset(hidden)
        hidden.add(_least(cells, telling))


def _close_sums(cells: Sequence[Cell], sums: Collection[Sum], hidden: set[int]) -> None:
    """Withhold beside what a single sum would give away, over and over."""
    left = list(sums)
    while left:
        before = len(hidden)
        for each in left:
            while _gives_away(cells, each, hidden):
                shown = set(each.parts) - hidden or {each.whole}
                hidden.add(_least(cells, shown))
        left = list(sums) if len(hidden) > before else []


def _gives_away(cells: Sequence[Cell], each: Sum, hidden: Collection[int]) -> bool:
    """Whether the sum tells of one withheld cell, or of what one or two organisations did."""
    missing = [number for number in each.parts if number in hidden]
    if each.whole in hidden:
        return not missing
    rest: Users = frozenset().union(*(cells[number].users for number in missing))
    anybody = any(cells[number].users | cells[number].present for number in missing)
    return len(missing) == 1 or (anybody and len(rest) < LEAST)


def _least(cells: Sequence[Cell], among: Collection[int]) -> int:
    return min(among, key=lambda number: (cells[number].weight, number))


def _telling(cells: Sequence[Cell], hidden: Collection[int]) -> Collection[int]:
    """Published cells of which a withheld one is a sum or difference; none where none is."""
    reduced: dict[Atom, Row] = {}
    shown = (number for number in range(len(cells)) if number not in hidden)
    for number in sorted(shown, key=lambda number: len(cells[number].atoms)):
        rest = _rest(Row(dict.fromkeys(cells[number].atoms, 1), {number: 1}), reduced)
        if rest.of:
            pivot = min(rest.of)
            inverse = pow(rest.of[pivot], -1, _PRIME)
            reduced[pivot] = Row(_times(rest.of, inverse), _times(rest.made, inverse))
    for number in sorted(hidden):
        rest = _rest(Row(dict.fromkeys(cells[number].atoms, 1), {}), reduced)
        if not rest.of:
            return rest.made
    return ()


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
