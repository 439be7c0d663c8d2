"""Report a fault, judge it, close the instrument for it, and open it again when it is repaired."""

from dataclasses import dataclass
from datetime import datetime

from booking.access.actor import HOUSE, Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.close import (
    LONGEST,
    Closing,
    close_kept,
    closure_row,
    extend_kept,
    lift_kept,
)
from booking.instruments.actions.keeping import Fact, fact, kept_instrument, must_not_be_retired
from booking.instruments.errors import (
    BrokenOutOfBounds,
    ExpectedEndPassed,
    IllegalFaultStep,
    OutOfServiceAlready,
)
from booking.instruments.events import (
    AffectedToldAgain,
    FaultRepaired,
    FaultReported,
    FaultTriaged,
    InstrumentBroken,
    RepairPutOff,
)
from booking.instruments.models.calendar import ClosureKind
from booking.instruments.models.fault import Fault
from booking.instruments.models.instrument import Instrument
from booking.instruments.queries.faults import closing_fault, ending_repairs, fault_for_update
from booking.instruments.rules.faults import (
    EXPECTED,
    FaultState,
    FaultStep,
    Late,
    Severity,
    after,
    broken_late,
    put_off_to,
)
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan

HOST = Permission.RESERVATION_HOST


@dataclass(frozen=True, slots=True)
class Report:
    """What is wrong, and the booking whose holder says so, if it is not the lab."""

    what: str
    reservation_number: str | None = None


def report_fault(
    uow: UnitOfWork, instrument_id: int, what: str, *, actor: Actor, now: datetime
) -> Fault:
    """Say what is wrong, as somebody who hosts the instrument."""
    instrument = kept_instrument(uow, instrument_id, actor=actor, permission=HOST)
    must_not_be_retired(instrument)
    return note_report(uow, instrument_id, Report(what), actor=actor, now=now)


def report_late(
    uow: UnitOfWork, instrument_id: int, told: Late, *, actor: Actor, now: datetime
) -> Fault:
    """Report what is wrong, and enter its time out of service as far as that is past.

    Bookings that were in it stay as they are.
    """
    fault = report_fault(uow, instrument_id, told.what, actor=actor, now=now)
    if told.until is None:
        if told.since is None:
            return fault
        return close_for_fault(uow, fault.key, actor=actor, now=now, since=told.since)
    fault, instrument = _locked(uow, fault.key, actor)
    changes = _allowed(fault, FaultStep.REPAIR)
    began, ended = told.since or now, told.until
    _must_be_recent(instrument, began, ended, now=now)
    wanted = Closing(TimeSpan(began, ended), ClosureKind.FAULT, told.what)
    fault.closure_id = close_kept(uow, instrument, wanted, actor=actor, now=now).closure.key
    fault.state, fault.severity = FaultState.REPAIRED, Severity.MAJOR
    _end(fault, told.done, actor=actor, now=ended)
    uow.session.flush()
    about = _about(fault, changes, actor=actor, now=now)
    uow.announce(FaultRepaired(**about, cause=told.done, fault_id=fault.key, freed=None))
    return fault


def note_report(
    uow: UnitOfWork, instrument_id: int, report: Report, *, actor: Actor, now: datetime
) -> Fault:
    """Write a report down; whoever calls has found that this person may report."""
    fault = Fault(
        instrument_id=instrument_id,
        what=report.what,
        reservation_number=report.reservation_number,
        reported_by=actor.known_id,
        reported_at=now,
    )
    uow.session.add(fault)
    uow.session.flush()
    about = _about(fault, (None, FaultState.REPORTED), actor=actor, now=now)
    uow.announce(FaultReported(**about, cause=report.what, fault_id=fault.key))
    return fault


def triage_fault(uow: UnitOfWork, fault_id: int, *, actor: Actor, now: datetime) -> Fault:
    """It is there, it is minor, and the instrument goes on working."""
    fault, _ = _locked(uow, fault_id, actor)
    changes = _allowed(fault, FaultStep.TRIAGE)
    fault.state, fault.severity = FaultState.TRIAGED, Severity.MINOR
    uow.session.flush()
    about = _about(fault, changes, actor=actor, now=now)
    uow.announce(FaultTriaged(**about, fault_id=fault.key))
    return fault


def dismiss_fault(
    uow: UnitOfWork, fault_id: int, why: str, *, actor: Actor, now: datetime
) -> Fault:
    """There was nothing wrong with it, and it was not closed for it."""
    fault, _ = _locked(uow, fault_id, actor)
    changes = _allowed(fault, FaultStep.DISMISS)
    fault.state = FaultState.DISMISSED
    _end(fault, why, actor=actor, now=now)
    uow.session.flush()
    about = _about(fault, changes, actor=actor, now=now)
    uow.announce(FaultTriaged(**about, cause=why, fault_id=fault.key))
    return fault


