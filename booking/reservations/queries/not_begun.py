"""What organisations have booked and not begun, and what is offered to them, for ending it."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.organisations.models import Organisation
from booking.organisations.states import OrganisationState
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.waitlist import WaitlistEntry, WaitlistOffer
from booking.reservations.queries.loading import Loaded, loaded_free, locked, reservations
from booking.reservations.states import State

NOT_BEGUN: Final = (
    # Spelled like the partial index.
    sa.text("reservation.state IN ('requested', 'confirmed', 'in_use')"),
    col(Reservation.state) != State.IN_USE,
)


def suspended_organisations(session: Session) -> Sequence[int]:
    """Few if any: asked first, so that nobody reads what everybody else has ahead."""
    asked = sa.select(col(Organisation.id)).where(
        col(Organisation.state) == OrganisationState.SUSPENDED
    )
    return [row.id for row in session.execute(asked.order_by(col(Organisation.id)))]


def not_begun_of(session: Session, organisation_id: int) -> Sequence[Loaded]:
    """What an organisation has booked and not begun, locked; who is changing one is waited for."""
    asked = reservations().where(col(Reservation.organisation_id) == organisation_id, *NOT_BEGUN)
    rows = session.execute(locked(asked.order_by(col(Reservation.id)))).all()
    return [Loaded(*row) for row in rows]


def not_begun_of_some(session: Session, organisation_ids: Sequence[int]) -> Sequence[Loaded]:
    """The same of several; what somebody decides this very moment is left to them."""
    asked = reservations().where(col(Reservation.organisation_id).in_(organisation_ids), *NOT_BEGUN)
    return loaded_free(session, asked.order_by(col(Reservation.id)))


def open_offers_to(
    session: Session, organisation_ids: Sequence[int]
) -> Sequence[tuple[WaitlistOffer, WaitlistEntry]]:
    """What is offered to organisations at the moment, with the places in line, locked.

    Whoever answers one this very moment is not waited for: they may wait for us.
    """
    asked = (
        sa.select(WaitlistOffer, WaitlistEntry)
        .join(WaitlistEntry, col(WaitlistEntry.id) == col(WaitlistOffer.entry_id))
        .where(
            sa.text("waitlist_offer.state = 'open'"),
            col(WaitlistEntry.organisation_id).in_(organisation_ids),
        )
        .order_by(col(WaitlistOffer.id))
        .with_for_update(of=WaitlistEntry, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return [(offer, entry) for offer, entry in session.execute(asked)]
