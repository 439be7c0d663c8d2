"""Keep the days of every lab's instruments, for calendars of more than can be looked at at once.

A part is a lab's instruments in a district and a month: few enough to be judged by the law itself.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.db.transactions import UnitOfWork
from booking.kernel.periods import Period
from booking.utilisation.models import KeptDay
from booking.utilisation.queries.days import Part, members_of
from booking.utilisation.queries.recorded import month_records
from booking.utilisation.rules.days import Spent, days_of


def spent_by(session: Session, part: Part) -> Mapping[date, Spent]:
    """Every day of a part's month, straight from the records."""
    month = Period.parse(part.month)
    records = month_records(session, month, members_of(session, part))
    used: Counter[date] = Counter()
    opened: Counter[date] = Counter()
    for record in records.values():
        for day, water in days_of(month.span, record.units().values()).items():
            used[day] += water.used
            opened[day] += water.open
    return {day: Spent(used[day], opened[day]) for day in sorted(used)}


def keep(uow: UnitOfWork, part: Part, days: Mapping[date, Spent], *, now: datetime) -> None:
    """Put a part's days in the place of what was kept of them."""
    uow.session.execute(
        sa.delete(KeptDay).where(
            col(KeptDay.lab_id) == part.lab_id,
            col(KeptDay.district) == part.district,
            col(KeptDay.month) == part.month,
        )
    )
    rows = [
        {
            **part._asdict(),
            "day": day,
            "used_seconds": spent.used,
            "open_seconds": spent.open,
            "computed_at": now,
        }
        for day, spent in days.items()
    ]
    if rows:
        uow.session.execute(sa.insert(KeptDay), rows)
