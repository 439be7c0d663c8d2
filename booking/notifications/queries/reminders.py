"""Which bookings begin soon and were not reminded of."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.accounts.models import User
from booking.accounts.queries.people import Reader
from booking.notifications.models import BookingReminder, NoticeTimes
from booking.notifications.queries.notices import TIMES, times_in
from booking.notifications.rules.timing import (
    LONGEST_REMINDER_HOURS,
    USUAL_REMINDER_HOURS,
    Times,
)
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.touching import soonest_by_grace

# One run's worth; the next minute goes on with those that begin later.
_MOST: Final = 500
_LOOKED_AHEAD: Final = timedelta(hours=LONGEST_REMINDER_HOURS)
# A policy may wait so long before nobody is said to have come.
_LONGEST_GRACE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A booking that begins soon, and its holder; `told_at` is when it last changed."""

    reservation_id: int
    number: str
    starts_at: datetime
    ends_at: datetime
    told_at: datetime
    holder: Reader
    times: Times


def not_reminded_of(session: Session, now: datetime) -> Sequence[Upcoming]:
    """Confirmed bookings that have not begun and of which nobody was reminded, soonest first; some
    may begin later than their holder wants to be reminded."""
    usual = now + timedelta(hours=USUAL_REMINDER_HOURS)
    asked = (
        sa.select(
            col(Reservation.id),
            col(Reservation.number),
            col(Reservation.starts_at),
            col(Reservation.ends_at),
            col(Reservation.updated_at),
            *(col(User.id), col(User.name), col(User.email), col(User.locale)),
            *TIMES,
        )
        .join(User, sa.and_(col(User.id) == col(Reservation.holder_id), col(User.active)))
        .outerjoin(NoticeTimes, col(NoticeTimes.person_id) == col(User.id))
        .where(
            # In the words of the partial index on them, where those that begin soon are together.
            sa.text("reservation.state = 'confirmed'"),
            col(Reservation.missed_from).between(now, now + _LOOKED_AHEAD + _LONGEST_GRACE),
            col(Reservation.starts_at) > now,
            col(Reservation.starts_at) <= now + _LOOKED_AHEAD,
            sa.or_(
                col(Reservation.starts_at) <= usual,
                col(NoticeTimes.reminder_hours) > USUAL_REMINDER_HOURS,
            ),
            ~sa.exists().where(
                col(BookingReminder.reservation_id) == col(Reservation.id),
                col(BookingReminder.starts_at) == col(Reservation.starts_at),
            ),
        )
        .order_by(col(Reservation.starts_at), col(Reservation.id))
        .limit(_MOST)
    )
    return [_upcoming(row) for row in session.execute(soonest_by_grace(asked))]


def _upcoming(row: Sequence[Any]) -> Upcoming:
    key, number, starts_at, ends_at, told_at, *rest = row
    return Upcoming(
        reservation_id=key,
        number=number,
        starts_at=starts_at,
        ends_at=ends_at,
        told_at=told_at,
        holder=Reader(*rest[:4]),
        times=times_in(rest[4:]),
    )


def reminded_by(session: Session, reminder_ids: Collection[int]) -> Collection[int]:
    """The reservations that these rows are about."""
    asked = sa.select(col(BookingReminder.reservation_id))
    return set(session.execute(asked.where(col(BookingReminder.id).in_(reminder_ids))).scalars())
