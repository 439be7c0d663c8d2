"""Plan a session, put people on it, hold it or call it off."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.close import Closing, close, lift_kept
from booking.instruments.models.calendar import Closure, ClosureKind
from booking.instruments.queries.cards import instrument_for_update
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from booking.training.actions.ask import enter
from booking.training.actions.grant import Terms, grant_request, must_last
from booking.training.actions.keeping import about, kept_row, must_train_on
from booking.training.errors import SessionAhead, SessionFull, SessionOver
from booking.training.events import (
    SessionCancelled,
    SessionEvent,
    SessionHeld,
    SessionPlanned,
    TrainingPutBack,
    TrainingScheduled,
)
from booking.training.models import TrainingRequest, TrainingSession
from booking.training.queries.desk import participants, requests_named
from booking.training.rules import PutBack
from booking.training.states import SESSION_TRANSITIONS, RequestStep, SessionState, SessionStep

# What the calendar says of it to the lab.
CLOSED_FOR: Final = "上机培训 training"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When, for how many, where and by whom; `closes` keeps the instrument free for it."""

    span: TimeSpan
    seats: int
    place: str = ""
    trainer: str = ""
    closes: bool = False


def plan(
    uow: UnitOfWork, instrument_id: int, wanted: Plan, *, actor: Actor, now: datetime
) -> TrainingSession:
    """Announce a session; to take the instrument's time, one must be allowed to close it."""
    must_train_on(uow, instrument_id, actor=actor)
    if wanted.span.end <= now:
        raise SessionOver
    closure_id = None
    if wanted.closes:
        closing = Closing(wanted.span, ClosureKind.OTHER, CLOSED_FOR)
        closure_id = close(uow, instrument_id, closing, actor=actor, now=now).closure.key
    session = TrainingSession(
        instrument_id=instrument_id,
        starts_at=wanted.span.start,
        ends_at=wanted.span.end,
        seats=wanted.seats,
        place=wanted.place,
        trainer=wanted.trainer,
        closure_id=closure_id,
        planned_by=actor.known_id,
        planned_at=now,
    )
    uow.session.add(session)
    uow.session.flush()
    _tell(uow, SessionPlanned, session, before=None, actor=actor, now=now)
    return session


def seat(
    uow: UnitOfWork, session_id: int, request_ids: Collection[int], *, actor: Actor, now: datetime
) -> TrainingSession:
    """Put people who wait on a session, all or none, and never more than there are seats."""
    session = kept_row(uow, TrainingSession, session_id, actor=actor)
    if session.state is not SessionState.PLANNED or session.ends_at <= now:
        raise SessionOver(state=session.state)
    wanted = _of_instrument(uow, session, request_ids)
    free = session.seats - len(participants(uow.session, session_id))
    if len(wanted) > free:
        raise SessionFull(free=free)
    for request in wanted:
        before = request.state
        enter(request, RequestStep.SCHEDULE, actor=actor, now=now)
        request.session_id = session_id
        uow.session.flush()
        uow.announce(
            TrainingScheduled(
                **about(request, actor=actor, now=now),
                changes={"training": (before.value, request.state.value)},
                span=TimeSpan(session.starts_at, session.ends_at),
                place=session.place,
                trainer=session.trainer,
            )
        )
    return session


def unseat(uow: UnitOfWork, request_id: int, *, actor: Actor, now: datetime) -> int:
    """Take somebody off a session; which one it was."""
    request = kept_row(uow, TrainingRequest, request_id, actor=actor)
    session_id = request.session_id
    _put_back(uow, [request], PutBack.TAKEN_OFF, actor=actor, now=now)
    return session_id or 0


