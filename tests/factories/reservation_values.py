"""Demands and policies for the pure rules: valid unless a test says otherwise."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from booking.kernel.clock import LOCAL
from booking.kernel.timespan import TimeSpan
from booking.reservations.rules.demand import Demand, Policy

# A Monday, 08:00 in the zone.
NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
ALL_WEEK = TimeSpan(datetime(2026, 11, 16, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC))


def at(text: str) -> datetime:
    """`11-24 13:00` of 2026, or a full local time, as people of the zone write it."""
    full = text if text.startswith("20") else f"2026-{text}"
    return datetime.fromisoformat(full).replace(tzinfo=LOCAL).astimezone(UTC)


def between(start: str, end: str) -> TimeSpan:
    """A span from local times; an end without a day lies on the day of the start."""
    return TimeSpan(at(start), at(end if "-" in end else f"{start.rsplit(' ', 1)[0]} {end}"))


def local_day(text: str) -> TimeSpan:
    return TimeSpan.of_local_day(date.fromisoformat(text))


POLICY = Policy(
    published=True,
    modes=frozenset({"self_operated", "entrusted"}),
    open_windows=(ALL_WEEK,),
    grid=timedelta(minutes=30),
    shortest=timedelta(minutes=30),
    longest=timedelta(hours=8),
    notice=timedelta(hours=2),
    horizon_days={"internal": 90, "enterprise": 60},
)

DEMAND = Demand(
    span=between("11-24 13:00", "16:00"),
    asked_at=NOW,
    mode="self_operated",
    customer_class="enterprise",
)


def demand(**changes: object) -> Demand:
    return replace(DEMAND, **changes)  # type: ignore[arg-type]  # fields are named by the caller


def policy(**changes: object) -> Policy:
    return replace(POLICY, **changes)  # type: ignore[arg-type]  # fields are named by the caller
