"""Found cards as lists show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.db.lists import among, ids_parameter
from booking.db.types import UtcDateTime
from booking.instruments.models.tables import INSTRUMENT, TARIFF
from booking.instruments.models.tariff import stands
from booking.instruments.queries.cards import LAB, ORGANISATION
from booking.instruments.rules.tariff import GENERAL_CLASS
from booking.instruments.states import InstrumentState


@dataclass(frozen=True, slots=True)
class FoundCard:
    """A card in a list."""

    id: int
    name: str
    name_en: str
    state: InstrumentState
    category_code: str
    district: str
    model: str
    service_modes: list[str]
    resource_kind: str
    lab_id: int
    lab_name: str
    lab_name_en: str
    organisation_id: int
    organisation_name: str
    organisation_name_en: str
    hour_price: str | None


_AT: Final = sa.bindparam("valid_at", type_=UtcDateTime())
_OTHER: Final = TARIFF.alias("other")
_IN_FORCE: Final = (
    sa.select(sa.func.max(_OTHER.c.valid_from))
    .where(_OTHER.c.instrument_id == INSTRUMENT.c.id, _OTHER.c.valid_from <= _AT, stands(_OTHER))
    .correlate(INSTRUMENT)
    .scalar_subquery()
)
_CARDS: Final = (
    sa.select(
        INSTRUMENT.c.id,
        INSTRUMENT.c.name,
        INSTRUMENT.c.name_en,
        INSTRUMENT.c.state,
        INSTRUMENT.c.category_code,
        INSTRUMENT.c.district,
        INSTRUMENT.c.model,
        INSTRUMENT.c.service_modes,
        INSTRUMENT.c.resource_kind,
        INSTRUMENT.c.lab_id,
        LAB.c.name.label("lab_name"),
        LAB.c.name_en.label("lab_name_en"),
        LAB.c.organisation_id,
        ORGANISATION.c.name.label("organisation_name"),
        ORGANISATION.c.name_en.label("organisation_name_en"),
        TARIFF.c.classes.label("hour_price"),
    )
    .select_from(
        INSTRUMENT.join(LAB, LAB.c.id == INSTRUMENT.c.lab_id)
        .join(ORGANISATION, ORGANISATION.c.id == LAB.c.organisation_id)
        .outerjoin(
            TARIFF,
            (TARIFF.c.instrument_id == INSTRUMENT.c.id)
            & (TARIFF.c.valid_from == _IN_FORCE)
            & stands(TARIFF),
        )
    )
    .where(among(INSTRUMENT.c.id, ids_parameter("ids")))
)


def cards(session: Session, ids: Sequence[int], *, at: datetime) -> Sequence[FoundCard]:
    """These cards in this order, with the price per hour that is public now."""
    if not ids:
        return ()
    rows = session.execute(_CARDS, {"ids": ids, "valid_at": at}).all()
    found = {row.id: _card(row) for row in rows}
    return [found[one] for one in ids if one in found]


def _card(row: sa.Row[Any]) -> FoundCard:
    return FoundCard(**{**row._mapping, "hour_price": _hour_price(row.hour_price)})


def _hour_price(classes: dict[str, dict[str, object]] | None) -> str | None:
    price = (classes or {}).get(GENERAL_CLASS, {}).get("hour")
    return None if price is None else str(price)
