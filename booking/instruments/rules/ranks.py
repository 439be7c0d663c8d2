"""In which order the rows of a sheet are taken in: a whole before its parts, wherever it stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from booking.instruments.rules.parts import LEVELS

# A lab as a row writes it, and an inner id.
Place = tuple[str, str]
# After these come rows whose wholes reach too far up, or back to themselves.
LAST: Final = LEVELS


@dataclass(frozen=True, slots=True)
class Ranks:
    """How many wholes of the same sheet stand above a line; lines not named have none."""

    by_line: Mapping[int, int] = field(default_factory=dict)

    def of(self, line: int) -> int:
        return self.by_line.get(line, 0)

    def is_sound(self, line: int) -> bool:
        """Whether the sheet by itself makes neither a circle nor too many levels."""
        return self.of(line) < LAST

    @property
    def rounds(self) -> range:
        """The ranks that there are."""
        return range(max(self.by_line.values(), default=0) + 1)


def ranked(rows: Iterable[tuple[int, Place, str]]) -> Ranks:
    """The ranks of rows, given as line, which instrument, and the inner id of its whole."""
    places: dict[int, Place] = {}
    wholes: dict[Place, Place] = {}
    for line, (lab, inner_id), whole in rows:
        if whole:
            places[line] = (lab, inner_id)
            wholes[lab, inner_id] = (lab, whole)
    return Ranks({line: _above(wholes, place) for line, place in places.items()})


def _above(wholes: Mapping[Place, Place], place: Place) -> int:
    """How many stand above; a circle goes on until it is enough."""
    above, here = 0, wholes.get(place)
    while here is not None and above < LAST:
        here = wholes.get(here)
        above += 1
    return above
