"""Spans are lengths of real time, whatever the clocks of a place show."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking.kernel.timespan import TimeSpan

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")


def berlin(text: str, *, again: bool = False) -> datetime:
    """A time that Berlin's clocks show, for the first time or again."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=int(again))


def new_york(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        (berlin("2026-10-25T02:30"), berlin("2026-10-25T02:30", again=True), 60),
        (berlin("2026-10-25T02:45"), berlin("2026-10-25T02:15", again=True), 30),
        (berlin("2026-10-25T01:00"), berlin("2026-10-25T04:00"), 240),
        (berlin("2026-03-29T01:30"), berlin("2026-03-29T03:30"), 60),
        (new_york("2026-11-01T00:00"), new_york("2026-11-02T00:00"), 1500),
        (berlin("2026-10-25T02:30"), datetime(2026, 10, 25, 1, 30, tzinfo=UTC), 60),
    ],
)
def test_an_hour_that_is_skipped_or_comes_twice(
    start: datetime, end: datetime, minutes: int
) -> None:
    assert TimeSpan(start, end).length == timedelta(minutes=minutes)


def test_what_ends_before_it_starts_is_none_although_the_clocks_show_later() -> None:
    with pytest.raises(ValueError, match="ends after it starts"):
        TimeSpan(berlin("2026-10-25T02:15", again=True), berlin("2026-10-25T02:45"))
