"""End a use: what was done, and the rest of the time given back."""

from datetime import datetime, timedelta

from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.instruments.holds import HoldReason, end_holds_at, shorten_holds
from booking.instruments.queries.statutory import calendar_from
from booking.kernel.clock import local
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.life import enter, fact
from booking.reservations.actions.overrunning import Changed, reckon_overrun, tell_overrun
from booking.reservations.actions.recording import must_be_sold, write_record
from booking.reservations.actions.rights import behalf, demand_right, hosts, locked_for, uses
from booking.reservations.events import UseEnded
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from booking.reservations.queries.loading import Loaded, use_for_update
from booking.reservations.queries.terms import AfterwardsTerms, afterwards_terms
from booking.reservations.rules.confirming import silent_until
from booking.reservations.rules.use_record import UseRecord
from booking.reservations.states import Action

_MINUTE = timedelta(minutes=1)


def check_out(
    uow: UnitOfWork, number: str, record: UseRecord | None, *, actor: Actor, now: datetime
) -> Reservation:
    """Everybody has left. Without figures the whole presence counts as testing."""
    booked = locked_for(uow.session, number, actor)
    demand_right(hosts(actor, booked) or uses(actor, booked), Permission.RESERVATION_HOST)
    must_be_sold(uow.session, booked.reservation, record)
    changes = enter(booked.reservation, Action.CHECK_OUT, now=now)
    # What is asked here is not what changes here: one write at the end is enough.
    with uow.session.no_autoflush:
        usage = use_for_update(uow.session, booked)
        changes |= end_use(uow, booked, usage, ended_at=now)
    usage.ended_by = actor.id
    wanted = record or UseRecord(samples=booked.reservation.samples)
    changes |= write_record(usage, wanted, presence(usage))
    uow.session.flush()
    uow.announce(
        UseEnded(
            **fact(
                booked,
                now=now,
                actor_id=actor.id,
                changes=changes,
                on_behalf_of=behalf(actor, booked),
            )
        )
    )
    tell_overrun(uow, booked, usage, actor_id=actor.id, now=now)
    return booked.reservation


def end_use(uow: UnitOfWork, booked: Loaded, usage: UsageSession, *, ended_at: datetime) -> Changed:
    """Close the session, give back what was held and is not needed any more, reckon what ran over;
    what changed by that, as it was and as it is."""
    reservation = booked.reservation
    terms = afterwards_terms(uow.session, reservation.policy_id)
    usage.ended_at = max(ended_at, usage.started_at)
    usage.confirm_by = silence_ends(uow.session, usage.ended_at, terms)
    reason = HoldReason.reservation(reservation.number)
    if usage.overrun_noted_at:
        # More was held than booked; something was used, so something stays held.
        least = usage.started_at + _MINUTE
        end_holds_at(uow, reason, max(ended_at + terms.kept_free_after, least))
    elif ended_at < reservation.ends_at:
        shorten_holds(uow, reason, by=reservation.ends_at - ended_at)
    return reckon_overrun(uow.session, booked, usage, terms=terms)


def silence_ends(session: Session, since: datetime, terms: AfterwardsTerms) -> datetime | None:
    """When saying nothing is a yes; not before the calendar of the year is known."""
    if not terms.confirm_days:
        return since
    calendar = calendar_from(session, local(since).date())
    return silent_until(since, terms.confirm_days, calendar)


def presence(usage: UsageSession) -> TimeSpan:
    """From check-in to check-out; leaving within the same minute counts as one."""
    ended_at = usage.ended_at or usage.started_at
    return TimeSpan(usage.started_at, max(ended_at, usage.started_at + _MINUTE))
