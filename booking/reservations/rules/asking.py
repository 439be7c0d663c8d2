"""How long those who have booked may think about what is asked of them."""

from datetime import datetime, timedelta

from booking.kernel.timespan import TimeSpan

STANDS = timedelta(hours=48)


def stands_until(booked: TimeSpan, wanted: TimeSpan, *, asked_at: datetime) -> datetime | None:
    """Two days, but not beyond the beginning of either time; None when one has begun."""
    until = min(asked_at + STANDS, booked.start, wanted.start)
    return until if until > asked_at else None
