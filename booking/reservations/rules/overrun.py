"""A use that begins or ends at other times than booked: how early, how long, what it costs."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from booking.instruments.rules.pricing import price
from booking.instruments.rules.tariff import TariffTerms
from booking.kernel.timespan import TimeSpan
from booking.reservations.rules.fees import share_of

# People come early; the time before the booking is theirs only if it is free.
EARLY: Final = timedelta(minutes=30)
# Running over is common; an hour after the booked end somebody has simply forgotten.
FORGOTTEN_AFTER: Final = timedelta(hours=1)
# What is free is held so far ahead, and again before that is used up.
HELD_AHEAD: Final = timedelta(minutes=15)
# Whoever comes next is told so early.
WARNED_AHEAD: Final = timedelta(minutes=15)
_MINUTE: Final = timedelta(minutes=1)


def minutes_over(booked_end: datetime, ended_at: datetime, *, grace: timedelta) -> int:
    """Begun minutes after the booked end; none as long as the grace lasts."""
    over = ended_at - booked_end
    return -(-over // _MINUTE) if over > grace else 0


def overrun_fee(
    booked: TimeSpan, minutes: int, tariff: TariffTerms, *, customer_class: str, percent: int
) -> int:
    """Fen: a share of what the tariff asks more for the longer time.

    By the difference of two prices steps, peaks, day prices and minimums count as in any price.
    """
    if not minutes or not percent:
        return 0
    longer = TimeSpan(booked.start, booked.end + minutes * _MINUTE)
    more = price(longer, tariff, customer_class).total_fen
    return share_of(max(more - price(booked, tariff, customer_class).total_fen, 0), percent)


def held_until(
    held: TimeSpan, booked_end: datetime, *, after: timedelta, now: datetime
) -> datetime | None:
    """Until when the time of a use that runs over should be held; None while what is held does."""
    last = booked_end + FORGOTTEN_AFTER + after
    if held.end >= min(now + _MINUTE + after, last):
        return None
    return min(now + HELD_AHEAD + after, last)


def furthest(held: TimeSpan, wanted: datetime, others: Iterable[TimeSpan]) -> datetime:
    """How far a hold can go towards a moment before it meets another."""
    ahead = [other.start for other in others if other.start >= held.end]
    return max(held.end, min([wanted, *ahead]))
