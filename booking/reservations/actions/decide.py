"""Answer a request: promise the time, or say why not."""

from collections.abc import Sequence
from datetime import datetime

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.instruments.holds import release_bookings
from booking.reservations.actions.life import demand_reason, enter, fact
from booking.reservations.actions.reschedule import retake
from booking.reservations.actions.rights import decides, demand_right, locked_for
from booking.reservations.actions.taking import Ask, judge, weigh
from booking.reservations.errors import ReservationRefused
from booking.reservations.events import ReservationConfirmed, ReservationRejected
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.loading import Loaded, queue_for_instrument
from booking.reservations.queries.units import helpers_held_for
from booking.reservations.rules.booking import APPROVAL_RULES
from booking.reservations.states import Action


def approve(
    uow: UnitOfWork, number: str, *, actor: Actor, now: datetime, reason: str = ""
) -> Reservation:
    """Promise the time; what may have changed since the request is judged again."""
    booked = _to_decide(uow, number, actor)
    reservation = booked.reservation
    changes = enter(reservation, Action.APPROVE, now=now, reason=reason)
    helpers = helpers_held_for(uow.session, number)
    ask = Ask.again(
        reservation, reason, operators=helpers.operators, accessories=helpers.accessories
    )
    judged = judge(uow.session, ask, now=now)
    broken, set_aside = weigh(judged, actor=actor, rules=APPROVAL_RULES)
    if broken:
        # Other times are the company's to choose, and the lab's to propose.
        raise ReservationRefused(broken)
    if set_aside:
        reservation.override_reason = reason
        changes["set_aside"] = (None, list(set_aside))
    crew = judged.demand.crew
    if crew and set(crew.chosen()) != set(helpers.operators):
        queue_for_instrument(uow.session, reservation.instrument_id)
        retake(uow, booked, judged, helpers=helpers)
    uow.session.flush()
    told = fact(booked, now=now, actor_id=actor.id, cause=reason, changes=changes)
    uow.announce(ReservationConfirmed(**told))
    return reservation


def reject(
    uow: UnitOfWork, number: str, *, actor: Actor, now: datetime, reason: str = ""
) -> Reservation:
    """Say no, with a reason; the time is free again."""
    booked = _to_decide(uow, number, actor)
    reject_all(uow, [booked], actor=actor, now=now, reason=reason)
    return booked.reservation


def reject_all(
    uow: UnitOfWork, requests: Sequence[Loaded], *, actor: Actor, now: datetime, reason: str
) -> None:
    """The same of several that are locked; their time is given back at once."""
    reason = demand_reason(reason)
    told = []
    for one in requests:
        changes = enter(one.reservation, Action.REJECT, now=now, reason=reason)
        told.append(fact(one, now=now, actor_id=actor.id, cause=reason, changes=changes))
    uow.session.flush()
    release_bookings(uow, [one.reservation.number for one in requests])
    uow.announce_all([ReservationRejected(**one) for one in told])


def _to_decide(uow: UnitOfWork, number: str, actor: Actor) -> Loaded:
    booked = locked_for(uow.session, number, actor)
    demand_right(decides(actor, booked), Permission.RESERVATION_DECIDE)
    return booked
