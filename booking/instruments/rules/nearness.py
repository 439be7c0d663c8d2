"""How far districts are apart, in borders to be crossed."""

from typing import Final

from booking.organisations.rules import District

_D = District
# Which districts share a border; `outside` lies beyond all of them.
_BORDERS: Final = (
    (_D.ENERGY_TRADE, _D.FENGDONG),
    (_D.ENERGY_TRADE, _D.FENGXI),
    (_D.FENGDONG, _D.FENGXI),
    (_D.FENGDONG, _D.QINHAN),
    (_D.FENGXI, _D.QINHAN),
    (_D.QINHAN, _D.KONGGANG),
    (_D.QINHAN, _D.JINGHE),
    (_D.KONGGANG, _D.JINGHE),
)
_FARTHEST: Final = len(District)


def borders_between(start: str, end: str) -> int:
    """0 in the same district, 1 for a neighbour, and so on; the most for what has no border."""
    reached, crossed = {start}, 0
    while end not in reached:
        further = {b for pair in _BORDERS for a, b in (pair, pair[::-1]) if a in reached} - reached
        if not further:
            return _FARTHEST
        reached |= further
        crossed += 1
    return crossed
