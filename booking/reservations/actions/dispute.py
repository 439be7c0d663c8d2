"""Object to a record, and settle the objection."""

from datetime import datetime

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.reservations.actions.confirm import settle
from booking.reservations.actions.correct_use import Told, ask_again, put_right, tell_corrected
from booking.reservations.actions.life import demand_reason, enter, fact, illegal, touch
from booking.reservations.actions.rights import (
    behalf,
    decides,
    demand_right,
    hosts,
    is_centre,
    locked_for,
    uses,
)
from booking.reservations.errors import CentreDecides, TooManyMessages
from booking.reservations.events import CentreAsked, DisputeAnswered, DisputeResolved, UseDisputed
from booking.reservations.models.dispute import DisputeMessage
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.disputes import MOST_MESSAGES, messages_about
from booking.reservations.queries.loading import Loaded, LoadedUse, use_for_update
from booking.reservations.rules.use_record import IT_STANDS, Outcome
from booking.reservations.states import Action, Speaker, State

DECIDED = "the centre has decided"


def dispute(
    uow: UnitOfWork, number: str, *, actor: Actor, now: datetime, reason: str
) -> Reservation:
    """Either side says that the record is wrong; silence settles nothing until it is resolved."""
    booked = locked_for(uow.session, number, actor)
    demand_right(hosts(actor, booked) or uses(actor, booked), Permission.RESERVATION_USE)
    reason = demand_reason(reason)
    changes = enter(booked.reservation, Action.DISPUTE, now=now, reason=reason)
    side = _write_down(uow, booked, reason, actor=actor, now=now)
    told = fact(
        booked,
        now=now,
        actor_id=actor.id,
        cause=reason,
        changes=changes,
        on_behalf_of=behalf(actor, booked),
    )
    uow.announce(UseDisputed(**told, by=side))
    return booked.reservation


def say(uow: UnitOfWork, number: str, text: str, *, actor: Actor, now: datetime) -> Reservation:
    """Answer in a dispute; both sides and the centre read it."""
    booked = locked_for(uow.session, number, actor)
    demand_right(hosts(actor, booked) or uses(actor, booked), Permission.RESERVATION_USE)
    _must_be_disputed(booked)
    if messages_about(uow.session, booked.reservation.key) >= MOST_MESSAGES:
        raise TooManyMessages(most=MOST_MESSAGES)
    side = _write_down(uow, booked, demand_reason(text), actor=actor, now=now)
    told = fact(
        booked,
        now=now,
        actor_id=actor.id,
        changes={"said_by": (None, side.value)},
        on_behalf_of=behalf(actor, booked),
    )
    uow.announce(DisputeAnswered(**told, by=side))
    return booked.reservation


def ask_centre(uow: UnitOfWork, number: str, *, actor: Actor, now: datetime) -> Reservation:
    """Either side leaves the decision to the centre; it is final."""
    booked = locked_for(uow.session, number, actor)
    demand_right(hosts(actor, booked) or uses(actor, booked), Permission.RESERVATION_USE)
    _must_be_disputed(booked)
    usage = use_for_update(uow.session, booked)
    if usage.centre_asked_at is not None:
        return booked.reservation
    usage.centre_asked_at = now
    touch(booked.reservation, now)
    uow.session.flush()
    told = fact(
        booked,
        now=now,
        actor_id=actor.id,
        changes={"centre_asked_at": (None, now.isoformat())},
        on_behalf_of=behalf(actor, booked),
    )
    uow.announce(CentreAsked(**told, by=_side_of(actor, booked)))
    return booked.reservation


def resolve(
    uow: UnitOfWork,
    number: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str,
    outcome: Outcome = IT_STANDS,
) -> Reservation:
    """Let the record stand or correct it.

    By the lab: both sides confirm anew. By the centre, once it was asked: that settles it, and it
    may take back what running over cost.
    """
    booked = locked_for(uow.session, number, actor)
    demand_right(decides(actor, booked), Permission.RESERVATION_DECIDE)
    reason = demand_reason(reason)
    _must_be_disputed(booked)
    usage = use_for_update(uow.session, booked)
    final = usage.centre_asked_at is not None
    if (final or outcome.lenient) and not (final and is_centre(actor)):
        raise CentreDecides(number=number)
    changes = enter(booked.reservation, Action.RESOLVE, now=now, reason=reason)
    ran_over = usage.overrun_minutes > 0
    use = LoadedUse(booked, usage)
    changes |= put_right(uow, use, outcome, now=now, by_centre=final)
    ask_again(uow.session, use, now=now)
    side = _write_down(uow, booked, reason, actor=actor, now=now)
    told = fact(booked, now=now, actor_id=actor.id, cause=reason, changes=changes)
    uow.announce(DisputeResolved(**told, by=side, final=final))
    told_of = Told(actor_id=actor.id, now=now, cause=reason, changes=changes)
    follows = final and (outcome.lenient or "overrun_minutes" in changes)
    tell_corrected(uow, use, told_of, ran_over=ran_over, outcome=outcome, follows=follows)
    if final:
        settle(uow, use, actor_id=actor.id, now=now, cause=DECIDED)
    return booked.reservation


def _must_be_disputed(booked: Loaded) -> None:
    if booked.reservation.state is not State.DISPUTED:
        raise illegal(booked.reservation, Action.RESOLVE)


def _write_down(
    uow: UnitOfWork, booked: Loaded, text: str, *, actor: Actor, now: datetime
) -> Speaker:
    side = _side_of(actor, booked)
    uow.session.add(
        DisputeMessage(
            reservation_id=booked.reservation.key,
            author_id=actor.id,
            side=side,
            text=text,
            said_at=now,
        )
    )
    uow.session.flush()
    return side


def _side_of(actor: Actor, booked: Loaded) -> Speaker:
    if is_centre(actor):
        return Speaker.CENTRE
    return Speaker.HOST if hosts(actor, booked) else Speaker.USER
