"""Close an instrument for a time, and open it again: closures take holds like everybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, select

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.keeping import (
    fact,
    kept_instrument,
    must_not_be_retired,
    terms_changed,
)
from booking.instruments.errors import (
    ClosureInTheWay,
    ClosureOver,
    ClosureTooFarBack,
    ClosureTooLong,
    FaultNotRepaired,
    FaultUnreported,
    SlotTaken,
)
from booking.instruments.events import ClosureLifted, ClosureScheduled
from booking.instruments.holds import (
    HoldReason,
    end_holds_at,
    release_holds,
    take_holds,
    take_what_is_free,
)
from booking.instruments.models.calendar import Closure, ClosureKind
from booking.instruments.models.hold import LONGEST_HOLD_DAYS
from booking.instruments.models.instrument import Instrument
from booking.instruments.queries.family import family_changed
from booking.instruments.queries.faults import is_of_open_fault
from booking.instruments.queries.holds import Held, spans_by_unit, taken_with_parts
from booking.kernel.errors import Conflict, NotFound
from booking.kernel.timespan import TimeSpan

Taken = Mapping[int, Sequence[Held]]

LONGEST: Final = timedelta(days=LONGEST_HOLD_DAYS)
# A fault may be entered late, but not after the yearly report that it would have been in.
FURTHEST_BACK: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Closing:
    """When an instrument is to be closed, and why."""

    span: TimeSpan
    kind: ClosureKind
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Closed:
    """What was written, and the bookings that a fault found in its way."""

    closure: Closure
    affected: tuple[Held, ...] = ()

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        return tuple(Conflict(hold.span, hold.kind) for hold in self.affected)


def close(
    uow: UnitOfWork, instrument_id: int, wanted: Closing, *, actor: Actor, now: datetime
) -> Closed:
    """Take all places for a time, those of all parts too, unless bookings are in the way.

    What is broken is reported and closed for that fault; see `actions/faults.py`.
    """
    if wanted.kind is ClosureKind.FAULT:
        raise FaultUnreported
    instrument = kept_instrument(uow, instrument_id, actor=actor)
    return close_kept(uow, instrument, wanted, actor=actor, now=now)


def close_kept(
    uow: UnitOfWork, instrument: Instrument, wanted: Closing, *, actor: Actor, now: datetime
) -> Closed:
    """The same for an instrument that is locked, by somebody known to be allowed to.

    A fault asks nobody: it takes what is free, the opening rule keeps the rest closed, and the
    bookings in its way are named.
    """
    must_not_be_retired(instrument)
    must_be_in_bounds(wanted.span, now)
    instrument_id = instrument.key
    closure = _write(uow, instrument_id, wanted, actor=actor, now=now)
    taken = taken_with_parts(uow.session, instrument_id, wanted.span)
    reason = HoldReason.closure(closure.key)
    affected: tuple[Held, ...] = ()
    if wanted.kind is ClosureKind.FAULT:
        affected = _affected(taken, now)
        _take_free(uow, taken, wanted.span, reason=reason)
    else:
        _take_all(uow, list(taken), wanted.span, reason=reason)
    terms_changed(instrument, now)
    uow.session.flush()
    family_changed(uow.session, instrument_id)
    uow.announce(
        ClosureScheduled(
            **fact(instrument_id, actor=actor, now=now),
            cause=wanted.reason,
            changes={
                "closure": (None, wanted.kind.value),
                "span": (None, [wanted.span.start, wanted.span.end]),
            },
            closure_id=closure.key,
            kind=wanted.kind.value,
            span=wanted.span,
            affected=tuple(hold.reservation_number or "" for hold in affected),
        )
    )
    return Closed(closure, affected)


def lift(uow: UnitOfWork, closure_id: int, *, actor: Actor, now: datetime) -> Closure:
    """Open again before the closure's end, or call it off; its remaining time is free."""
    closure = closure_row(uow.session, closure_id)
    try:
        instrument = kept_instrument(uow, closure.instrument_id, actor=actor)
    except NotFound:
        # Said of what was asked for, or the answer would tell that it is there.
        raise NotFound(closure_id=closure_id) from None
    closure = closure_row(uow.session, closure_id)
    if is_of_open_fault(uow.session, closure_id):
        raise FaultNotRepaired(closure_id=closure_id)
    return lift_kept(uow, instrument, closure, actor=actor, now=now)


