"""What instruments came to in a year, for the records of the national platform: the same figures
as reports of utilisation have, with what changed since the last roll-up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from booking.instruments.queries.year_figures import YearFigures
from booking.kernel.periods import Period
from booking.utilisation.queries.kept import Sight
from booking.utilisation.report.counting import counted


@dataclass(frozen=True, slots=True)
class YearCounted:
    """By instrument; `up_to_date` is False where more changed than is judged on the spot."""

    figures: Mapping[int, YearFigures] = field(default_factory=dict)
    up_to_date: bool = True


class CountedFigures:
    """Answers as reports of utilisation do."""

    def of_year(
        self, session: Session, year: int, ids: Sequence[int] | None = None, *, now: datetime
    ) -> Mapping[int, YearFigures]:
        """By instrument; what was in service in no month is left out."""
        chosen = None if ids is None else frozenset(ids)
        return counted_year(session, year, Sight(instrument_ids=chosen), now=now).figures


def counted_year(session: Session, year: int, sight: Sight, *, now: datetime) -> YearCounted:
    """What has begun of a year; of one yet to come nothing is told."""
    period = Period.parse(str(year))
    if now < period.span.start:
        return YearCounted()
    found = counted(session, sight, period, now=now)
    figures = {
        key: YearFigures(sums.effective, sums.external, sums.income_fen)
        for key, sums in found.sums.items()
    }
    return YearCounted(figures, found.up_to_date)
