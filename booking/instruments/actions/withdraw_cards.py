"""Take all cards of a provider out of the catalogue while it is suspended; put them back."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import col

from booking.db.transactions import UnitOfWork
from booking.instruments import events
from booking.instruments.actions.index_cards import index_cards
from booking.instruments.actions.keeping import terms_changed
from booking.instruments.models.instrument import Instrument
from booking.instruments.states import InstrumentState
from booking.organisations.models import Lab

# By this reason they are known again: a code of the catalogues (`cause:…`).
WITH_PROVIDER: Final = "its provider was suspended"


def suspend_cards(
    uow: UnitOfWork, organisation_id: int, *, actor_id: int | None, now: datetime
) -> int:
    """How many left the catalogue."""
    cards = _cards(uow, organisation_id, col(Instrument.state) == InstrumentState.PUBLISHED)
    for card in cards:
        _move(card, InstrumentState.SUSPENDED, WITH_PROVIDER, now=now)
    _tell(uow, cards, events.InstrumentSuspended, actor_id=actor_id, now=now)
    return len(cards)


def resume_cards(
    uow: UnitOfWork, organisation_id: int, *, actor_id: int | None, now: datetime
) -> int:
    """How many came back."""
    gone = sa.and_(
        col(Instrument.state) == InstrumentState.SUSPENDED,
        col(Instrument.state_reason) == WITH_PROVIDER,
    )
    cards = _cards(uow, organisation_id, gone)
    for card in cards:
        _move(card, InstrumentState.PUBLISHED, "", now=now)
    _tell(uow, cards, events.InstrumentResumed, actor_id=actor_id, now=now)
    return len(cards)


def _cards(
    uow: UnitOfWork, organisation_id: int, which: sa.ColumnElement[bool]
) -> list[Instrument]:
    asked = (
        sa.select(Instrument)
        .join(Lab, col(Lab.id) == col(Instrument.lab_id))
        .where(col(Lab.organisation_id) == organisation_id, which)
        .order_by(col(Instrument.id))
        .with_for_update(of=Instrument)
    )
    return list(uow.session.execute(asked).scalars())


def _move(card: Instrument, state: InstrumentState, reason: str, *, now: datetime) -> None:
    card.state, card.state_reason = state, reason
    terms_changed(card, now)


def _tell(
    uow: UnitOfWork,
    cards: list[Instrument],
    kind: type[events.InstrumentSuspended | events.InstrumentResumed],
    *,
    actor_id: int | None,
    now: datetime,
) -> None:
    uow.session.flush()
    index_cards(uow, [card.key for card in cards])
    before = {
        events.InstrumentSuspended: InstrumentState.PUBLISHED,
        events.InstrumentResumed: InstrumentState.SUSPENDED,
    }[kind]
    for card in cards:
        uow.announce(
            kind(
                at=now,
                actor_id=actor_id,
                subject=f"instrument:{card.key}",
                cause=WITH_PROVIDER,
                changes={"state": (before, card.state)},
                instrument_id=card.key,
            )
        )
