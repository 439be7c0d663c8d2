"""What borrowers promised, for the room that advises on the use of instruments."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

import sqlalchemy as sa
from sqlmodel import Session

from booking.loans.queries.promises import progress_of, promises_for
from booking.loans.rules.promises import HUNDREDTH_SECONDS
from booking.utilisation.rules.advice import Promised

_WEEK = 7


class LoanPromises:
    """Answers from purchase loans."""

    def promised(
        self, session: Session, instruments: sa.Select[int], today: date
    ) -> Mapping[int, Sequence[Promised]]:
        """By instrument the promise years that run on a day."""
        rows = promises_for(session, instruments)
        instrument_of = {row.credit_line_id: row.instrument_id for row in rows}
        found: defaultdict[int, list[Promised]] = defaultdict(list)
        for line, years in progress_of(session, rows, today, back=0).items():
            found[instrument_of[line]] += [
                Promised(
                    promised=one.year.promised * HUNDREDTH_SECONDS,
                    delivered=one.year.delivered * HUNDREDTH_SECONDS,
                    weeks_gone=Fraction((today - one.year.first).days, _WEEK),
                    weeks_left=Fraction((one.year.until - today).days, _WEEK),
                    last=one.last,
                )
                for one in years
                if not one.is_over
            ]
        return dict(found)
