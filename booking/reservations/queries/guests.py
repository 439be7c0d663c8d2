"""Which organisations have booked an instrument before."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.organisations.models import Organisation
from booking.organisations.queries import organisation_named, organisation_with_uscc
from booking.reservations.models.reservation import Reservation

_MOST = 50


def guests_of(session: Session, instrument_id: int) -> Sequence[str]:
    """The names of those who booked it, in order of their names, the first fifty."""
    booked = sa.select(col(Reservation.organisation_id)).where(
        col(Reservation.instrument_id) == instrument_id
    )
    names = sa.select(col(Organisation.name)).where(col(Organisation.id).in_(booked))
    return session.execute(names.order_by(col(Organisation.name)).limit(_MOST)).scalars().all()


def organisation_called(session: Session, text: str) -> int | None:
    """The organisation of exactly that name or credit code."""
    named = organisation_named(session, text)
    return named if named is not None else organisation_with_uscc(session, text.upper())
