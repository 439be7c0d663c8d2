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


@dataclass(frozen=True, slots=True)
class Sum:
    """A cell that is the sum of others."""

    whole: int
    parts: tuple[int, ...]


def withheld(cells: Sequence[Cell], sums: Collection[Sum]) -> frozenset[int]:
    """The numbers of the cells that must not be published."""
    hidden = {number for number, cell in enumerate(cells) if len(cell.users) < LEAST}
    neighbours = _neighbours(cells, sums)
    while True:
        _close_sums(cells, sums, hidden)
        followed = _following(cells, hidden)
        if not followed:
            return frozenset(hidden)
        for number in followed:
            beside = neighbours[number] - hidden or _overlapping(cells, number) - hidden
            hidden.add(_least(cells, beside))


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
    return len(missing) == 1 or 0 < len(rest) < LEAST


def _least(cells: Sequence[Cell], among: Collection[int]) -> int:
    return min(among, key=lambda number: (cells[number].weight, number))


def _neighbours(cells: Sequence[Cell], sums: Collection[Sum]) -> Mapping[int, set[int]]:
    found: dict[int, set[int]] = {number: set() for number in range(len(cells))}
    for each in sums:
        together = {each.whole, *each.parts}
        for number in together:
            found[number] |= together - {number}
    return found


def _overlapping(cells: Sequence[Cell], number: int) -> set[int]:
    atoms = cells[number].atoms
    return {other for other, cell in enumerate(cells) if other != number and cell.atoms & atoms}


def _following(cells: Sequence[Cell], hidden: Collection[int]) -> list[int]:
    """Withheld cells that are sums and differences of published ones."""
    reduced: dict[Atom, Vector] = {}
    shown = [cell for number, cell in enumerate(cells) if number not in hidden]
    for cell in sorted(shown, key=lambda cell: len(cell.atoms)):
        rest = _rest(dict.fromkeys(cell.atoms, 1), reduced)
        if rest:
            pivot = min(rest)
            inverse = pow(rest[pivot], -1, _PRIME)
            reduced[pivot] = {atom: value * inverse % _PRIME for atom, value in rest.items()}
    return [n for n in sorted(hidden) if not _rest(dict.fromkeys(cells[n].atoms, 1), reduced)]


def _rest(vector: Vector, reduced: Mapping[Atom, Vector]) -> Vector:
    """What of a sum is left when all that is known is taken away; nothing when it follows."""
    done: Vector = {}
    while vector:
        atom = min(vector)
        if atom not in reduced:
            done[atom] = vector.pop(atom)
            continue
        factor = vector[atom]
        for other, value in reduced[atom].items():
            left = (vector.get(other, 0) - factor * value) % _PRIME
            if left:
                vector[other] = left
            else:
                vector.pop(other, None)
    return done
