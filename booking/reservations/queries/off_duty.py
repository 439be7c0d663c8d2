"""Bookings whose operator is not on duty then: the roster was changed after they were made."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.instruments.models.hold import SlotHold
from booking.instruments.queries.rosters import on_duty
from booking.kernel.timespan import TimeSpan
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.affected import AHEAD, Affected, affected_from


def off_duty_bookings(session: Session, unit_id: int, *, now: datetime) -> Sequence[Affected]:
    """What an operator is booked for ahead outside their duty, soonest first: two statements."""
    serves = sa.exists().where(
        col(SlotHold.reservation_number) == col(Reservation.number),
        col(SlotHold.unit_id) == unit_id,
        col(SlotHold.ends_at) > now,
    )
    booked = affected_from(session, AHEAD.where(serves, col(Reservation.ends_at) > now))
    if not booked:
        return []
    whole = TimeSpan(booked[0].span.start, max(one.span.end for one in booked))
    duty = on_duty(session, [unit_id], whole)[unit_id]
    return [one for one in booked if not any(window.contains(one.span) for window in duty)]
