"""Which instruments wait to be filed with the national platform."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.tables import INSTRUMENT
from booking.instruments.queries.cards import LAB, Insider
from booking.instruments.rules.filing import (
    LEAST_VALUE_FEN,
    LONGEST_WAIT_DAYS,
    REMINDERS,
    Filing,
)
from booking.instruments.states import FINAL

_OPEN: Final = (
    INSTRUMENT.c.filed_on.is_(None),
    INSTRUMENT.c.filing_exemption == "",
    INSTRUMENT.c.original_value_fen >= LEAST_VALUE_FEN,
    INSTRUMENT.c.state.not_in(FINAL),
)


def filing_of(card: Instrument) -> Filing:
    """What decides about the filing of a card."""
    return Filing(
        value_fen=card.original_value_fen,
        accepted=card.acceptance_date,
        due=card.filing_due,
        filed_on=card.filed_on,
        exemption=card.filing_exemption,
    )


def without_due_date(session: Session) -> Sequence[Instrument]:
    """Accepted instruments whose due date nobody could say when they were accepted, locked."""
    wanted = select(Instrument).where(
        col(Instrument.acceptance_date).is_not(None), col(Instrument.filing_due).is_(None), *_OPEN
    )
    return session.exec(wanted.order_by(col(Instrument.id)).with_for_update()).all()


def touched_by_year(session: Session, year: int) -> Sequence[Instrument]:
    """Unfiled instruments whose time to be filed may reach into a year, locked."""
    first = date(year, 1, 1) - timedelta(days=LONGEST_WAIT_DAYS)
    wanted = select(Instrument).where(
        col(Instrument.acceptance_date).between(first, date(year, 12, 31)), *_OPEN
    )
    return session.exec(wanted.order_by(col(Instrument.id)).with_for_update()).all()


def to_be_told(session: Session, today: date) -> Sequence[Instrument]:
    """Instruments due so soon that their keepers may have to be told, locked."""
    until = today + timedelta(days=max(REMINDERS))
    wanted = select(Instrument).where(
        col(Instrument.filing_due) <= until,
        col(Instrument.filing_told).is_(None) | (col(Instrument.filing_told) > min(REMINDERS)),
        *_OPEN,
    )
    return session.exec(wanted.order_by(col(Instrument.id)).with_for_update()).all()


def open_filings(session: Session, actor: Actor) -> int:
    """How many of the instruments that somebody keeps are accepted and not filed."""
    reach = actor.reach(Permission.INSTRUMENT_MANAGE)
    insider = Insider(reach.everywhere, reach.lab_ids, reach.organisation_ids)
    counted = (
        sa.select(sa.func.count())
        .select_from(INSTRUMENT.join(LAB, LAB.c.id == INSTRUMENT.c.lab_id))
        .where(insider.labs(), waiting())
    )
    return int(session.execute(counted).scalar_one())


def waiting() -> sa.ColumnElement[bool]:
    """A condition on instruments: accepted, and still to be filed."""
    return sa.and_(INSTRUMENT.c.acceptance_date.is_not(None), *_OPEN)
