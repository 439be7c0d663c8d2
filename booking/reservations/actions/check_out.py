"""End a use: what was done, and the rest of the time given back."""

from datetime import datetime, timedelta

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.instruments.holds import HoldReason, shorten_holds
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.life import enter, fact
from booking.reservations.actions.recording import must_be_sold, write_record
from booking.reservations.actions.rights import behalf, demand_right, hosts, locked_for, uses
from booking.reservations.events import UseEnded
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from booking.reservations.queries.loading import Loaded, use_for_update
from booking.reservations.queries.terms import afterwards_terms
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
        end_use(uow, booked, usage, ended_at=now)
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
    return booked.reservation


def end_use(uow: UnitOfWork, booked: Loaded, usage: UsageSession, *, ended_at: datetime) -> None:
    """Close the session and give back what was booked and is not needed any more."""
    terms = afterwards_terms(uow.session, booked.reservation.policy_id)
    usage.ended_at = max(ended_at, usage.started_at)
    usage.confirm_by = usage.ended_at + terms.confirm_within
    unused = booked.reservation.ends_at - ended_at
    if unused > timedelta(0):
        shorten_holds(uow, HoldReason.reservation(booked.reservation.number), by=unused)


def presence(usage: UsageSession) -> TimeSpan:
    """From check-in to check-out; leaving within the same minute counts as one."""
    ended_at = usage.ended_at or usage.started_at
    return TimeSpan(usage.started_at, max(ended_at, usage.started_at + _MINUTE))
