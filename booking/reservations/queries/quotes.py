"""Quotes that were kept: one to cite, and those that one may read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.instruments.models.tables import INSTRUMENT
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from booking.organisations.models import Lab
from booking.reservations.models.quote import PriceQuote
from booking.reservations.rules.quoting import as_typed

_QUOTE: Final[sa.Table] = PriceQuote.__table__  # type: ignore[attr-defined]  # SQLModel adds it


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteRow:
    """A kept quote as its readers see it."""

    id: int
    number: str
    organisation_id: int
    instrument_id: int
    instrument_name: str
    instrument_name_en: str
    mode: str
    span: TimeSpan
    samples: int
    consumables: dict[str, int]
    accessory_ids: list[int]
    voucher: str
    tariff_id: int
    quote: dict[str, Any]
    total_fen: int
    valid_until: datetime

    @property
    def typed_consumables(self) -> str:
        """As people type them into the panel."""
        return as_typed(self.consumables)


_ROW: Final[sa.Select[*tuple[Any, ...]]] = (
    sa.select(
        *(_QUOTE.c[name] for name in ("id", "number", "organisation_id", "instrument_id")),
        INSTRUMENT.c.name.label("instrument_name"),
        INSTRUMENT.c.name_en.label("instrument_name_en"),
        *(_QUOTE.c[name] for name in ("mode", "starts_at", "ends_at", "samples", "tariff_id")),
        *(_QUOTE.c[name] for name in ("consumables", "accessory_ids", "voucher", "quote")),
        *(_QUOTE.c[name] for name in ("total_fen", "valid_until")),
    )
    .join(INSTRUMENT, INSTRUMENT.c.id == _QUOTE.c.instrument_id)
    .join(Lab, col(Lab.id) == INSTRUMENT.c.lab_id)
)


def quote_of(session: Session, number: str, organisation_id: int) -> PriceQuote | None:
    """A quote of an organisation; others' are nobody's to know of."""
    wanted = select(PriceQuote).where(
        col(PriceQuote.number) == number, col(PriceQuote.organisation_id) == organisation_id
    )
    return session.exec(wanted).one_or_none()


def quote_seen_by(session: Session, number: str, actor: Actor) -> QuoteRow:
    """One quote, for its organisation, the lab and the centre."""
    row = session.execute(_ROW.where(_QUOTE.c.number == number, _seen_by(actor))).one_or_none()
    if row is None:
        raise NotFound(number=number)
    return _shown(row)


def valid_quotes(
    session: Session, actor: Actor, *, now: datetime, limit: int
) -> Sequence[QuoteRow]:
    """Those that still hold, the one that ends first on top."""
    wanted = _ROW.where(_QUOTE.c.valid_until > now, _seen_by(actor))
    rows = session.execute(wanted.order_by(_QUOTE.c.valid_until, _QUOTE.c.id).limit(limit))
    return [_shown(row) for row in rows]


def _shown(row: sa.Row[Any]) -> QuoteRow:
    said = dict(row._mapping)
    span = TimeSpan(said.pop("starts_at"), said.pop("ends_at"))
    return QuoteRow(span=span, **said)


def _seen_by(actor: Actor) -> sa.ColumnElement[bool]:
    read, hosted = (
        actor.reach(Permission.RESERVATION_READ),
        actor.reach(Permission.RESERVATION_HOST),
    )
    if read.everywhere:
        return sa.true()
    return (
        _QUOTE.c.organisation_id.in_(read.organisation_ids)
        | INSTRUMENT.c.lab_id.in_(hosted.lab_ids)
        | col(Lab.organisation_id).in_(hosted.organisation_ids)
    )
