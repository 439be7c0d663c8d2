"""Roll up what changed: sums in sets, share by share; the law itself where records overlap."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.db.transactions import UnitOfWork
from booking.instruments.queries.statutory import calendar_between
from booking.kernel.periods import Period
from booking.utilisation.models import InstrumentMonth, UtilisationMark
from booking.utilisation.queries import crowding, cutting, marks
from booking.utilisation.queries.cutting import Share
from booking.utilisation.queries.judging import judge
from booking.utilisation.queries.recorded import (
    day_facts,
    month_facts,
    weekday_facts,
)
from booking.utilisation.queries.scratch import (
    CROWDED,
    DAY,
    ENTRY,
    MONTH,
    SCOPE,
    SHUT,
    WANTED,
    WEEKDAYS,
    emptied,
    measured,
    scratch_tables,
)
from booking.utilisation.queries.sums import add_up
from booking.utilisation.rules.months import MonthFigures

# Instrument months in one share: enough to work in sets, few enough to stay in memory.
SHARE: Final = 12_000
# Crowded instruments whose records are read at once.
READ_AT_ONCE: Final = 200


def roll_up(uow: UnitOfWork, *, now: datetime) -> int:
    """Bring the roll-up to the present; answers how many instrument months were redone."""
    session = uow.session
    months = marks.kept_months(session, now)
    left = marks.taken_marks(session)
    if not months:
        return 0
    with scratch_tables(session):
        _lay_out(session, months)
        parts = marks.parts_by_whole(session)
        _want(session, marks.marked_pairs(left, months, marks.known_ids(session), parts=parts))
        marks.want_missing(session)
        measured(session, MONTH, DAY, WEEKDAYS, WANTED)
        _forget_wanted(session)
        return sum(_roll_up_share(session, share, now) for share in _shares(session))


def rebuild(uow: UnitOfWork, *, now: datetime) -> int:
    """Forget everything and roll it up again; comes to the same."""
    uow.session.execute(sa.delete(InstrumentMonth))
    uow.session.execute(sa.delete(UtilisationMark))
    return roll_up(uow, now=now)


def _lay_out(session: Session, months: Sequence[Period]) -> None:
    """The months that are kept, and their days."""
    whole = Period(months[0].first, months[-1].until, "")
    calendar = calendar_between(session, whole.first, whole.last)
    session.execute(sa.insert(MONTH), [month_facts(month) for month in months])
    days = [day for month in months for day in day_facts(month, calendar)]
    session.execute(sa.insert(DAY), days)
    session.execute(sa.insert(WEEKDAYS), weekday_facts(days))


def _want(session: Session, pairs: set[marks.Pair]) -> None:
    rows = [{"instrument_id": instrument_id, "month": month} for instrument_id, month in pairs]
    if rows:
        session.execute(sa.insert(WANTED), rows)


def _forget_wanted(session: Session) -> None:
    wanted = sa.exists().where(
        WANTED.c.instrument_id == col(InstrumentMonth.instrument_id),
        WANTED.c.month == col(InstrumentMonth.month),
    )
    session.execute(sa.delete(InstrumentMonth).where(wanted))


def _shares(session: Session) -> list[Share]:
    """Ranges of instruments with about as many wanted months each."""
    bounds = marks.wanted_bounds(session)
    return [Share(first, last, *bounds) for first, last in _ranges(session)]


def _ranges(session: Session) -> Iterator[tuple[int, int]]:
    first, size, last = None, 0, 0
    for instrument_id, number in marks.wanted_counts(session):
        first, last, size = first or instrument_id, instrument_id, size + number
        if size >= SHARE:
            yield first, last
            first, size = None, 0
    if first is not None:
        yield first, last


def _roll_up_share(session: Session, share: Share, now: datetime) -> int:
    emptied(session)
    session.execute(cutting.choose(share))
    measured(session, SCOPE)
    session.execute(cutting.cut_bookings(share))
    session.execute(cutting.cut_closures())
    measured(session, ENTRY, SHUT)
    session.execute(crowding.find_crowded())
    session.execute(add_up(now))
    _judge_crowded(session, now)
    return int(session.execute(sa.select(sa.func.count()).select_from(SCOPE)).scalar_one())


def _judge_crowded(session: Session, now: datetime) -> None:
    """Where records lie over one another, read them and apply the law."""
    by_month: dict[str, list[int]] = defaultdict(list)
    for instrument_id, month in session.execute(sa.select(*CROWDED.columns)):
        by_month[month].append(instrument_id)
    for month, ids in by_month.items():
        for start in range(0, len(ids), READ_AT_ONCE):
            judged = judge(session, Period.parse(month), ids[start : start + READ_AT_ONCE])
            rows = [
                {
                    "instrument_id": instrument_id,
                    "month": month,
                    "computed_at": now,
                    **columns(each),
                }
                for instrument_id, each in judged.items()
            ]
            session.execute(sa.insert(InstrumentMonth), rows)


def columns(figures: MonthFigures) -> dict[str, int]:
    """Figures as the table keeps them."""
    water = figures.waterfall
    return {
        "calendar_seconds": water.calendar,
        "closed_seconds": water.closed,
        "maintenance_seconds": water.maintenance,
        "fault_seconds": water.fault,
        "open_seconds": water.open,
        "used_seconds": water.used,
        "booked_unused_seconds": water.booked_unused,
        "idle_seconds": water.idle,
        "effective_seconds": figures.effective,
        "external_seconds": figures.external,
        "bookings": figures.bookings,
        "missed": figures.missed,
        "uses": figures.uses,
        "samples": figures.samples,
        "faults": figures.faults,
        "income_fen": figures.income_fen,
    }
