"""Which roll-up a kept report is of."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.instruments.models.tables import INSTRUMENT
from booking.utilisation.models import InstrumentMonth
from booking.utilisation.queries.cutting import KNOWN


def rolled_up_at(session: Session) -> datetime | None:
    """When any month was rolled up last."""
    asked = sa.select(sa.func.max(col(InstrumentMonth.computed_at)))
    latest: datetime | None = session.execute(asked).scalar_one()
    return latest


def instruments_known(session: Session) -> int:
    """How many instruments ever were published."""
    asked = sa.select(sa.func.count()).select_from(INSTRUMENT)
    return int(session.execute(asked.where(INSTRUMENT.c.state.in_(KNOWN))).scalar_one())
