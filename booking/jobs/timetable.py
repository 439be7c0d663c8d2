"""When a job is due, in the zone's own time: every few minutes, daily, or monthly.

Pure: the last due moment follows from `now` alone, so that a process that was away knows what it
missed without having been told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Protocol

from booking.kernel.clock import LOCAL, local

_DAY = timedelta(days=1)


class Timetable(Protocol):
    """Moments at which something is due."""

    def last_due(self, now: datetime) -> datetime:
        """The newest due moment that has come."""
        ...

    @property
    def cron(self) -> Mapping[str, str]:
        """The same as cron fields, for local time."""
        ...


@dataclass(frozen=True, slots=True)
class EveryMinutes:
    """At every multiple of some minutes of the hour."""

    minutes: int

    def last_due(self, now: datetime) -> datetime:
        there = local(now).replace(second=0, microsecond=0)
        return _utc(there - timedelta(minutes=there.minute % self.minutes))

    @property
    def cron(self) -> Mapping[str, str]:
        return {"minute": f"*/{self.minutes}", "second": "0"}


@dataclass(frozen=True, slots=True)
class Daily:
    """Once a day."""

    at: time

    def last_due(self, now: datetime) -> datetime:
        there = local(now)
        today = datetime.combine(there.date(), self.at, LOCAL)
        return _utc(today if today <= there else today - _DAY)

    @property
    def cron(self) -> Mapping[str, str]:
        return {"hour": str(self.at.hour), "minute": str(self.at.minute), "second": "0"}


@dataclass(frozen=True, slots=True)
class Monthly:
    """On the first of the month."""

    at: time

    def last_due(self, now: datetime) -> datetime:
        there = local(now)
        this = datetime.combine(there.date().replace(day=1), self.at, LOCAL)
        if this <= there:
            return _utc(this)
        before = there.date().replace(day=1) - _DAY
        return _utc(datetime.combine(before.replace(day=1), self.at, LOCAL))

    @property
    def cron(self) -> Mapping[str, str]:
        return {"day": "1", "hour": str(self.at.hour), "minute": str(self.at.minute), "second": "0"}


def _utc(there: datetime) -> datetime:
    return there.astimezone(UTC)
