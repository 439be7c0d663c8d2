"""What may be part of what: an instrument, its parts and their parts, and nothing in a circle."""

from collections.abc import Iterator, Mapping
from typing import Final

# A whole, its parts, and their parts: the joins that find a family look no further.
LEVELS: Final = 3


def is_sound(whole_of: Mapping[int, int | None], part: int, whole: int) -> bool:
    """Whether one may be made part of another, given what everything is part of now."""
    above = list(_upwards(whole_of, whole))
    if part in above:
        return False
    return len(above) + _height(whole_of, part) <= LEVELS


def _upwards(whole_of: Mapping[int, int | None], one: int | None) -> Iterator[int]:
    """It and what it is part of, the nearest first; what is deeper than allowed ends the walk."""
    for _ in range(LEVELS + 1):
        if one is None:
            return
        yield one
        one = whole_of.get(one)


def _height(whole_of: Mapping[int, int | None], one: int) -> int:
    """How many levels it has with its parts."""
    if one not in whole_of.values():
        return 1
    depths = [list(_upwards(whole_of, other)) for other in {one, *whole_of}]
    return max((above.index(one) + 1 for above in depths if one in above), default=1)
