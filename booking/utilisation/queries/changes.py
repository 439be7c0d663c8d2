"""Whether anything changed that reports are counted from."""

from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.instruments.models.tables import INSTRUMENT
from booking.utilisation.models import InstrumentMonth, UtilisationMark

Stamp = tuple[Any, ...]

_LAST_MONTH: Final = sa.select(sa.func.max(col(InstrumentMonth.id))).scalar_subquery()


def stamp_of(session: Session) -> Stamp:
    """Differs from the last one once something was rolled up, marked, or a card changed."""
    rolled = (
        sa.select(col(InstrumentMonth.computed_at))
        .where(col(InstrumentMonth.id) == _LAST_MONTH)
        .scalar_subquery()
    )
    marked = sa.select(sa.func.max(col(UtilisationMark.id))).scalar_subquery()
    one = session.execute(sa.select(_LAST_MONTH, rolled, marked)).one()
    cards = session.execute(
        sa.select(INSTRUMENT.c.state, sa.func.count(), sa.func.max(INSTRUMENT.c.updated_at))
        .group_by(INSTRUMENT.c.state)
        .order_by(INSTRUMENT.c.state)
    )
    return (*one, *(tuple(row) for row in cards))
