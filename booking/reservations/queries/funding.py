"""What is set aside for a booking that is paid in advance."""

from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.instruments.models.tables import INSTRUMENT, POLICY
from booking.ledger.queries.prepaid import available_between, held_for
from booking.organisations.models import Lab
from booking.reservations.models.reservation import Reservation
from booking.reservations.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepaidBooking:
    """A booking under a policy that wants its price in advance."""

    number: str
    state: State
    organisation_id: int
    provider_id: int
    quoted_fen: int
    # The lab booked against the rules.
    set_aside: bool
    available_fen: int
    held_fen: int


_BOOKING: Final[sa.Select[*tuple[Any, ...]]] = (
    sa.select(
        col(Reservation.number),
        col(Reservation.state),
        col(Reservation.organisation_id),
        col(Lab.organisation_id).label("provider_id"),
        col(Reservation.quoted_fen),
        (col(Reservation.override_reason) != "").label("set_aside"),
    )
    .join(POLICY, POLICY.c.id == col(Reservation.policy_id))
    .join(INSTRUMENT, INSTRUMENT.c.id == col(Reservation.instrument_id))
    .join(Lab, col(Lab.id) == INSTRUMENT.c.lab_id)
    .where(
        col(Reservation.id) == sa.bindparam("reservation"),
        POLICY.c.prepaid,
        col(Lab.organisation_id) != col(Reservation.organisation_id),
    )
)


def prepaid_booking(session: Session, reservation_id: int) -> PrepaidBooking | None:
    """The booking, if its policy wants the price in advance."""
    row = session.execute(_BOOKING, {"reservation": reservation_id}).mappings().one_or_none()
    if row is None:
        return None
    held = held_for(session, row["number"])
    available = available_between(session, row["organisation_id"], row["provider_id"])
    return PrepaidBooking(**row, available_fen=available, held_fen=held[2] if held else 0)
