"""What cards are filed under for the search."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from booking.instruments.models.tables import INSTRUMENT, SYNONYM
from booking.instruments.queries.cards import LAB, ORGANISATION
from booking.instruments.states import InstrumentState


@dataclass(frozen=True, slots=True)
class Indexable:
    """What a card is filed under."""

    id: int
    state: InstrumentState
    lab_id: int
    category_code: str
    district: str
    service_modes: list[str]
    spoken: tuple[str, ...]
    written: tuple[str, ...]


def indexable(session: Session, which: sa.ColumnElement[bool]) -> Sequence[Indexable]:
    """The cards to be filed for the search, with the names of their lab and provider."""
    i = INSTRUMENT.c
    rows = session.execute(
        sa.select(
            *(i.id, i.state, i.lab_id, i.category_code, i.district, i.service_modes),
            *(i.name, i.name_en, i.aliases, i.model, i.manufacturer, i.inner_id),
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
    written = (row.name_en, row.model, row.manufacturer, row.inner_id)
    owners = (row.lab_name, row.lab_name_en, row.owner, row.owner_en)
    return Indexable(
        id=row.id,
        state=row.state,
        lab_id=row.lab_id,
        category_code=row.category_code,
        district=row.district,
        service_modes=row.service_modes,
        spoken=(row.name, *row.aliases),
        written=(*written, *owners),
    )


def synonyms(session: Session) -> Sequence[tuple[str, str]]:
    """Pairs of names for one thing."""
    rows = session.execute(sa.select(SYNONYM.c.word, SYNONYM.c.same_as).order_by(SYNONYM.c.id))
    return [(row.word, row.same_as) for row in rows]