def close_for_fault(
    uow: UnitOfWork,
    fault_id: int,
    *,
    actor: Actor,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Fault:
    """Out of service from now on, or since it was noticed, until it is repaired.

    `until` is when that is expected. Bookings in the time that is past stay as they are.
    """
    fault, instrument = _locked(uow, fault_id, actor)
    changes = _allowed(fault, FaultStep.CLOSE)
    if closing_fault(uow.session, instrument.key) is not None:
        raise OutOfServiceAlready(instrument_id=instrument.key)
    expected = until or now + EXPECTED
    if expected <= now:
        raise ExpectedEndPassed
    if since is not None:
        _must_be_recent(instrument, since, None, now=now)
    wanted = Closing(TimeSpan(since or now, expected), ClosureKind.FAULT, fault.what)
    closure = close_kept(uow, instrument, wanted, actor=actor, now=now).closure
    fault.closure_id, fault.state = closure.key, FaultState.CLOSED
    fault.severity = Severity.MAJOR
    uow.session.flush()
    about = _about(fault, changes, actor=actor, now=now)
    # Whoever had the time before this moment is not told.
    span = TimeSpan(now, expected)
    uow.announce(InstrumentBroken(**about, cause=fault.what, fault_id=fault.key, span=span))
    return fault


def put_off_repair(
    uow: UnitOfWork, fault_id: int, until: datetime, *, actor: Actor, now: datetime
) -> Fault:
    """Expect the end of a repair later than was said; the instrument stays closed until then."""
    fault, instrument = _locked(uow, fault_id, actor)
    _allowed(fault, FaultStep.PUT_OFF)
    closure = closure_row(uow.session, fault.closure_id or 0)
    if until <= max(now, closure.ends_at):
        raise ExpectedEndPassed
    _put_off(uow, fault, instrument, until=until, actor=actor, now=now)
    return fault


def put_off_repairs(uow: UnitOfWork, now: datetime) -> int:
    """Keep closed what nobody has repaired when its expected end comes, or came unseen."""
    done = 0
    for fault_id in ending_repairs(uow.session, now):
        fault, instrument = _locked(uow, fault_id, HOUSE)
        # Somebody may have been quicker.
        if after(fault.state, FaultStep.PUT_OFF) is None or fault.closure_id is None:
            continue
        closure = closure_row(uow.session, fault.closure_id)
        until = put_off_to(closure.ends_at, now)
        # What nobody repairs for a year is closed without end anyway.
        if until and (until := min(until, closure.starts_at + LONGEST)) > closure.ends_at:
            _put_off(uow, fault, instrument, until=until, actor=HOUSE, now=now)
            done += 1
    return done


def repair_fault(
    uow: UnitOfWork, fault_id: int, done: str, *, actor: Actor, now: datetime
) -> Fault:
    """It works again from this moment on; what was left of its closure is free."""
    fault, instrument = _locked(uow, fault_id, actor)
    changes = _allowed(fault, FaultStep.REPAIR)
    fault.state = FaultState.REPAIRED
    _end(fault, done, actor=actor, now=now)
    uow.session.flush()
    freed = None
    if fault.closure_id is not None:
        closure = closure_row(uow.session, fault.closure_id)
        if closure.ends_at > now:
            freed = TimeSpan(now, closure.ends_at)
            lift_kept(uow, instrument, closure, actor=actor, now=now)
        else:
            # It was down until now, although nobody has put its end off.
            extend_kept(uow, instrument, closure, until=now, now=now)
    about = _about(fault, changes, actor=actor, now=now)
    uow.announce(FaultRepaired(**about, cause=done, fault_id=fault.key, freed=freed))
    return fault


def tell_affected_again(uow: UnitOfWork, fault_id: int, *, actor: Actor, now: datetime) -> Fault:
    """Write once more to whoever holds a booking in the time out of service that is left."""
    fault, _ = _locked(uow, fault_id, actor)
    if fault.state is not FaultState.CLOSED or fault.closure_id is None:
        raise IllegalFaultStep(state=fault.state.value)
    ends = closure_row(uow.session, fault.closure_id).ends_at
    if ends > now:
        about = fact(fault.instrument_id, actor=actor, now=now)
        uow.announce(AffectedToldAgain(**about, fault_id=fault.key, span=TimeSpan(now, ends)))
    return fault


def _put_off(
    uow: UnitOfWork,
    fault: Fault,
    instrument: Instrument,
    *,
    until: datetime,
    actor: Actor,
    now: datetime,
) -> None:
    closure = closure_row(uow.session, fault.closure_id or 0)
    before = closure.ends_at
    extend_kept(uow, instrument, closure, until=until, now=now)
    added = TimeSpan(before, until)
    about = fact(instrument.key, actor=actor, now=now)
    changes = {"closure_ends_at": (before, until)}
    uow.announce(RepairPutOff(**about, changes=changes, fault_id=fault.key, span=added))


def _locked(uow: UnitOfWork, fault_id: int, actor: Actor) -> tuple[Fault, Instrument]:
    """A fault, and its instrument locked; not found by whoever may not know of the instrument."""
    instrument_id = fault_for_update(uow.session, fault_id).instrument_id
    try:
        instrument = kept_instrument(uow, instrument_id, actor=actor, permission=HOST)
    except NotFound:
        raise NotFound(fault_id=fault_id) from None
    # What somebody did while we waited for the instrument.
    return fault_for_update(uow.session, fault_id), instrument


def _must_be_recent(
    instrument: Instrument, began: datetime, ended: datetime | None, *, now: datetime
) -> None:
    problems = tuple(broken_late(began, ended, since=instrument.created_at, now=now))
    if problems:
        raise BrokenOutOfBounds(problems)


def _allowed(fault: Fault, step: FaultStep) -> tuple[FaultState, FaultState]:
    before = fault.state
    to = after(before, step)
    if to is None:
        raise IllegalFaultStep(state=before.value)
    return before, to


def _end(fault: Fault, done: str, *, actor: Actor, now: datetime) -> None:
    fault.done, fault.ended_by, fault.ended_at = done, actor.known_id, now


class _Told(Fact):
    changes: dict[str, tuple[object, object]]


def _about(
    fault: Fault, changes: tuple[FaultState | None, FaultState], *, actor: Actor, now: datetime
) -> _Told:
    before, to = changes
    told = fact(fault.instrument_id, actor=actor, now=now)
    return _Told(**told, changes={"fault": (before and before.value, to.value)})