def lift_kept(
    uow: UnitOfWork, instrument: Instrument, closure: Closure, *, actor: Actor, now: datetime
) -> Closure:
    """The same for an instrument that is locked, by somebody known to be allowed to."""
    closure_id = closure.key
    if closure.lifted_at is not None or closure.ends_at <= now:
        raise ClosureOver(closure_id=closure_id)
    closure.lifted_at = now
    reason = HoldReason.closure(closure_id)
    if closure.starts_at >= now:
        release_holds(uow, reason)
    else:
        end_holds_at(uow, reason, now)
    terms_changed(instrument, now)
    uow.session.flush()
    family_changed(uow.session, closure.instrument_id)
    about = fact(closure.instrument_id, actor=actor, now=now)
    changes = {"closure_ends_at": (closure.ends_at, now)}
    uow.announce(ClosureLifted(**about, changes=changes, closure_id=closure_id))
    return closure


def extend_kept(
    uow: UnitOfWork, instrument: Instrument, closure: Closure, *, until: datetime, now: datetime
) -> None:
    """Let a fault last longer, on an instrument that is locked.

    Time ahead is as bounded as any closure's; how long it has lasted already is a fact.
    """
    if until > now:
        must_be_in_bounds(TimeSpan(closure.starts_at, until), now)
    if until > closure.ends_at:
        added = TimeSpan(closure.ends_at, until)
        taken = taken_with_parts(uow.session, instrument.key, added)
        _take_free(uow, taken, added, reason=HoldReason.closure(closure.key))
        closure.ends_at, closure.extended_at = until, now
    terms_changed(instrument, now)
    uow.session.flush()
    family_changed(uow.session, instrument.key)


def _affected(taken: Taken, now: datetime) -> tuple[Held, ...]:
    """The bookings ahead among what is held, each once: one of a whole holds its parts too."""
    found = {h.reservation_number: h for held in taken.values() for h in held if h.span.end > now}
    return tuple(hold for number, hold in found.items() if number)


def must_be_in_bounds(span: TimeSpan, now: datetime) -> None:
    """Refuse a closure that is a retirement, or that is in the reports already."""
    if span.length > LONGEST:
        raise ClosureTooLong(days=LONGEST_HOLD_DAYS)
    if span.start < now - FURTHEST_BACK:
        raise ClosureTooFarBack(days=FURTHEST_BACK.days)


def _write(
    uow: UnitOfWork, instrument_id: int, wanted: Closing, *, actor: Actor, now: datetime
) -> Closure:
    closure = Closure(
        instrument_id=instrument_id,
        kind=wanted.kind,
        starts_at=wanted.span.start,
        ends_at=wanted.span.end,
        reason=wanted.reason,
        created_by=actor.known_id,
        created_at=now,
    )
    uow.session.add(closure)
    uow.session.flush()
    return closure


def _take_free(uow: UnitOfWork, taken: Taken, span: TimeSpan, *, reason: HoldReason) -> None:
    free = {unit: span.minus(held) for unit, held in spans_by_unit(taken).items()}
    take_what_is_free(uow, free, reason=reason)


def _take_all(uow: UnitOfWork, units: list[int], span: TimeSpan, *, reason: HoldReason) -> None:
    if not units:
        return
    try:
        take_holds(uow, units, span, reason=reason)
    except SlotTaken as refused:
        raise ClosureInTheWay(refused.conflicts) from refused


def closure_row(session: Session, closure_id: int) -> Closure:
    """The row as it is now; NotFound when there is none."""
    found = session.exec(
        select(Closure)
        .where(col(Closure.id) == closure_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound(closure_id=closure_id)
    return found
