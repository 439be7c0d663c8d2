"""Hand one booking to a colleague, who must be able to use it."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import NotFound
from booking.reservations.actions.agreeing import ask_again
from booking.reservations.actions.life import enter, fact
from booking.reservations.actions.reschedule import By, demand_not_missed
from booking.reservations.actions.rights import demand_right, locked_for, uses
from booking.reservations.actions.taking import Ask, allow, judge
from booking.reservations.errors import ColleagueMissing, LabDecides
from booking.reservations.events import ReservationHandedOver
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.standing import person_to_book_for
from booking.reservations.rules.booking import HANDING_OVER_RULES
from booking.reservations.states import Action, State


def hand_to_colleague(
    uow: UnitOfWork, number: str, colleague: int | str, *, actor: Actor, now: datetime
) -> Reservation:
    """Time and price stay, and what it costs to give back; who needed a decision to use the
    instrument needs one again."""
    booked = locked_for(uow.session, number, actor)
    demand_right(uses(actor, booked), Permission.RESERVATION_USE)
    reservation, former_id = booked.reservation, booked.reservation.holder_id
    holder_id = _colleague(uow.session, colleague, reservation)
    demand_not_missed(uow.session, booked, By(actor, now), action=Action.HAND_OVER)
    changes = enter(reservation, Action.HAND_OVER, now=now)
    judged = judge(uow.session, replace(Ask.again(reservation), holder_id=holder_id), now=now)
    allow(uow.session, judged, actor=actor, rules=HANDING_OVER_RULES)
    reservation.holder_id = holder_id
    waits = judged.must_be_approved(actor) and reservation.state is State.CONFIRMED
    if waits:
        if now >= reservation.starts_at:
            raise LabDecides
        changes |= ask_again(booked, judged, now=now)
    changes["holder"] = (f"user:{former_id}", f"user:{holder_id}")
    uow.session.flush()
    told = fact(
        booked,
        now=now,
        actor_id=actor.id,
        changes=changes,
        on_behalf_of="" if actor.id == former_id else f"user:{former_id}",
    )
    uow.announce(ReservationHandedOver(**told, former_id=former_id, waits=waits))
    return reservation


def _colleague(session: Session, named: int | str, reservation: Reservation) -> int:
    """Somebody else of the organisation who may book; everybody else is as good as unknown."""
    try:
        person, organisations = person_to_book_for(session, named)
    except NotFound:
        raise ColleagueMissing from None
    if reservation.organisation_id not in organisations or person == reservation.holder_id:
        raise ColleagueMissing
    return person
