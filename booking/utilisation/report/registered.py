"""Behind the rate of filing: which instruments are due, and which of them are filed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from booking.utilisation.queries.kept import InstrumentInSight, instruments_in_sight
from booking.utilisation.report.pooled import Asked
from booking.utilisation.rules.pieces import counted_pieces


@dataclass(frozen=True, slots=True)
class Registered:
    """An instrument that has to be filed, and whether it was by the end of the period."""

    instrument: InstrumentInSight
    due: date
    filed: bool


def registered_by(session: Session, asked: Asked, *, now: datetime) -> Sequence[Registered]:
    """Those of which the rate is made, what is missing first."""
    pieces = counted_pieces(asked.period, now)
    until = pieces[-1].part.until
    found = [
        Registered(each, each.filing_due, each.filed_on is not None and each.filed_on < until)
        for each in instruments_in_sight(session, asked.sight)
        if each.filing_due is not None
        and each.filing_due < until
        and any(each.counts_in(piece.span) for piece in pieces)
    ]
    return sorted(found, key=lambda one: (one.filed, one.due, one.instrument.id))
