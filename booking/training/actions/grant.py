"""Let somebody operate an instrument alone, anew or no longer; or decline to."""

from dataclasses import dataclass
from datetime import date, datetime

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.kernel.events import Changes
from booking.training.actions.ask import enter
from booking.training.actions.keeping import about, kept_row
from booking.training.errors import EndsTooSoon, GrantOver
from booking.training.events import TrainingDeclined, TrainingGranted, TrainingRevoked
from booking.training.models import TrainingGrant, TrainingRequest
from booking.training.queries.standing import grant_in_force
from booking.training.states import GRANT_TRANSITIONS, GrantStep, RequestStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Until which day (both included; None for good), and from which session."""

    valid_to: date | None = None
    session_id: int | None = None


def grant(
    uow: UnitOfWork, request_id: int, terms: Terms, *, actor: Actor, now: datetime
) -> TrainingGrant:
    """What was asked for, at a session or without one."""
    request = kept_row(uow, TrainingRequest, request_id, actor=actor)
    return grant_request(uow, request, terms, actor=actor, now=now)


def grant_request(
    uow: UnitOfWork, request: TrainingRequest, terms: Terms, *, actor: Actor, now: datetime
) -> TrainingGrant:
    """The same for a request whose instrument is locked."""
    must_last(terms.valid_to, now)
    before = request.state
    enter(request, RequestStep.GRANT, actor=actor, now=now)
    changes = {"training": (before.value, request.state.value)}
    return _written(uow, request, terms, changes=changes, actor=actor, now=now)


def renew(
    uow: UnitOfWork, grant_id: int, valid_to: date | None, *, actor: Actor, now: datetime
) -> TrainingGrant:
    """Vouch for somebody anew: another end, and disuse counts from today."""
    former = kept_row(uow, TrainingGrant, grant_id, actor=actor)
    must_last(valid_to, now)
    if (former.state, GrantStep.REPLACE) not in GRANT_TRANSITIONS:
        raise GrantOver(state=former.state)
    terms = Terms(valid_to=valid_to, session_id=former.session_id)
    return _written(uow, former, terms, changes={}, actor=actor, now=now)


def revoke(
    uow: UnitOfWork, grant_id: int, reason: str, *, actor: Actor, now: datetime
) -> TrainingGrant:
    """End it at once; bookings ahead stay, for the lab to move or cancel."""
    found = kept_row(uow, TrainingGrant, grant_id, actor=actor)
    before = found.state
    _end(found, GrantStep.REVOKE, actor=actor, now=now)
    found.end_reason = reason
    uow.session.flush()
    told = about(found, actor=actor, now=now)
    changes = {"training": (before.value, found.state.value)}
    uow.announce(TrainingRevoked(**told, cause=reason, changes=changes))
    return found


def decline(
    uow: UnitOfWork, request_id: int, reason: str, *, actor: Actor, now: datetime
) -> TrainingRequest:
    """Say no, and why."""
    request = kept_row(uow, TrainingRequest, request_id, actor=actor)
    before = request.state
    enter(request, RequestStep.DECLINE, actor=actor, now=now)
    request.reason = reason
    uow.session.flush()
    told = about(request, actor=actor, now=now)
    changes = {"training": (before.value, request.state.value)}
    uow.announce(TrainingDeclined(**told, cause=reason, changes=changes))
    return request


def must_last(valid_to: date | None, now: datetime) -> None:
    """Refuse an end before today."""
    if valid_to is not None and valid_to < local(now).date():
        raise EndsTooSoon(valid_to=valid_to)


def _written(
    uow: UnitOfWork,
    whose: TrainingRequest | TrainingGrant,
    terms: Terms,
    *,
    changes: Changes,
    actor: Actor,
    now: datetime,
) -> TrainingGrant:
    """The new permission; the one in force makes way for it."""
    former = grant_in_force(uow.session, whose.instrument_id, whose.person_id)
    if former is not None:
        _end(former, GrantStep.REPLACE, actor=actor, now=now)
        uow.session.flush()
    made = TrainingGrant(
        instrument_id=whose.instrument_id,
        person_id=whose.person_id,
        organisation_id=whose.organisation_id,
        session_id=terms.session_id,
        valid_to=terms.valid_to,
        granted_by=actor.known_id,
        granted_at=now,
        practised_at=now,
    )
    uow.session.add(made)
    uow.session.flush()
    lasts = {"valid_to": (former.valid_to if former else None, terms.valid_to)}
    told = about(made, actor=actor, now=now)
    uow.announce(TrainingGranted(**told, changes={**changes, **lasts}, valid_to=terms.valid_to))
    return made


def _end(found: TrainingGrant, step: GrantStep, *, actor: Actor, now: datetime) -> None:
    after = GRANT_TRANSITIONS.get((found.state, step))
    if after is None:
        raise GrantOver(state=found.state)
    found.state, found.ended_at, found.ended_by = after, now, actor.known_id
