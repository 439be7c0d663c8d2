"""Add an instrument to a lab's register, or change its card."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.index_cards import index_cards
from booking.instruments.actions.keeping import fact, kept_instrument, must_be_version
from booking.instruments.errors import CategoryUnknown, InnerIdTaken, UnitsBusy
from booking.instruments.events import InstrumentEdited, InstrumentRegistered
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.unit import Unit
from booking.instruments.queries.cards import is_held_after, places_of
from booking.instruments.queries.statutory import calendar_from
from booking.instruments.rules.card import Card, stored
from booking.instruments.rules.categories import fits
from booking.instruments.rules.filing import filing_due
from booking.kernel.errors import NotFound
from booking.organisations.queries import lab_summary


def register(
    uow: UnitOfWork, lab_id: int, card: Card, *, units: int = 1, actor: Actor, now: datetime
) -> Instrument:
    """Write a draft; the lab has one of each inner id."""
    lab = lab_summary(uow.session, lab_id)
    place = {"organisation_id": lab.organisation_id, "lab_id": lab.id}
    if not actor.may_for(Permission.INSTRUMENT_MANAGE, **place):
        raise NotFound(lab_id=lab_id)
    _must_fit(card.category_code, card.classification_scheme)
    told = {
        **card.columns(),
        "lab_id": lab_id,
        "district": card.district or lab.district,
        "filing_due": _filing_due(uow.session, card.acceptance_date),
        "created_at": now,
        "updated_at": now,
    }
    row = Instrument.model_validate(told)
    made = insert_unless_exists(uow.session, Instrument, [row.model_dump(exclude={"id"})])
    if not made:
        raise InnerIdTaken(inner_id=card.inner_id)
    instrument = uow.session.get_one(Instrument, made[0])
    _set_places(uow.session, instrument.key, units, now=now)
    index_cards(uow, [instrument.key])
    of_it = fact(instrument.key, actor=actor, now=now)
    uow.announce(InstrumentRegistered(**of_it, changes={"state": (None, instrument.state)}))
    return instrument


@dataclass(frozen=True, slots=True, kw_only=True)
class CardChanges:
    """Fields to be changed, the wanted number of places, and the version that was read."""

    values: Mapping[str, object] = field(default_factory=dict)
    units: int | None = None
    version: int | None = None


def edit(
    uow: UnitOfWork, instrument_id: int, changes: CardChanges, *, actor: Actor, now: datetime
) -> Instrument:
    """Change some fields of a card, if it is still the version that was read."""
    instrument = kept_instrument(uow, instrument_id, actor=actor)
    must_be_version(instrument, changes.version)
    different = {
        name: (getattr(instrument, name), value)
        for name, value in stored(dict(changes.values)).items()
        if getattr(instrument, name) != value
    }
    if different.keys() & {"category_code", "classification_scheme"}:
        after = {name: value for name, (_, value) in different.items()}
        _must_fit(
            str(after.get("category_code", instrument.category_code)),
            str(after.get("classification_scheme", instrument.classification_scheme)),
        )
    if changes.units is not None:
        before = _set_places(uow.session, instrument_id, changes.units, now=now)
        different |= {} if before is None else {"units": (before, changes.units)}
    if not different:
        return instrument
    _apply(uow.session, instrument, different, now=now)
    index_cards(uow, [instrument_id])
    uow.announce(InstrumentEdited(**fact(instrument_id, actor=actor, now=now), changes=different))
    return instrument


def _must_fit(code: str, scheme: str) -> None:
    if not fits(code, scheme):
        raise CategoryUnknown(code)


def _apply(
    session: Session,
    instrument: Instrument,
    different: Mapping[str, tuple[object, object]],
    *,
    now: datetime,
) -> None:
    try:
        with session.begin_nested():
            for name, (_, value) in different.items():
                if name != "units":
                    setattr(instrument, name, value)
            if "acceptance_date" in different:
                instrument.filing_due = _filing_due(session, instrument.acceptance_date)
                instrument.filing_told = None
            instrument.version += 1
            # Modes and places are part of what can be booked.
            instrument.terms_version += 1
            instrument.updated_at = now
            session.flush()
    except IntegrityError as refused:
        raise InnerIdTaken(inner_id=str(different.get("inner_id", ("", ""))[1])) from refused


def _filing_due(session: Session, accepted: date | None) -> date | None:
    return None if accepted is None else filing_due(accepted, calendar_from(session, accepted))


def _set_places(session: Session, instrument_id: int, wanted: int, *, now: datetime) -> int | None:
    """Have this many active places; how many there were, if that is another number."""
    places = places_of(session, instrument_id)
    before = sum(place.active for place in places)
    if before == wanted:
        return None
    for place in places:
        active = place.position <= wanted
        if place.active and not active and is_held_after(session, place.key, now):
            raise UnitsBusy(position=place.position)
        place.active = active
    for position in range(len(places) + 1, wanted + 1):
        session.add(Unit(instrument_id=instrument_id, position=position))
    session.flush()
    return before
