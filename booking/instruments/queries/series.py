"""The series of closures that an instrument still has ahead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session

from booking.instruments.models.calendar import ClosureKind
from booking.instruments.models.tables import CLOSURE, SERIES
from booking.kernel.clock import local


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """A series, its next occurrence and how many there are from that one on."""

    id: int
    kind: ClosureKind
    rule: str
    until: date
    reason: str
    next_start: datetime
    ahead: int

    @property
    def next_day(self) -> date:
        return local(self.next_start).date()


def series_after(session: Session, instrument_id: int, moment: datetime) -> Sequence[SeriesRow]:
    """The series with an occurrence that has not begun, the next one first."""
    columns = (SERIES.c.id, SERIES.c.kind, SERIES.c.rule, SERIES.c.until, SERIES.c.reason)
    starts = sa.func.min(CLOSURE.c.starts_at, type_=CLOSURE.c.starts_at.type)
    ahead = (
        sa.select(*columns, starts, sa.func.count())
        .join(CLOSURE, CLOSURE.c.series_id == SERIES.c.id)
        .where(SERIES.c.instrument_id == instrument_id)
        .where(CLOSURE.c.starts_at > moment, CLOSURE.c.lifted_at.is_(None))
        .group_by(*columns)
        .order_by(starts)
    )
    return [SeriesRow(*row) for row in session.execute(ahead)]
