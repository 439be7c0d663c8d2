"""Say that a use was as recorded; when both sides have, or silence has, it is settled."""

from datetime import datetime

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.reservations.actions.check_out import presence, silence_ends
from booking.reservations.actions.completing import complete
from booking.reservations.actions.life import enter, fact
from booking.reservations.actions.overrunning import Changed, tell_overrun
from booking.reservations.actions.rights import behalf, demand_right, hosts, locked_for, uses
from booking.reservations.errors import AlreadyConfirmed, RecordMissing
from booking.reservations.events import Side, UseConfirmed, UseSettled
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from booking.reservations.queries.disputes import was_disputed
from booking.reservations.queries.loading import Loaded, LoadedUse, use_for_update
from booking.reservations.queries.terms import afterwards_terms
from booking.reservations.rules.confirming import Amount, as_agreed, length_of
from booking.reservations.rules.use_record import UseRecord
from booking.reservations.states import Action

AS_BOOKED = "as booked, within what the rules tolerate"


def confirm(
    uow: UnitOfWork, number: str, *, actor: Actor, now: datetime, record: UseRecord | None = None
) -> Reservation:
    """Agree for one's own side; the host may put the record right while doing so."""
    booked = locked_for(uow.session, number, actor)
    changes = enter(booked.reservation, Action.CONFIRM, now=now)
    usage = use_for_update(uow.session, booked)
    side = _side_of(actor, booked, usage)
    if record is not None:
        demand_right(side is Side.HOST, Permission.RESERVATION_HOST)
        was_open = usage.to_be_completed
        changes |= _corrected(uow, LoadedUse(booked, usage), record, now=now)
        if was_open:
            # Only now there is something to object to.
            terms = afterwards_terms(uow.session, booked.reservation.policy_id)
            usage.confirm_by = silence_ends(uow.session, now, terms)
    elif usage.to_be_completed and side is Side.HOST:
        raise RecordMissing(number=number)
    _sign(usage, side, actor=actor, now=now)
    changes[f"{side}_confirmed_at"] = (None, now.isoformat())
    uow.session.flush()
    told = fact(
        booked, now=now, actor_id=actor.id, changes=changes, on_behalf_of=behalf(actor, booked)
    )
    uow.announce(UseConfirmed(**told, side=side))
    if "overrun_minutes" in changes:
        tell_overrun(uow, booked, usage, actor_id=actor.id, now=now)
    if usage.host_confirmed_at and usage.user_confirmed_at:
        settle(uow, LoadedUse(booked, usage), actor_id=actor.id, now=now)
    elif _is_as_booked(uow, booked, usage):
        settle(uow, LoadedUse(booked, usage), actor_id=actor.id, now=now, cause=AS_BOOKED)
    return booked.reservation


def _is_as_booked(uow: UnitOfWork, booked: Loaded, usage: UsageSession) -> bool:
    """Whether the side that has said nothing agreed to this when booking, and never objected."""
    terms = afterwards_terms(uow.session, booked.reservation.policy_id)
    if terms.confirm_tolerance is None or usage.to_be_completed or usage.overrun_fen:
        return False
    reservation = booked.reservation
    agreed = Amount(length_of(booked.span), reservation.samples, reservation.consumables)
    used = Amount(length_of(presence(usage)), usage.samples, usage.consumables)
    if not as_agreed(agreed, used, terms.confirm_tolerance):
        return False
    return not was_disputed(uow.session, reservation.key)


def settle(
    uow: UnitOfWork,
    use: LoadedUse,
    *,
    actor_id: int | None,
    now: datetime,
    cause: str = "",
    unanswered: bool = False,
) -> None:
    """The use is final; whoever charges for it, or counts who was late, is told."""
    changes = enter(use.booked.reservation, Action.SETTLE, now=now)
    use.usage.settled_at = now
    uow.session.flush()
    told = fact(use.booked, now=now, actor_id=actor_id, cause=cause, changes=changes)
    uow.announce(UseSettled(**told, unanswered=unanswered))


def _side_of(actor: Actor, booked: Loaded, usage: UsageSession) -> Side:
    """For whom the actor speaks; somebody on both sides speaks for the host first."""
    sides = [side for side, may in ((Side.HOST, hosts), (Side.USER, uses)) if may(actor, booked)]
    demand_right(bool(sides), Permission.RESERVATION_USE)
    signed = {Side.HOST: usage.host_confirmed_at, Side.USER: usage.user_confirmed_at}
    for side in sides:
        if signed[side] is None:
            return side
    raise AlreadyConfirmed(side=sides[0].value)


def _corrected(uow: UnitOfWork, use: LoadedUse, record: UseRecord, *, now: datetime) -> Changed:
    changes = complete(uow, use, record, now=now)
    if changes:
        # The user agreed to other figures.
        usage = use.usage
        usage.user_confirmed_at = usage.user_confirmed_by = None
    return changes


def _sign(usage: UsageSession, side: Side, *, actor: Actor, now: datetime) -> None:
    if side is Side.HOST:
        usage.host_confirmed_at, usage.host_confirmed_by = now, actor.id
    else:
        usage.user_confirmed_at, usage.user_confirmed_by = now, actor.id
