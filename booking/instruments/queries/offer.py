"""What the centre offers, in figures for its front page."""

from collections import Counter
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from booking.instruments.models.tables import INSTRUMENT
from booking.instruments.queries.cards import LAB
from booking.instruments.states import InstrumentState


@dataclass(frozen=True, slots=True)
class Offer:
    """How many instruments can be booked: in all, by first level of their class, by district."""

    instruments: int
    providers: int
    value_fen: int
    by_category: Counter[str]
    by_district: Counter[str]


def offer(session: Session) -> Offer:
    """The published instruments, counted in one pass."""
    # Grouped by name: with parameters of its own, PostgreSQL sees another expression.
    first_level = sa.func.substr(INSTRUMENT.c.category_code, 1, 2).label("first_level")
    rows = session.execute(
        sa.select(
            first_level,
            INSTRUMENT.c.district,
            LAB.c.organisation_id,
            sa.func.count(),
            sa.func.sum(INSTRUMENT.c.original_value_fen),
        )
        .join(LAB, LAB.c.id == INSTRUMENT.c.lab_id)
        .where(INSTRUMENT.c.state == InstrumentState.PUBLISHED)
        .group_by(first_level, INSTRUMENT.c.district, LAB.c.organisation_id)
    ).all()
    by_category: Counter[str] = Counter()
    by_district: Counter[str] = Counter()
    for category, district, _, number, _ in rows:
        by_category[category] += number
        by_district[district] += number
    return Offer(
        sum(row[3] for row in rows),
        len({row[2] for row in rows}),
        sum(int(row[4]) for row in rows),
        by_category,
        by_district,
    )
