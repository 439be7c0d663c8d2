"""Add an instrument to a lab's register, or change its card."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.compose import must_fit_together, must_take_places
from booking.instruments.actions.index_cards import index_cards
from booking.instruments.actions.keeping import fact, kept_instrument, must_be_version
from booking.instruments.errors import CardIncomplete, CategoryUnknown, InnerIdTaken, UnitsBusy
from booking.instruments.events import InstrumentEdited, InstrumentRegistered
from booking.instruments.holds import close_like
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.tables import INSTRUMENT, UNIT
from booking.instruments.models.unit import Unit, UnitKind
from booking.instruments.queries.cards import is_held_after, places_of
from booking.instruments.queries.family import family_changed, queue_for_family
from booking.instruments.queries.statutory import calendar_between
from booking.instruments.rules.card import ALWAYS, REQUIRED, Card, stored
from booking.instruments.rules.categories import fits
from booking.instruments.rules.filing import LONGEST_WAIT_DAYS, filing_due
from booking.instruments.rules.opening import StatutoryCalendar
from booking.instruments.states import OPEN, InstrumentState
from booking.kernel.errors import NotFound, Violation
from booking.organisations.queries import LabSummary, lab_summary

_LONGEST_WAIT: Final = timedelta(days=LONGEST_WAIT_DAYS)
# What stands in the columns that no card says.
_ROW_BEGINS: Final = {
    name: known.get_default(call_default_factory=True)
    for name, known in Instrument.model_fields.items()
    if name != "id" and not known.is_required()
}


def register(
    uow: UnitOfWork, lab_id: int, card: Card, *, units: int = 1, actor: Actor, now: datetime
) -> Instrument:
    """Write a draft; the lab has one of each inner id."""
    made = register_all(uow, lab_id, [Entry(card, units)], actor=actor, now=now)
    return uow.session.get_one(Instrument, made[0])


@dataclass(frozen=True, slots=True)
class Entry:
    """A card to be written, and how many places the instrument has."""

    card: Card
    units: int = 1


def register_all(
    uow: UnitOfWork, lab_id: int, entries: Sequence[Entry], *, actor: Actor, now: datetime
) -> Sequence[int]:
    """Write several drafts of one lab, all or none; their ids."""
    lab = lab_summary(uow.session, lab_id)
    place = {"organisation_id": lab.organisation_id, "lab_id": lab.id}
    if not actor.may_for(Permission.INSTRUMENT_MANAGE, **place):
        raise NotFound(lab_id=lab_id)
    filing = _FilingDays.of(uow.session, [entry.card.acceptance_date for entry in entries])
    for entry in entries:
        _must_fit(entry.card.category_code, entry.card.classification_scheme)
    for whole_id in {entry.card.part_of_id for entry in entries} - {None}:
        must_fit_together(uow.session, None, whole_id, lab_id=lab_id, now=now)
    rows = [_draft(entry.card, lab, filing, now=now) for entry in entries]
    made = _ids(uow.session, insert_unless_exists(uow.session, Instrument, rows))
    taken = next((e.card.inner_id for e in entries if e.card.inner_id not in made), None)
    if taken is not None or len(made) < len(entries):
        raise InnerIdTaken(inner_id=taken or entries[-1].card.inner_id)
    ids = [made[entry.card.inner_id] for entry in entries]
    _make_places(uow.session, zip(ids, (entry.units for entry in entries), strict=True))
    for one, entry in zip(ids, entries, strict=True):
        if entry.card.part_of_id is not None:
            family_changed(uow.session, one)
    index_cards(uow, ids)
    changes = {"state": (None, InstrumentState.DRAFT)}
    uow.announce_all(
        [InstrumentRegistered(**fact(one, actor=actor, now=now), changes=changes) for one in ids]
    )
    return ids


def _draft(
    card: Card, lab: LabSummary, filing: "_FilingDays", *, now: datetime
) -> dict[str, object]:
    return {
        **_ROW_BEGINS,
        **card.columns(),
        "lab_id": lab.id,
        "district": card.district or lab.district,
        "filing_due": filing.due(card.acceptance_date),
        "created_at": now,
        "updated_at": now,
    }


def _ids(session: Session, ids: Sequence[int]) -> dict[str, int]:
    """By inner id, for they come back in any order."""
    of_ids = sa.select(INSTRUMENT.c.inner_id, INSTRUMENT.c.id).where(INSTRUMENT.c.id.in_(ids))
    return {inner_id: one for inner_id, one in session.execute(of_ids)}  # noqa: C416 - a result has keys


def _make_places(session: Session, wanted: Iterable[tuple[int, int]]) -> None:
    places = [
        {"instrument_id": one, "kind": UnitKind.PLACE, "position": at, "label": "", "active": True}
        for one, units in wanted
        for at in range(1, units + 1)
    ]
    session.execute(sa.insert(UNIT), places)


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
    whole_id = changes.values.get("part_of_id")
    if isinstance(whole_id, int):
        queue_for_family(uow.session, instrument_id, other=whole_id)
    instrument = kept_instrument(uow, instrument_id, actor=actor)
    must_be_version(instrument, changes.version)
    different = _different(uow.session, instrument, changes.values)
    _must_stand(instrument, different)
    if "part_of_id" in different:
        _, whole_id = different["part_of_id"]
        must_fit_together(
            uow.session,
            instrument_id,
            whole_id if isinstance(whole_id, int) else None,
            lab_id=instrument.lab_id,
            now=now,
        )
    if changes.units is not None:
        before = _set_places(uow, instrument_id, changes.units, now=now)
        different |= {} if before is None else {"units": (before, changes.units)}
    if not different:
        return instrument
    composed = bool(different.keys() & {"units", "part_of_id"})
    if composed:
        family_changed(uow.session, instrument_id)
    _apply(uow.session, instrument, different, now=now)
    if composed:
        family_changed(uow.session, instrument_id)
    index_cards(uow, [instrument_id])
    uow.announce(InstrumentEdited(**fact(instrument_id, actor=actor, now=now), changes=different))
    return instrument


def _different(
    session: Session, instrument: Instrument, values: Mapping[str, object]
) -> dict[str, tuple[object, object]]:
    """What changes, before and after; without a district it is the lab's."""
    wanted = stored(dict(values))
    if wanted.get("district") == "":
        wanted["district"] = lab_summary(session, instrument.lab_id).district
    return {
        name: (getattr(instrument, name), value)
        for name, value in wanted.items()
        if getattr(instrument, name) != value
    }


