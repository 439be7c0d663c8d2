"""Offers as the company and the lab read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.instruments.models.tables import INSTRUMENT
from booking.instruments.queries.cards import LAB, ORGANISATION
from booking.instruments.states import InstrumentState
from booking.kernel.errors import NotFound
from booking.needs.models import OFFER, NeedOffer
from booking.needs.states import OfferState


@dataclass(frozen=True, slots=True)
class OfferRow:
    """What a lab offers."""

    id: int
    need_id: int
    lab_id: int
    instrument_id: int | None
    words: str
    price_fen: int | None
    until: date
    state: OfferState
    created_at: datetime
    lab: str
    provider: str
    instrument: str | None
    lab_en: str
    provider_en: str
    instrument_en: str | None


_ROWS: Final[sa.Select[Any]] = (
    sa.select(
        *(OFFER.c.id, OFFER.c.need_id, OFFER.c.lab_id, OFFER.c.instrument_id, OFFER.c.words),
        *(OFFER.c.price_fen, OFFER.c.until, OFFER.c.state, OFFER.c.created_at),
        *(LAB.c.name, ORGANISATION.c.name, INSTRUMENT.c.name),
        *(LAB.c.name_en, ORGANISATION.c.name_en, INSTRUMENT.c.name_en),
    )
    .select_from(
        OFFER.join(LAB, LAB.c.id == OFFER.c.lab_id)
        .join(ORGANISATION, ORGANISATION.c.id == LAB.c.organisation_id)
        .outerjoin(INSTRUMENT, INSTRUMENT.c.id == OFFER.c.instrument_id)
    )
    .order_by(OFFER.c.id)
)


def offers_on(session: Session, need_id: int) -> Sequence[OfferRow]:
    """What the company reads: all but those withdrawn."""
    rows = _ROWS.where(OFFER.c.need_id == need_id, OFFER.c.state != OfferState.WITHDRAWN)
    return [OfferRow(*row) for row in session.execute(rows)]


def offers_of_labs(session: Session, need_id: int, actor: Actor) -> Sequence[OfferRow]:
    """What a lab reads: its own; the centre all."""
    rows = _ROWS.where(OFFER.c.need_id == need_id)
    everywhere = any(
        actor.reach(one).everywhere for one in (Permission.INSTRUMENT_MANAGE, Permission.AUDIT_READ)
    )
    if not everywhere:
        labs = actor.reach(Permission.INSTRUMENT_MANAGE).lab_ids
        rows = rows.where(OFFER.c.lab_id.in_(labs))
    return [OfferRow(*row) for row in session.execute(rows)]


def offer_row(session: Session, offer_id: int) -> OfferRow:
    """Whoever asks."""
    return OfferRow(*session.execute(_ROWS.where(OFFER.c.id == offer_id)).one())


def offer_named(session: Session, offer_id: int) -> NeedOffer:
    """The offer as it stands; its need is locked by whoever changes it."""
    found = session.get(NeedOffer, offer_id, populate_existing=True)
    if found is None:
        raise NotFound(offer_id=offer_id)
    return found


def standing_offers(session: Session, need_ids: Sequence[int]) -> Sequence[NeedOffer]:
    """Those on these needs that are not decided."""
    standing = sa.select(NeedOffer).where(
        col(NeedOffer.need_id).in_(need_ids), col(NeedOffer.state) == OfferState.OFFERED
    )
    return session.execute(standing.order_by(col(NeedOffer.id))).scalars().all()


@dataclass(frozen=True, slots=True)
class Choice:
    """An instrument that a lab may offer."""

    id: int
    lab_id: int
    name: str
    name_en: str


def instruments_of(session: Session, lab_ids: Sequence[int]) -> Sequence[Choice]:
    """The published instruments of these labs, by name."""
    i = INSTRUMENT.c
    rows = sa.select(i.id, i.lab_id, i.name, i.name_en).where(
        i.lab_id.in_(lab_ids), i.state == InstrumentState.PUBLISHED
    )
    return [Choice(*row) for row in session.execute(rows.order_by(i.name, i.id))]
