"""Object to a record, and settle the objection."""

from datetime import datetime

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.reservations.actions.check_out import presence
from booking.reservations.actions.life import demand_reason, enter, fact
from booking.reservations.actions.recording import must_be_sold, write_record
from booking.reservations.actions.rights import (
    behalf,
    decides,
    demand_right,
    hosts,
    locked_for,
    uses,
)
from booking.reservations.events import DisputeResolved, UseDisputed
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.loading import use_for_update
from booking.reservations.queries.terms import afterwards_terms
from booking.reservations.rules.use_record import UseRecord
from booking.reservations.states import Action


def dispute(
    uow: UnitOfWork, number: str, *, actor: Actor, now: datetime, reason: str
) -> Reservation:
    """Either side says that the record is wrong; silence settles nothing until it is resolved."""
    booked = locked_for(uow.session, number, actor)
    demand_right(hosts(actor, booked) or uses(actor, booked), Permission.RESERVATION_USE)
    reason = demand_reason(reason)
    changes = enter(booked.reservation, Action.DISPUTE, now=now, reason=reason)
    uow.session.flush()
    told = fact(
        booked,
        now=now,
        actor_id=actor.id,
        cause=reason,
        changes=changes,
        on_behalf_of=behalf(actor, booked),
    )
    uow.announce(UseDisputed(**told))
    return booked.reservation


def resolve(
    uow: UnitOfWork,
    number: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str,
    record: UseRecord | None = None,
) -> Reservation:
    """The lab or the centre lets the record stand or corrects it; both sides confirm anew."""
    booked = locked_for(uow.session, number, actor)
    demand_right(decides(actor, booked), Permission.RESERVATION_DECIDE)
    reason = demand_reason(reason)
    changes = enter(booked.reservation, Action.RESOLVE, now=now, reason=reason)
    usage = use_for_update(uow.session, booked)
    if record is not None:
        must_be_sold(uow.session, booked.reservation, record)
        changes |= write_record(usage, record, presence(usage))
    usage.host_confirmed_at = usage.host_confirmed_by = None
    usage.user_confirmed_at = usage.user_confirmed_by = None
    terms = afterwards_terms(uow.session, booked.reservation.policy_id)
    usage.confirm_by = now + terms.confirm_within
    uow.session.flush()
    told = fact(booked, now=now, actor_id=actor.id, cause=reason, changes=changes)
    uow.announce(DisputeResolved(**told))
    return booked.reservation
