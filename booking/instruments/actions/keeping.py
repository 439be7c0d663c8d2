"""What every deed on a card begins and ends with: whose it is, and that its version moves on."""

from datetime import datetime
from typing import TypedDict

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.instruments.errors import AlreadyRetired, CardStale
from booking.instruments.models.instrument import Instrument
from booking.instruments.queries.cards import Insider, instrument_for_update
from booking.instruments.queries.family import queue_for_family
from booking.instruments.states import PUBLIC, InstrumentState
from booking.kernel.errors import NotFound
from booking.organisations.queries import lab_summary


class Fact(TypedDict):
    """What every fact about an instrument says."""

    at: datetime
    actor_id: int | None
    subject: str
    instrument_id: int


def fact(instrument_id: int, *, actor: Actor, now: datetime) -> Fact:
    """Who did it, when, to which instrument."""
    return Fact(
        at=now,
        actor_id=actor.known_id,
        subject=f"instrument:{instrument_id}",
        instrument_id=instrument_id,
    )


def kept_instrument(
    uow: UnitOfWork,
    instrument_id: int,
    *,
    actor: Actor,
    permission: Permission = Permission.INSTRUMENT_MANAGE,
) -> Instrument:
    """The instrument, locked with its whole and parts, for somebody who has the permission there.

    Who may not even see it learns nothing of it.
    """
    queue_for_family(uow.session, instrument_id)
    instrument = instrument_for_update(uow.session, instrument_id)
    lab = lab_summary(uow.session, instrument.lab_id)
    is_insider = Insider.of(actor).sees(lab.id, lab.organisation_id)
    if instrument.state not in PUBLIC and not is_insider:
        raise NotFound(instrument_id=instrument_id)
    actor.must(permission, organisation_id=lab.organisation_id, lab_id=lab.id)
    return instrument


def must_not_be_retired(instrument: Instrument) -> None:
    """Refuse what would change the time of an instrument that has none any more."""
    if instrument.state is InstrumentState.RETIRED:
        raise AlreadyRetired


def must_be_version(instrument: Instrument, version: int | None) -> None:
    """Refuse to overwrite what somebody else has changed meanwhile."""
    if version is not None and version != instrument.version:
        raise CardStale(version=instrument.version)


def terms_changed(instrument: Instrument, now: datetime) -> None:
    """Let whoever remembered hours, policy or closures of it know better."""
    instrument.terms_version += 1
    instrument.version += 1
    instrument.updated_at = now
