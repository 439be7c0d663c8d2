"""Whom a use that runs over stands in the way of."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from booking.reservations.queries.loading import Loaded, reservations
from booking.reservations.rules.overrun import FORGOTTEN_AFTER


def next_on_unit(
    session: Session, unit_id: int, *, now: datetime, until: datetime
) -> Loaded | None:
    """The booking on a place that begins until then and is not over, the first; to look at only."""
    awaited = (
        reservations()
        .where(
            sa.text("reservation.state = 'confirmed'"),
            col(Reservation.unit_id) == unit_id,
            col(Reservation.starts_at) <= until,
            col(Reservation.ends_at) > now,
        )
        .order_by(col(Reservation.starts_at))
        .limit(1)
    )
    row = session.execute(awaited).one_or_none()
    return Loaded(*row) if row else None


def next_use_began(session: Session, usage: UsageSession) -> datetime | None:
    """When somebody else began on the place of a use after it did."""
    asked = sa.select(sa.func.min(col(UsageSession.started_at))).where(
        col(UsageSession.unit_id) == usage.unit_id,
        col(UsageSession.id) != usage.id,
        col(UsageSession.started_at) >= usage.started_at,
    )
    began: datetime | None = session.execute(asked).scalar_one()
    return began


def kept_out(session: Session, awaited: Sequence[Loaded], now: datetime) -> frozenset[int]:
    """Those whose place somebody else had, or left less than their grace ago: nobody missed it."""
    if not awaited:
        return frozenset()
    bookings = [booked.reservation for booked in awaited]
    asked = sa.select(
        col(UsageSession.unit_id),
        col(UsageSession.reservation_id),
        col(UsageSession.ended_at),
        col(UsageSession.ended_by).is_(None) & col(UsageSession.overrun_noted_at).is_not(None),
    ).where(
        col(UsageSession.unit_id).in_(sorted({one.unit_id for one in bookings})),
        sa.or_(
            col(UsageSession.ended_at).is_(None),
            col(UsageSession.ended_at) > min(one.starts_at for one in bookings) - FORGOTTEN_AFTER,
        ),
    )
    uses = [
        (unit, number, ended_at + FORGOTTEN_AFTER if forgotten and ended_at else ended_at)
        for unit, number, ended_at, forgotten in session.execute(asked)
    ]
    return frozenset(
        one.key
        for one in bookings
        for unit, used_by, left_at in uses
        if unit == one.unit_id and used_by != one.key and _in_the_way(one, left_at, now)
    )


def is_kept_out(session: Session, booked: Loaded, now: datetime) -> bool:
    """Whether a use that runs over keeps a booking from beginning, or did until just now."""
    reservation = booked.reservation
    if now >= reservation.starts_at:
        return reservation.key in kept_out(session, [booked], now)
    held_up = sa.select(col(UsageSession.id)).where(
        col(UsageSession.hindered_id) == reservation.key, col(UsageSession.ended_at).is_(None)
    )
    return session.execute(held_up.limit(1)).first() is not None


def _in_the_way(one: Reservation, left_at: datetime | None, now: datetime) -> bool:
    if left_at is None:
        return True
    grace = one.missed_from - one.starts_at
    return left_at > one.starts_at and now < left_at + grace
