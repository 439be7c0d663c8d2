"""The only file that asks the system for the time; everybody else is told."""

from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Something that knows the present moment."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - the one place that may ask


def local(moment: datetime) -> datetime:
    """The same instant as people of the zone read it."""
    return moment.astimezone(LOCAL)
