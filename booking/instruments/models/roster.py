"""Operators as people: who it is, when they are on duty, and the days that differ."""

from datetime import date

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import Id
from booking.instruments.models.calendar import IN_ORDER, IN_ORDER_OR_CLOSED


class OperatorPerson(Row, table=True):
    """Which person an operator of a lab is; nobody is two, for one works at one place at a time."""

    __tablename__ = "operator_person"

    unit_id: int = Field(foreign_key="unit.id", unique=True, sa_type=Id)
    user_id: int = Field(foreign_key="person.id", unique=True, sa_type=Id)


class RosterHours(Row, table=True):
    """A weekly window of duty; an operator without any is there whenever the instrument is open."""

    __tablename__ = "roster_hours"
    __table_args__ = (
        sa.UniqueConstraint("unit_id", "weekday", "opens"),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
        sa.CheckConstraint(IN_ORDER, name="in_order"),
    )

    unit_id: int = Field(foreign_key="unit.id", sa_type=Id)
    weekday: int
    opens: int
    closes: int


class RosterDay(Row, table=True):
    """A day on which an operator's duty differs; a row without a window: absent."""

    __tablename__ = "roster_day"
    __table_args__ = (
        sa.UniqueConstraint("unit_id", "day", "opens"),
        sa.CheckConstraint(IN_ORDER_OR_CLOSED, name="in_order"),
    )

    unit_id: int = Field(foreign_key="unit.id", sa_type=Id)
    day: date
    opens: int | None = None
    closes: int | None = None
    reason: str = Field(default="", max_length=200)
