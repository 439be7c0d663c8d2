"""The centre puts a record right: its end, its figures, what running over costs and counts."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.reservations.actions.check_out import silence_ends
from booking.reservations.actions.completing import complete
from booking.reservations.actions.life import demand_reason, enter, fact
from booking.reservations.actions.overrunning import Changed, tell_overrun
from booking.reservations.actions.rights import demand_right, is_centre, locked_for
from booking.reservations.events import UseCorrected
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from booking.reservations.queries.loading import LoadedUse, use_for_update
from booking.reservations.queries.terms import afterwards_terms
from booking.reservations.rules.use_record import Outcome
from booking.reservations.states import Action, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Who corrects, when and why, and what changed by it."""

    actor_id: int | None
    now: datetime
    cause: str
    changes: Changed


def correct_use(
    uow: UnitOfWork, number: str, *, actor: Actor, now: datetime, reason: str, outcome: Outcome
) -> Reservation:
    """Put the record of a use right that is over, settled or not; its charges follow."""
    booked = locked_for(uow.session, number, actor)
    demand_right(is_centre(actor), Permission.RESERVATION_DECIDE)
    reason = demand_reason(reason)
    changes = enter(booked.reservation, Action.CORRECT, now=now, reason=reason)
    usage = use_for_update(uow.session, booked)
    use, ran_over = LoadedUse(booked, usage), usage.overrun_minutes > 0
    changes |= put_right(uow, use, outcome, now=now, by_centre=True)
    if booked.reservation.state is State.COMPLETED:
        ask_again(uow.session, use, now=now)
    uow.session.flush()
    told = Told(actor_id=actor.id, now=now, cause=reason, changes=changes)
    tell_corrected(uow, use, told, ran_over=ran_over, outcome=outcome, follows=True)
    return booked.reservation


def put_right(
    uow: UnitOfWork, use: LoadedUse, outcome: Outcome, *, now: datetime, by_centre: bool
) -> Changed:
    """Keep the figures that hold, and what running over costs then."""
    changes: Changed = {}
    if outcome.record is not None:
        changes |= complete(uow, use, outcome.record, now=now, by_centre=by_centre)
    return changes | _forgiven(use.usage, outcome)


def ask_again(session: Session, use: LoadedUse, *, now: datetime) -> None:
    """Whoever agreed did so to other figures."""
    usage = use.usage
    usage.host_confirmed_at = usage.host_confirmed_by = None
    usage.user_confirmed_at = usage.user_confirmed_by = None
    terms = afterwards_terms(session, use.booked.reservation.policy_id)
    usage.confirm_by = silence_ends(session, now, terms)


def _forgiven(usage: UsageSession, outcome: Outcome) -> Changed:
    """Running over costs nothing, though it stays written down."""
    if not outcome.without_fee or not usage.overrun_fen:
        return {}
    before, usage.overrun_fen = usage.overrun_fen, 0
    return {"overrun_fen": (before, 0)}


def tell_corrected(
    uow: UnitOfWork,
    use: LoadedUse,
    told: Told,
    *,
    ran_over: bool,
    outcome: Outcome,
    follows: bool,
) -> None:
    """Whoever charges or counts follows the centre, and is told of what runs over only now."""
    runs_over = use.usage.overrun_minutes > 0
    if follows:
        said = fact(
            use.booked,
            now=told.now,
            actor_id=told.actor_id,
            cause=told.cause,
            changes=told.changes,
        )
        forgives = outcome.without_points or (ran_over and not runs_over)
        fee_fen = use.usage.overrun_fen
        uow.announce(UseCorrected(**said, overrun_fen=fee_fen, forgives=forgives))
    if runs_over and not ran_over:
        tell_overrun(uow, use.booked, use.usage, actor_id=told.actor_id, now=told.now)
