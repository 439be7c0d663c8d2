"""When an instrument is open: weekly hours, dated exceptions, statutory days, closures."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, UtcDateTime
from booking.instruments.rules.opening import DayKind

# A window opens within its day and may close on the day after: 06:00 is 1800 then.
IN_ORDER: Final = "opens >= 0 AND opens < 1440 AND opens < closes AND closes <= 2880"
IN_ORDER_OR_CLOSED: Final = f"(opens IS NULL AND closes IS NULL) OR ({IN_ORDER})"


class OpeningHours(Row, table=True):
    """One weekly window in local minutes since midnight; 1440 is 24:00, Monday is 1."""

    __tablename__ = "opening_hours"
    __table_args__ = (
        sa.UniqueConstraint("instrument_id", "weekday", "opens"),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
        sa.CheckConstraint(IN_ORDER, name="in_order"),
    )

    instrument_id: int = Field(foreign_key="instrument.id", sa_type=Id)
    weekday: int
    opens: int
    closes: int


class OpeningException(Row, table=True):
    """A dated exception: these windows, not the weekly ones; a row without a window closes."""

    __tablename__ = "opening_exception"
    __table_args__ = (
        sa.UniqueConstraint("instrument_id", "day", "opens"),
        sa.CheckConstraint(IN_ORDER_OR_CLOSED, name="in_order"),
    )

    instrument_id: int = Field(foreign_key="instrument.id", sa_type=Id)
    day: date
    opens: int | None = None
    closes: int | None = None
    reason: str = Field(default="", max_length=200)


class LabHours(Row, table=True):
    """A weekly window of a lab, for those of its instruments that have no hours of their own."""

    __tablename__ = "lab_hours"
    __table_args__ = (
        sa.UniqueConstraint("lab_id", "weekday", "opens"),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
        sa.CheckConstraint(IN_ORDER, name="in_order"),
    )

    lab_id: int = Field(foreign_key="lab.id", sa_type=Id)
    weekday: int
    opens: int
    closes: int


class LabDay(Row, table=True):
    """A day on which a whole lab differs; a row without a window closes it."""

    __tablename__ = "lab_day"
    __table_args__ = (
        sa.UniqueConstraint("lab_id", "day", "opens"),
        sa.CheckConstraint(IN_ORDER_OR_CLOSED, name="in_order"),
    )

    lab_id: int = Field(foreign_key="lab.id", sa_type=Id)
    day: date
    opens: int | None = None
    closes: int | None = None
    reason: str = Field(default="", max_length=200)


class ZoneDay(Row, table=True):
    """A day on which the whole zone differs, a power cut say; without a window it is closed."""

    __tablename__ = "zone_day"
    __table_args__ = (
        sa.UniqueConstraint("day", "opens"),
        sa.CheckConstraint(IN_ORDER_OR_CLOSED, name="in_order"),
    )

    day: date
    opens: int | None = None
    closes: int | None = None
    reason: str = Field(default="", max_length=200)


class CalendarYear(Row, table=True):
    """A year whose statutory calendar is known; without its row nothing is open on calendar."""

    __tablename__ = "calendar_year"

    year: int = Field(unique=True)
    source: str = Field(max_length=200)
    provisional: bool = False
    entered_at: datetime = Field(sa_type=UtcDateTime)


class CalendarDay(Row, table=True):
    """A day that is not what its weekday says."""

    __tablename__ = "calendar_day"

    day: date = Field(unique=True)
    kind: DayKind = Field(sa_type=EnumText(DayKind))
    name: str = Field(default="", max_length=50)


class ClosureKind(StrEnum):
    """Why an instrument is closed; a fault also refuses time that is still free."""

    MAINTENANCE = "maintenance"
    FAULT = "fault"
    OTHER = "other"


class ClosureSeries(Row, table=True):
    """Closures that were planned together; each of them is an ordinary one."""

    __tablename__ = "closure_series"

    instrument_id: int = Field(foreign_key="instrument.id", index=True, sa_type=Id)
    kind: ClosureKind = Field(sa_type=EnumText(ClosureKind))
    # RFC 5545; the first occurrence says when.
    rule: str = Field(max_length=200)
    until: date
    reason: str = Field(default="", max_length=500)
    created_by: int | None = Field(default=None, sa_type=Id)
    created_at: datetime = Field(sa_type=UtcDateTime)


class Closure(Row, table=True):
    """A span in which an instrument is not offered; it takes holds like everybody."""

    __tablename__ = "closure"
    __table_args__ = (
        sa.CheckConstraint("starts_at < ends_at", name="not_empty"),
        sa.Index(None, "instrument_id", "starts_at"),
    )

    instrument_id: int = Field(foreign_key="instrument.id", sa_type=Id)
    kind: ClosureKind = Field(sa_type=EnumText(ClosureKind))
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(default="", max_length=500)
    created_by: int | None = Field(default=None, sa_type=Id)
    created_at: datetime = Field(sa_type=UtcDateTime)
    series_id: int | None = Field(
        default=None, foreign_key="closure_series.id", index=True, sa_type=Id
    )
    # A closure lifted early keeps its row; its holds go.
    lifted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # When its end was last put off.
    extended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
