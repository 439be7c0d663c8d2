"""Sweeps over what is due: each catches up whatever time it was not run, and repeats nothing."""

from datetime import datetime, timedelta

from booking.db.transactions import UnitOfWork
from booking.reservations.actions import lapse
from booking.reservations.queries.loading import (
    awaited_since,
    never_checked_out,
    silent_since,
    undecided_since,
)

# Overrunning is common; an hour after the booked end somebody has simply forgotten.
FORGOTTEN_AFTER = timedelta(hours=1)


def expire_requests(uow: UnitOfWork, now: datetime) -> int:
    """Requests not decided in time."""
    due = undecided_since(uow.session, now)
    for booked in due:
        lapse.expire(uow, booked, now=now)
    return len(due)


def mark_no_shows(uow: UnitOfWork, now: datetime) -> int:
    """Confirmed bookings to which nobody came."""
    due = awaited_since(uow.session, now)
    for booked in due:
        lapse.miss(uow, booked, now=now)
    return len(due)


def close_forgotten(uow: UnitOfWork, now: datetime) -> int:
    """Uses that nobody checked out of."""
    due = never_checked_out(uow.session, now - FORGOTTEN_AFTER)
    for use in due:
        lapse.close_forgotten(uow, use, now=now)
    return len(due)


def confirm_silent(uow: UnitOfWork, now: datetime) -> int:
    """Uses to which nobody objected."""
    due = silent_since(uow.session, now)
    for use in due:
        lapse.settle_silent(uow, use, now=now)
    return len(due)
