"""Spans for properties: minutes of the years whose calendar is seeded."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from booking.kernel.timespan import TimeSpan

FIRST = datetime(2026, 1, 1, tzinfo=UTC)


@st.composite
def spans(draw: st.DrawFn, *, longest_minutes: int = 5 * 24 * 60, days: int = 365) -> TimeSpan:
    """A span of one minute to some days, on whole minutes."""
    start = FIRST + timedelta(minutes=draw(st.integers(0, days * 24 * 60)))
    return TimeSpan(start, start + timedelta(minutes=draw(st.integers(1, longest_minutes))))
