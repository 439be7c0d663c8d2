"""Some instruments side by side, as anybody may know them."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from booking.access.actor import Actor
from booking.instruments.models.tables import INSTRUMENT, UNIT
from booking.instruments.models.unit import UnitKind
from booking.instruments.queries.cards import LAB, Insider
from booking.instruments.states import InstrumentState


@dataclass(frozen=True, slots=True)
class Compared:
    """An instrument to be compared, and its places."""

    id: int
    name: str
    name_en: str
    model: str
    lab_name: str
    state: InstrumentState
    unit_ids: tuple[int, ...]


def compared(session: Session, ids: Sequence[int], visitor: Actor | None) -> Sequence[Compared]:
    """Those that the reader may know, in the order asked."""
    insider = Insider.of(visitor)
    rows = session.execute(
        sa.select(
            INSTRUMENT.c.id,
            INSTRUMENT.c.name,
            INSTRUMENT.c.name_en,
            INSTRUMENT.c.model,
            INSTRUMENT.c.state,
            INSTRUMENT.c.lab_id,
            LAB.c.name.label("lab_name"),
            LAB.c.organisation_id,
            UNIT.c.id.label("unit_id"),
        )
        .select_from(
            INSTRUMENT.join(LAB, LAB.c.id == INSTRUMENT.c.lab_id).outerjoin(
                UNIT,
                (UNIT.c.instrument_id == INSTRUMENT.c.id)
                & (UNIT.c.kind == UnitKind.PLACE)
                & UNIT.c.active,
            )
        )
        .where(INSTRUMENT.c.id.in_(sorted(ids)))
        .order_by(UNIT.c.id)
    ).all()
    found: dict[int, Compared] = {}
    for row in rows:
        if insider.knows(row.state, row.lab_id, row.organisation_id):
            before = found[row.id].unit_ids if row.id in found else ()
            units = (*before, *((row.unit_id,) if row.unit_id else ()))
            found[row.id] = Compared(
                row.id, row.name, row.name_en, row.model, row.lab_name, row.state, units
            )
    return [found[one] for one in dict.fromkeys(ids) if one in found]
