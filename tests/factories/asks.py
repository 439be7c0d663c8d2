"""Bookings of two companies on one instrument, and what is asked of them."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.models.hold import SlotHold
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.reserve import reserve
from booking.reservations.models.proposal import ReservationProposal, ReservationSwap
from booking.reservations.states import AskState
from tests.factories.accounts import make_member
from tests.factories.organisations import make_organisation
from tests.factories.reservations import Scene


@dataclass(frozen=True)
class Neighbour:
    """Somebody of another company with a booking on the scene's instrument."""

    actor: Actor
    number: str


def make_neighbour(
    uow: UnitOfWork, scene: Scene, span: TimeSpan, *, now: datetime, **changes: object
) -> Neighbour:
    """One more who has booked there."""
    actor = make_member(uow, make_organisation(uow, verified=True).key)
    made = reserve(uow, scene.wish(span, **changes), actor=actor, now=now)
    return Neighbour(actor, made.number)


def proposal_state(session: Session, proposal_id: int) -> AskState:
    """Where a proposal stands."""
    return session.get_one(ReservationProposal, proposal_id, populate_existing=True).state


def swap_state(session: Session, swap_id: int) -> AskState:
    """Where an exchange stands."""
    return session.get_one(ReservationSwap, swap_id, populate_existing=True).state


def held_for_proposal(session: Session, proposal_id: int) -> list[TimeSpan]:
    """What is held for a proposal besides what its booking holds."""
    asked = sa.select(col(SlotHold.starts_at), col(SlotHold.ends_at)).where(
        col(SlotHold.proposal_id) == proposal_id
    )
    ordered = asked.order_by(col(SlotHold.starts_at), col(SlotHold.unit_id))
    return [TimeSpan(*row) for row in session.execute(ordered)]
