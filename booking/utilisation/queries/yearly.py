"""What the roll-up keeps of a year, for the records of the national platform."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.instruments.queries.year_figures import YearFigures
from booking.kernel.periods import Period
from booking.utilisation.models import InstrumentMonth


class KeptFigures:
    """Answers from the months that were rolled up."""

    def of_year(
        self, session: Session, year: int, ids: Sequence[int] | None = None
    ) -> Mapping[int, YearFigures]:
        """By instrument; what no month is kept of is left out."""
        months = [month.code for month in Period.parse(str(year)).months()]
        owner = col(InstrumentMonth.instrument_id)
        sums = [
            sa.cast(sa.func.sum(column), sa.BigInteger)
            for column in (
                col(InstrumentMonth.effective_seconds),
                col(InstrumentMonth.external_seconds),
                col(InstrumentMonth.income_fen),
            )
        ]
        asked = (
            sa.select(owner, *sums).where(col(InstrumentMonth.month).in_(months)).group_by(owner)
        )
        if ids is not None:
            asked = asked.where(owner.in_(ids))
        rows = session.execute(asked)
        return {row[0]: YearFigures(*row[1:]) for row in rows}
