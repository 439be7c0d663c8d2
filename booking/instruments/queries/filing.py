"""What cards are filed under for the search."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from booking.db.lists import among, ids_parameter
from booking.instruments.models.tables import INSTRUMENT, SEARCH, TARIFF
from booking.instruments.models.tariff import stands
from booking.instruments.queries.cards import LAB, ORGANISATION
from booking.instruments.rules.searching import Filing, filing
from booking.instruments.rules.tariff import GENERAL_CLASS
from booking.instruments.states import InstrumentState
from booking.kernel.money import fen


@dataclass(frozen=True, slots=True)
class Indexable:
    """What a card is filed under."""

    id: int
    state: InstrumentState
    lab_id: int
    category_code: str
    district: str
    service_modes: list[str]
    updated_at: datetime
    filing: Filing


def indexable(session: Session, which: sa.ColumnElement[bool]) -> Sequence[Indexable]:
    """The cards to be filed for the search, with the names of their lab and provider."""
    i = INSTRUMENT.c
    rows = session.execute(
        sa.select(
            *(i.id, i.state, i.lab_id, i.category_code, i.district, i.service_modes),
            *(i.name, i.name_en, i.aliases, i.model, i.manufacturer, i.inner_id, i.updated_at),
            *(i.specs, i.functions, i.services, i.typical_results, i.disciplines, i.address),
            LAB.c.name.label("lab_name"),
            LAB.c.name_en.label("lab_name_en"),
            ORGANISATION.c.name.label("owner"),
            ORGANISATION.c.name_en.label("owner_en"),
        )
        .select_from(
            INSTRUMENT.join(LAB, LAB.c.id == i.lab_id).join(
                ORGANISATION, ORGANISATION.c.id == LAB.c.organisation_id
            )
        )
        .where(which)
    )
    return [_indexable(row) for row in rows]


def _indexable(row: sa.Row[Any]) -> Indexable:
    owners = (row.lab_name, row.lab_name_en, row.owner, row.owner_en)
    does = (row.specs, row.functions, row.services, row.typical_results, *row.disciplines)
    return Indexable(
        id=row.id,
        state=row.state,
        lab_id=row.lab_id,
        category_code=row.category_code,
        district=row.district,
        service_modes=row.service_modes,
        updated_at=row.updated_at,
        filing=filing(
            names=(row.name, row.name_en),
            model=row.model,
            aliases=row.aliases,
            described=(row.manufacturer, row.inner_id, *does, *owners, row.address),
        ),
    )


@dataclass(frozen=True, slots=True)
class ListPrice:
    """The hourly price that is public at a moment, and when the next list comes into force."""

    hour_fen: int | None
    next_at: datetime | None


def list_prices(session: Session, moments: Mapping[int, datetime]) -> Mapping[int, ListPrice]:
    """The price of each instrument at its moment; those without a list are left out."""
    t = TARIFF.c
    rows = session.execute(
        sa.select(t.instrument_id, t.valid_from, t.classes)
        .where(among(t.instrument_id, ids_parameter("ids")), stands(TARIFF))
        .order_by(t.valid_from),
        {"ids": list(moments)},
    )
    prices: dict[int, ListPrice] = {}
    for one, valid_from, classes in rows:
        known = prices.get(one, ListPrice(None, None))
        if valid_from <= moments[one]:
            prices[one] = ListPrice(_hour_fen(classes), None)
        elif known.next_at is None:
            prices[one] = ListPrice(known.hour_fen, valid_from)
    return prices


def _hour_fen(classes: Mapping[str, Mapping[str, object]]) -> int | None:
    price = classes.get(GENERAL_CLASS, {}).get("hour")
    return None if price is None else fen(str(price))


def due_again(session: Session, now: datetime, *, limit: int) -> Sequence[int]:
    """Cards whose filing is out of date: another price list is in force, or the way of filing
    has changed."""
    due = sa.select(SEARCH.c.instrument_id).where(SEARCH.c.refile_at <= now)
    ordered = due.order_by(SEARCH.c.refile_at, SEARCH.c.instrument_id).limit(limit)
    return session.execute(ordered).scalars().all()
