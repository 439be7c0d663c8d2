"""Note that an instrument was filed with the national platform, or need not be; remind of it."""

from collections.abc import Mapping
from datetime import date, datetime

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.keeping import fact, kept_instrument
from booking.instruments.errors import FilingAhead
from booking.instruments.events import FilingDue, InstrumentEdited
from booking.instruments.models.instrument import Instrument
from booking.instruments.queries.due_filings import to_be_told, touched_by_year, without_due_date
from booking.instruments.queries.statutory import calendar_between
from booking.instruments.rules.filing import filing_due, reminder_due
from booking.kernel.clock import local


def note_filing(
    uow: UnitOfWork,
    instrument_id: int,
    filed_on: date | None,
    *,
    actor: Actor,
    now: datetime,
    number: str = "",
) -> Instrument:
    """On which day it was filed, under which number; None takes the note back."""
    if filed_on is not None and filed_on > local(now).date():
        raise FilingAhead
    told = {"filed_on": filed_on, "filing_number": number if filed_on else ""}
    return _noted(uow, instrument_id, told, actor=actor, now=now)


def note_exemption(
    uow: UnitOfWork, instrument_id: int, reason: str, *, actor: Actor, now: datetime
) -> Instrument:
    """Why it is not filed, and by whose consent (article 12); an empty reason takes it back."""
    return _noted(uow, instrument_id, {"filing_exemption": reason}, actor=actor, now=now)


def reckon_filings(uow: UnitOfWork, year: int) -> None:
    """Say anew when those are due whose thirty working days a year's calendar decides; who has
    another day now is told of it as if for the first time."""
    cards = touched_by_year(uow.session, year)
    if not cards:
        return
    accepted = [card.acceptance_date for card in cards if card.acceptance_date]
    calendar = calendar_between(uow.session, min(accepted), date(year + 1, 12, 31))
    for card in cards:
        due = card.acceptance_date and filing_due(card.acceptance_date, calendar)
        if due != card.filing_due:
            card.filing_due, card.filing_told = due, None
    uow.session.flush()


def remind_of_filings(uow: UnitOfWork, now: datetime) -> int:
    """Find due dates that a newly entered year makes known, and tell of those that come near."""
    today = local(now).date()
    late = without_due_date(uow.session)
    if late:
        accepted = [card.acceptance_date for card in late if card.acceptance_date]
        calendar = calendar_between(uow.session, min(accepted), date(today.year + 1, 12, 31))
        for card in late:
            card.filing_due = card.acceptance_date and filing_due(card.acceptance_date, calendar)
        uow.session.flush()
    told = [_told(uow, card, today=today, now=now) for card in to_be_told(uow.session, today)]
    uow.session.flush()
    return sum(told)


def _told(uow: UnitOfWork, card: Instrument, *, today: date, now: datetime) -> bool:
    due = card.filing_due
    step = None if due is None else reminder_due(due, today, told=card.filing_told)
    if due is None or step is None:
        return False
    card.filing_told = step
    uow.announce(
        FilingDue(
            at=now,
            actor_id=None,
            subject=f"instrument:{card.key}",
            changes={"filing_due": (due, due)},
            instrument_id=card.key,
            lab_id=card.lab_id,
            instrument=card.name,
            due=due,
            is_overdue=due < today,
        )
    )
    return True


def _noted(
    uow: UnitOfWork,
    instrument_id: int,
    told: Mapping[str, object],
    *,
    actor: Actor,
    now: datetime,
) -> Instrument:
    instrument = kept_instrument(uow, instrument_id, actor=actor)
    different = {
        name: (getattr(instrument, name), value)
        for name, value in told.items()
        if getattr(instrument, name) != value
    }
    for name, (_, value) in different.items():
        setattr(instrument, name, value)
    uow.session.flush()
    if different:
        about = fact(instrument_id, actor=actor, now=now)
        uow.announce(InstrumentEdited(**about, changes=different))
    return instrument
