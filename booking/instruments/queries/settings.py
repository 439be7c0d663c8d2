"""What a lab has set for an instrument: hours, exceptions, policies and price lists as entered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from booking.instruments.models.policy import BookingPolicy
from booking.instruments.models.tables import EXCEPTION, HOURS, LAB_DAY, LAB_HOURS, ZONE_DAY
from booking.instruments.models.tariff import Tariff
from booking.instruments.rules.layers import DaySaid, Layer
from booking.instruments.rules.opening import Hours


@dataclass(frozen=True, slots=True)
class WeeklyWindow:
    """One weekly window."""

    weekday: int
    hours: Hours


def weekly_hours(session: Session, instrument_id: int) -> Sequence[WeeklyWindow]:
    """The weekly opening hours, Monday first."""
    mine = (
        sa.select(HOURS.c.weekday, HOURS.c.opens, HOURS.c.closes)
        .where(HOURS.c.instrument_id == instrument_id)
        .order_by(HOURS.c.weekday, HOURS.c.opens)
    )
    return [WeeklyWindow(r.weekday, Hours(r.opens, r.closes)) for r in session.execute(mine)]


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A day with its own windows, none means closed, and why it differs."""

    day: date
    said: DaySaid


def own_days(session: Session, instrument_id: int, first: date) -> Sequence[OwnDay]:
    """The days from one on about which an instrument says something itself."""
    return _days(
        session,
        EXCEPTION,
        (EXCEPTION.c.instrument_id == instrument_id) & (EXCEPTION.c.day >= first),
    )


def lab_days(session: Session, lab_id: int, first: date) -> Sequence[OwnDay]:
    """The days from one on about which a lab says something."""
    return _days(session, LAB_DAY, (LAB_DAY.c.lab_id == lab_id) & (LAB_DAY.c.day >= first))


def zone_days(session: Session, first: date) -> Sequence[OwnDay]:
    """The days from one on about which the zone says something."""
    return _days(session, ZONE_DAY, ZONE_DAY.c.day >= first)


def lab_week(session: Session, lab_id: int) -> Sequence[WeeklyWindow]:
    """The weekly hours of a lab, Monday first."""
    mine = (
        sa.select(LAB_HOURS.c.weekday, LAB_HOURS.c.opens, LAB_HOURS.c.closes)
        .where(LAB_HOURS.c.lab_id == lab_id)
        .order_by(LAB_HOURS.c.weekday, LAB_HOURS.c.opens)
    )
    return [WeeklyWindow(r.weekday, Hours(r.opens, r.closes)) for r in session.execute(mine)]


def _days(session: Session, table: sa.Table, which: sa.ColumnElement[bool]) -> Sequence[OwnDay]:
    asked = sa.select(table.c.day, table.c.opens, table.c.closes, table.c.reason).where(which)
    rows = session.execute(asked.order_by(table.c.day, table.c.opens))
    layer = Layer.of(days=((row.day, row.opens, row.closes, row.reason) for row in rows))
    return [OwnDay(day, said) for day, said in layer.days.items()]


def policies(session: Session, instrument_id: int) -> Sequence[BookingPolicy]:
    """Every version of the policy, the newest first."""
    mine = select(BookingPolicy).where(col(BookingPolicy.instrument_id) == instrument_id)
    return session.exec(mine.order_by(col(BookingPolicy.valid_from).desc())).all()


def tariffs(session: Session, instrument_id: int) -> Sequence[Tariff]:
    """Every version of the price list, the newest first."""
    mine = select(Tariff).where(col(Tariff.instrument_id) == instrument_id)
    return session.exec(mine.order_by(col(Tariff.valid_from).desc())).all()


def in_force(
    versions: Sequence[BookingPolicy] | Sequence[Tariff], at: datetime
) -> BookingPolicy | Tariff | None:
    """The version that holds at a moment, of versions with the newest first."""
    return next((version for version in versions if version.valid_from <= at), None)