def _must_stand(instrument: Instrument, different: Mapping[str, tuple[object, object]]) -> None:
    """Refuse to empty what the card cannot do without where it stands, and a code of no class."""
    needed = ALWAYS if instrument.state in OPEN else (*ALWAYS, *REQUIRED)
    after = {name: value for name, (_, value) in different.items()}
    emptied = [name for name in dict.fromkeys(needed) if name in after and not after[name]]
    if emptied:
        raise CardIncomplete(Violation("card.missing", {"field": name}) for name in emptied)
    if after.keys() & {"category_code", "classification_scheme"}:
        _must_fit(
            str(after.get("category_code", instrument.category_code)),
            str(after.get("classification_scheme", instrument.classification_scheme)),
        )


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
                accepted = instrument.acceptance_date
                instrument.filing_due = _FilingDays.of(session, [accepted]).due(accepted)
                instrument.filing_told = None
            instrument.version += 1
            # Modes and places are part of what can be booked.
            instrument.terms_version += 1
            instrument.updated_at = now
            session.flush()
    except IntegrityError as refused:
        raise InnerIdTaken(inner_id=str(different.get("inner_id", ("", ""))[1])) from refused


@dataclass(frozen=True, slots=True)
class _FilingDays:
    """The calendar by which instruments accepted on some days are due to be filed."""

    calendar: StatutoryCalendar | None

    @classmethod
    def of(cls, session: Session, days: Sequence[date | None]) -> "_FilingDays":
        accepted = [day for day in days if day is not None]
        if not accepted:
            return cls(None)
        return cls(calendar_between(session, min(accepted), max(accepted) + _LONGEST_WAIT))

    def due(self, accepted: date | None) -> date | None:
        if accepted is None or self.calendar is None:
            return None
        return filing_due(accepted, self.calendar)


def _set_places(uow: UnitOfWork, instrument_id: int, wanted: int, *, now: datetime) -> int | None:
    """Have this many active places; how many there were, if that is another number.

    New ones are closed whenever the first one is.
    """
    session = uow.session
    places = places_of(session, instrument_id)
    old = {place.key for place in places if place.active}
    before = sum(place.active for place in places)
    if before == wanted:
        return None
    if before < wanted:
        must_take_places(session, instrument_id, now=now)
    for place in places:
        active = place.position <= wanted
        if place.active and not active and is_held_after(session, place.key, now):
            raise UnitsBusy(position=place.position)
        place.active = active
    for position in range(len(places) + 1, wanted + 1):
        session.add(Unit(instrument_id=instrument_id, position=position))
    session.flush()
    added = [p.key for p in places_of(session, instrument_id) if p.active and p.key not in old]
    if added:
        close_like(uow, added, another=min(old), since=now)
    return before
