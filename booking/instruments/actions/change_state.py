"""Lead a card through its life: submit, publish or return, suspend, resume, retire."""

from datetime import datetime
from typing import Final

from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.instruments import events
from booking.instruments.actions.index_cards import index_cards
from booking.instruments.actions.keeping import fact, kept_instrument, terms_changed
from booking.instruments.errors import (
    CardIncomplete,
    ClosedAhead,
    IllegalStep,
    ProviderSuspended,
    ReasonMissing,
    UnitsBusy,
)
from booking.instruments.models.instrument import Instrument
from booking.instruments.queries.cards import places_of
from booking.instruments.queries.faults import closing_fault
from booking.instruments.queries.holds import conflicts, held_on
from booking.instruments.queries.terms import ENDLESS
from booking.instruments.rules.card import REQUIRED, lacking
from booking.instruments.states import Action, after
from booking.kernel.errors import Violation
from booking.kernel.timespan import TimeSpan
from booking.organisations.queries import state_of_provider
from booking.organisations.states import OrganisationState

InstrumentEvent = (
    events.InstrumentSubmitted
    | events.InstrumentPublished
    | events.InstrumentReturned
    | events.InstrumentSuspended
    | events.InstrumentResumed
    | events.InstrumentRetired
)
_FACTS: Final[dict[Action, type[InstrumentEvent]]] = {
    Action.SUBMIT: events.InstrumentSubmitted,
    Action.PUBLISH: events.InstrumentPublished,
    Action.RETURN: events.InstrumentReturned,
    Action.SUSPEND: events.InstrumentSuspended,
    Action.RESUME: events.InstrumentResumed,
    Action.RETIRE: events.InstrumentRetired,
}
# The centre decides what the public sees; the rest is the lab's.
_CENTRE: Final = frozenset({Action.PUBLISH, Action.RETURN})
_WITH_REASON: Final = frozenset({Action.RETURN})
_IN_PUBLIC: Final = frozenset({Action.PUBLISH, Action.RESUME})


def change_state(
    uow: UnitOfWork,
    instrument_id: int,
    action: Action,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> Instrument:
    """Take one step of the table; anything else is refused."""
    permission = permission_for(action)
    instrument = kept_instrument(uow, instrument_id, actor=actor, permission=permission)
    state = after(instrument.state, action)
    if state is None:
        raise IllegalStep(state=instrument.state, action=action)
    if action in _WITH_REASON and not reason.strip():
        raise ReasonMissing(action=action)
    _must_be_ready(uow, instrument, action, now=now)
    before, instrument.state = instrument.state, state
    instrument.state_reason = reason.strip()
    terms_changed(instrument, now)
    uow.session.flush()
    index_cards(uow, [instrument_id])
    told = fact(instrument_id, actor=actor, now=now)
    changes = {"state": (before, state)}
    uow.announce(_FACTS[action](**told, cause=reason.strip(), changes=changes))
    return instrument


def permission_for(action: Action) -> Permission:
    """What somebody must be granted to take a step."""
    return Permission.INSTRUMENT_PUBLISH if action in _CENTRE else Permission.INSTRUMENT_MANAGE


def _must_be_ready(
    uow: UnitOfWork, instrument: Instrument, action: Action, *, now: datetime
) -> None:
    if action is Action.SUBMIT:
        missing = lacking(instrument.model_dump(), REQUIRED)
        if missing:
            raise CardIncomplete(Violation("card.missing", {"field": name}) for name in missing)
    if action in _IN_PUBLIC:
        provider = state_of_provider(uow.session, instrument.lab_id)
        if provider is OrganisationState.SUSPENDED:
            raise ProviderSuspended
    if action is Action.RETIRE:
        _must_be_free(uow.session, instrument.key, now)


def _must_be_free(session: Session, instrument_id: int, now: datetime) -> None:
    """Bookings ahead are cancelled first; closures and faults are ended by who knows them."""
    places = {place.key: place.position for place in places_of(session, instrument_id)}
    held = [hold for _, hold in held_on(session, list(places), TimeSpan(now, ENDLESS))]
    for hold in held:
        if hold.reservation_number:
            raise UnitsBusy(position=places[hold.unit_id])
    if held or closing_fault(session, instrument_id) is not None:
        raise ClosedAhead(conflicts(held))
