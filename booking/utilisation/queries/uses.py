"""How long was booked for finished uses, how long they took, and the classes of instruments."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.db.expressions import instant, seconds_between
from booking.instruments.models.instrument import Instrument
from booking.kernel.timespan import TimeSpan
from booking.organisations.models import Lab
from booking.utilisation.queries.cutting import BOOKED, BOOKING, KNOWN, USE, finished_use
from booking.utilisation.queries.kept import Sight, conditions


@dataclass(frozen=True, slots=True)
class Uses:
    """How many, and seconds of their bookings and of themselves."""

    count: int = 0
    booked: int = 0
    used: int = 0


def uses_in(session: Session, sight: Sight, span: TimeSpan) -> Mapping[int, Uses]:
    """By instrument the uses whose bookings begin in the span."""
    booked = seconds_between(BOOKING.c.starts_at, BOOKING.c.ends_at)
    used = seconds_between(USE.c.started_at, USE.c.ended_at)
    asked = (
        sa.select(
            BOOKING.c.instrument_id,
            sa.func.count(),
            sa.cast(sa.func.sum(booked), sa.BigInteger),
            sa.cast(sa.func.sum(used), sa.BigInteger),
        )
        .select_from(BOOKING.join(USE, finished_use()))
        .join(Instrument, col(Instrument.id) == BOOKING.c.instrument_id)
        .join(Lab, col(Lab.id) == col(Instrument.lab_id))
        .where(
            *conditions(sight),
            BOOKING.c.state.in_(BOOKED),
            BOOKING.c.starts_at >= instant(span.start),
            BOOKING.c.starts_at < instant(span.end),
        )
        .group_by(BOOKING.c.instrument_id)
    )
    return {row[0]: Uses(*row[1:]) for row in session.execute(asked)}


def classes_of(session: Session, sight: Sight) -> Mapping[int, str]:
    """The class of every instrument in sight."""
    asked = (
        sa.select(col(Instrument.id), col(Instrument.category_code))
        .join(Lab, col(Lab.id) == col(Instrument.lab_id))
        .where(col(Instrument.state).in_(KNOWN), *conditions(sight))
    )
    return {row.id: row.category_code for row in session.execute(asked)}