def hold(
    uow: UnitOfWork,
    session_id: int,
    passed: Collection[int],
    *,
    valid_to: date | None = None,
    actor: Actor,
    now: datetime,
) -> TrainingSession:
    """It took place: who passed may operate alone from now on, the others wait again."""
    session = kept_row(uow, TrainingSession, session_id, actor=actor)
    must_last(valid_to, now)
    if session.starts_at > now:
        raise SessionAhead
    there = participants(uow.session, session_id)
    if set(passed) - {request.key for request in there}:
        raise NotFound(training_request_id=min(set(passed) - {one.key for one in there}))
    before = _enter(session, SessionStep.HOLD, actor=actor, now=now)
    uow.session.flush()
    terms = Terms(valid_to=valid_to, session_id=session_id)
    for request in (request for request in there if request.key in passed):
        grant_request(uow, request, terms, actor=actor, now=now)
    absent = [request for request in there if request.key not in passed]
    _put_back(uow, absent, PutBack.NOT_PASSED, actor=actor, now=now)
    _tell(uow, SessionHeld, session, before=before, actor=actor, now=now)
    return session


def cancel(
    uow: UnitOfWork, session_id: int, reason: str, *, actor: Actor, now: datetime
) -> TrainingSession:
    """Call it off: its people wait again and are told, its time is free."""
    session = kept_row(uow, TrainingSession, session_id, actor=actor)
    before = _enter(session, SessionStep.CANCEL, actor=actor, now=now)
    session.reason = reason
    uow.session.flush()
    there = participants(uow.session, session_id)
    _put_back(uow, there, PutBack.CANCELLED, reason=reason, actor=actor, now=now)
    _open_again(uow, session, actor=actor, now=now)
    _tell(uow, SessionCancelled, session, before=before, actor=actor, now=now)
    return session


def _enter(
    session: TrainingSession, step: SessionStep, *, actor: Actor, now: datetime
) -> SessionState:
    """Take a step in its life, or refuse; where it stood before."""
    before, after = session.state, SESSION_TRANSITIONS.get((session.state, step))
    if after is None:
        raise SessionOver(state=session.state)
    session.state, session.ended_at, session.ended_by = after, now, actor.known_id
    return before


def _of_instrument(
    uow: UnitOfWork, session: TrainingSession, request_ids: Collection[int]
) -> Sequence[TrainingRequest]:
    found = requests_named(uow.session, session.instrument_id, request_ids)
    if missing := set(request_ids) - {request.key for request in found}:
        raise NotFound(training_request_id=min(missing))
    return found


def _put_back(
    uow: UnitOfWork,
    requests: Sequence[TrainingRequest],
    why: PutBack,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> None:
    for request in requests:
        before = request.state
        enter(request, RequestStep.PUT_BACK, actor=actor, now=now)
        session = uow.session.get_one(TrainingSession, request.session_id)
        request.session_id = None
        uow.session.flush()
        uow.announce(
            TrainingPutBack(
                **about(request, actor=actor, now=now),
                cause=reason,
                changes={"training": (before.value, request.state.value)},
                why=why,
                span=TimeSpan(session.starts_at, session.ends_at),
            )
        )


def _open_again(uow: UnitOfWork, session: TrainingSession, *, actor: Actor, now: datetime) -> None:
    """Lift the closure, unless it is over or somebody has lifted it; who may call the session off
    need not be allowed to close the instrument."""
    if session.closure_id is None:
        return
    closure = uow.session.get_one(Closure, session.closure_id, populate_existing=True)
    if closure.lifted_at is None and closure.ends_at > now:
        instrument = instrument_for_update(uow.session, session.instrument_id)
        lift_kept(uow, instrument, closure, actor=actor, now=now)


def _tell(
    uow: UnitOfWork,
    kind: type[SessionEvent],
    session: TrainingSession,
    *,
    before: SessionState | None,
    actor: Actor,
    now: datetime,
) -> None:
    span = TimeSpan(session.starts_at, session.ends_at)
    uow.announce(
        kind(
            at=now,
            actor_id=actor.known_id,
            subject=f"instrument:{session.instrument_id}",
            cause=session.reason,
            changes={
                "training_session": (before, session.state.value),
                "span": (None, [span.start, span.end]),
            },
            instrument_id=session.instrument_id,
            session_id=session.key,
            span=span,
        )
    )
