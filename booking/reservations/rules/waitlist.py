"""Waiting for time: how long an offer stands, and which time of a window to ask for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from booking.instruments.rules.terms import ServiceMode
from booking.kernel.timespan import TimeSpan

# Of one person at a time: whoever has so much to answer answers first.
MOST_OFFERED: Final = 3
# Whoever declined a time, or did not answer, is not asked again for so long.
NOT_OFFERED_AGAIN: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitWish:
    """What somebody waits for: `minutes` within the window on one of the instruments."""

    instrument_ids: tuple[int, ...]
    window: TimeSpan
    minutes: int
    purpose: str
    mode: ServiceMode | None = None
    samples: int = 0
    consumables: Mapping[str, int] = field(default_factory=dict)
    # Operators and accessories that have to be there too.
    helper_ids: tuple[int, ...] = ()
    organisation_id: int | None = None

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    @property
    def is_one_span(self) -> bool:
        """Whether no other time would do."""
        return self.window.length == self.length


def lapses_at(
    span: TimeSpan, *, offered_at: datetime, stands: timedelta, notice: timedelta
) -> datetime | None:
    """Until when an offer can be accepted; None when it is too late to offer.

    Not beyond the moment from which the rules would refuse the time for want of notice.
    """
    until = min(offered_at + stands, span.start - notice)
    return until if until > offered_at else None


def still_offered(wanted: Sequence[int], offered: Sequence[frozenset[int]]) -> tuple[int, ...]:
    """What of the operators and accessories that somebody waits for can still be had together, on
    one of their instruments: as many as possible, on the first that has so many."""
    together = [tuple(one for one in wanted if one in here) for here in offered]
    return max(together, key=len, default=())


def wanted_in(window: TimeSpan, length: timedelta, *, now: datetime) -> TimeSpan:
    """The first time of a window as a wish; what is free is chosen around it."""
    start = max(window.start, now)
    return TimeSpan(start, start + length)


def within(window: TimeSpan, stretches: Iterable[TimeSpan], length: timedelta) -> list[TimeSpan]:
    """The parts of free stretches that lie in a window and are long enough."""
    clipped = (stretch.clipped(window) for stretch in stretches if stretch.overlaps(window))
    return [piece for piece in clipped if piece is not None and piece.length >= length]
