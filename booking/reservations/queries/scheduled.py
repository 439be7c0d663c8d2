"""Which time a lab chose itself: of entrusted work, where nobody of the company booked it."""

from collections.abc import Collection
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.accounts.models import Membership
from booking.instruments.rules.terms import ServiceMode
from booking.reservations.models.reservation import Reservation

SCHEDULED_BY_LAB: Final = sa.and_(
    col(Reservation.mode) == ServiceMode.ENTRUSTED,
    ~sa.exists().where(
        col(Membership.user_id) == col(Reservation.created_by),
        col(Membership.organisation_id) == col(Reservation.organisation_id),
    ),
)


def scheduled_by_lab(session: Session, reservation: Reservation) -> bool:
    """Whether the company leaves it to the lab when it works."""
    if reservation.mode is not ServiceMode.ENTRUSTED:
        return False
    asked = sa.select(SCHEDULED_BY_LAB).where(col(Reservation.id) == reservation.key)
    return bool(session.execute(asked).scalar_one())


def left_to_the_lab(session: Session, reservation_ids: Collection[int]) -> frozenset[int]:
    """Those of several bookings of which the same is true."""
    if not reservation_ids:
        return frozenset()
    asked = sa.select(col(Reservation.id)).where(
        col(Reservation.id).in_(reservation_ids), SCHEDULED_BY_LAB
    )
    return frozenset(key for key in session.execute(asked).scalars() if key is not None)
