"""Ask to be trained on an instrument, and think better of it."""

from datetime import datetime

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.instruments.queries.cards import card_seen_by, instrument_for_update
from booking.instruments.states import InstrumentState
from booking.kernel.errors import Forbidden, NotFound
from booking.training.actions.keeping import about, as_it_is
from booking.training.errors import (
    AskedAlready,
    NoOrganisation,
    RequestDecided,
    TrainingNotOffered,
)
from booking.training.events import TrainingAsked, TrainingWithdrawn
from booking.training.models import TrainingRequest
from booking.training.queries.standing import needs_of, open_request
from booking.training.states import REQUEST_TRANSITIONS, RequestState, RequestStep


def ask(
    uow: UnitOfWork,
    instrument_id: int,
    message: str = "",
    *,
    actor: Actor,
    now: datetime,
    organisation_id: int | None = None,
) -> TrainingRequest:
    """For oneself, as somebody of an organisation that books; the first one unless said."""
    card_seen_by(uow.session, instrument_id, actor)
    instrument = instrument_for_update(uow.session, instrument_id)
    organisation_id = _organisation(actor, organisation_id)
    needs = needs_of(uow.session, instrument_id, now)
    if instrument.state is not InstrumentState.PUBLISHED or not needs.is_expected:
        raise TrainingNotOffered
    if open_request(uow.session, instrument_id, actor.id) is not None:
        raise AskedAlready
    request = TrainingRequest(
        instrument_id=instrument_id,
        person_id=actor.id,
        organisation_id=organisation_id,
        message=message,
        asked_at=now,
    )
    uow.session.add(request)
    uow.session.flush()
    uow.announce(
        TrainingAsked(
            **about(request, actor=actor, now=now),
            changes={"training": (None, request.state.value)},
            organisation_id=organisation_id,
        )
    )
    return request


def withdraw(uow: UnitOfWork, request_id: int, *, actor: Actor, now: datetime) -> TrainingRequest:
    """Take one's own request back; a seat that it had is free again."""
    found = uow.session.get(TrainingRequest, request_id)
    if found is None or found.person_id != actor.id:
        raise NotFound(training_request_id=request_id)
    instrument_for_update(uow.session, found.instrument_id)
    request = as_it_is(uow, TrainingRequest, request_id)
    before = request.state
    enter(request, RequestStep.WITHDRAW, actor=actor, now=now)
    uow.session.flush()
    changes = {"training": (before.value, request.state.value)}
    uow.announce(TrainingWithdrawn(**about(request, actor=actor, now=now), changes=changes))
    return request


def enter(request: TrainingRequest, step: RequestStep, *, actor: Actor, now: datetime) -> None:
    """Take a step in a request's life, or refuse."""
    after = REQUEST_TRANSITIONS.get((request.state, step))
    if after is None:
        raise RequestDecided(state=request.state)
    request.state = after
    is_open = after in {RequestState.WAITING, RequestState.SCHEDULED}
    request.decided_at = None if is_open else now
    request.decided_by = None if is_open else actor.known_id


def _organisation(actor: Actor, wanted: int | None) -> int:
    may = actor.organisations_giving(Permission.RESERVATION_CREATE)
    if not may:
        raise NoOrganisation
    if wanted is not None and wanted not in may:
        raise Forbidden(organisation_id=wanted)
    return wanted or may[0]
