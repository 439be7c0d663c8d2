"""The hours of the week of some instruments, straight from the records."""

from collections import defaultdict
from datetime import datetime
from functools import reduce
from typing import Final

from sqlmodel import Session

from booking.kernel.periods import Period
from booking.utilisation.queries.kept import instruments_in_sight
from booking.utilisation.queries.recorded import month_records
from booking.utilisation.report.pooled import Asked, counted_months
from booking.utilisation.rules.week import Week, week_of

# Instrument months that a page looks through; more of them tell little of any hour.
LOOKED_AT: Final = 60


def week_in_sight(session: Session, asked: Asked, *, now: datetime) -> Week | None:
    """Every hour of the week over the period's months; None where there is too much to look at."""
    months = counted_months(asked.period, now)
    seen = instruments_in_sight(session, asked.sight)
    of_month: dict[Period, list[int]] = defaultdict(list)
    for month in months:
        of_month[month] = [one.id for one in seen if one.counts_in(month)]
    if not 0 < sum(map(len, of_month.values())) <= LOOKED_AT:
        return None
    weeks = [
        week_of(month.span, record.units().values())
        for month, ids in of_month.items()
        for record in month_records(session, month, ids).values()
    ]
    return reduce(Week.__add__, weeks, Week())
