"""Instruments that are out of service, in spans of a test's own choice."""

from datetime import datetime

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.close import Closed, Closing, close_kept
from booking.instruments.actions.keeping import kept_instrument
from booking.instruments.models.calendar import ClosureKind
from booking.kernel.timespan import TimeSpan


def shut_broken(
    uow: UnitOfWork,
    instrument_id: int,
    span: TimeSpan,
    reason: str = "",
    *,
    actor: Actor,
    now: datetime,
) -> Closed:
    """What closing for a fault writes of its time, wherever that lies; without a report."""
    instrument = kept_instrument(uow, instrument_id, actor=actor)
    return close_kept(
        uow, instrument, Closing(span, ClosureKind.FAULT, reason), actor=actor, now=now
    )
