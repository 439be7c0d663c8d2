"""What is recorded about some instruments in one month, for the law to judge."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.db.expressions import instant
from booking.instruments.models.calendar import ClosureKind
from booking.instruments.models.tables import CLOSURE, INSTRUMENT, POLICY, UNIT
from booking.instruments.models.tariff import stands
from booking.instruments.models.unit import UnitKind
from booking.instruments.queries.family import FAR, NEAR, whole_pairs
from booking.instruments.queries.layers import layers_between
from booking.instruments.queries.statutory import calendar_between
from booking.instruments.rules.opening import DayKind, Schedule, StatutoryCalendar, open_windows
from booking.kernel.periods import Period
from booking.kernel.timespan import TimeSpan, local_midnight
from booking.reservations.states import State
from booking.utilisation.queries.cutting import (
    BOOKED,
    BOOKING,
    CHARGE,
    EARNED,
    USE,
    closed_until,
    earned,
    finished_use,
)
from booking.utilisation.rules.months import BookingRecord, MonthRecord

# See queries/scratch.py: how far outside a month a booking that touches it may lie.
CHECKED_IN_EARLY: Final = timedelta(days=1)
CHECKED_OUT_LATE: Final = timedelta(days=7)
SHORT: Final = timedelta(days=2)

_EPOCH: Final = date(1970, 1, 1).toordinal()

Ids = Collection[int]


def month_records(
    session: Session, month: Period, instrument_ids: Ids
) -> Mapping[int, MonthRecord]:
    """Each instrument's units, opening hours, closures and bookings with their use."""
    found = records_of(session, [month], instrument_ids)
    return {instrument_id: found[instrument_id, month.code] for instrument_id in instrument_ids}


def records_of(
    session: Session, months: Sequence[Period], instrument_ids: Ids
) -> Mapping[tuple[int, str], MonthRecord]:
    """The same for months that follow one another, in as many statements as for one."""
    whole = Period(months[0].first, months[-1].until, "")
    units = _units(session, instrument_ids)
    closures = _closures(session, whole.span, instrument_ids)
    bookings = bookings_touching(session, whole.span, instrument_ids)
    schedules = _schedules(session, months, instrument_ids)

    def of_kind(instrument_id: int, kind: ClosureKind, span: TimeSpan) -> tuple[TimeSpan, ...]:
        return tuple(one for one in closures[instrument_id, kind] if one.overlaps(span))

    return {
        (one, month.code): MonthRecord(
            unit_ids=frozenset(units[one]),
            opening=open_windows(schedules[one, month.code], month.span),
            closures=of_kind(one, ClosureKind.OTHER, month.span),
            maintenance=of_kind(one, ClosureKind.MAINTENANCE, month.span),
            faults=of_kind(one, ClosureKind.FAULT, month.span),
            bookings=[each for each in bookings[one] if each.touches(month.span)],
        )
        for month in months
        for one in instrument_ids
    }


def _units(session: Session, ids: Ids) -> Mapping[int, list[int]]:
    asked = sa.select(UNIT.c.instrument_id, UNIT.c.id).where(
        UNIT.c.instrument_id.in_(ids), UNIT.c.kind == UnitKind.PLACE, UNIT.c.active
    )
    found: dict[int, list[int]] = defaultdict(list)
    for instrument_id, unit_id in session.execute(asked):
        found[instrument_id].append(unit_id)
    return found


def _closures(
    session: Session, span: TimeSpan, ids: Ids
) -> Mapping[tuple[int, ClosureKind], list[TimeSpan]]:
    """Its own, and those of what it is part of."""
    wholes = whole_pairs(NEAR.in_(ids), FAR.in_(ids))
    shut = sa.union_all(
        sa.select(INSTRUMENT.c.id.label("one"), INSTRUMENT.c.id.label("by")).where(
            INSTRUMENT.c.id.in_(ids)
        ),
        sa.select(wholes.c.part, wholes.c.whole),
    ).subquery("shut")
    asked = (
        sa.select(shut.c.one, CLOSURE.c.kind, CLOSURE.c.starts_at, closed_until().label("until"))
        .join(shut, shut.c.by == CLOSURE.c.instrument_id)
        .where(
            CLOSURE.c.starts_at < instant(span.end),
            closed_until() > instant(span.start),
            closed_until() > CLOSURE.c.starts_at,
        )
    )
    found: dict[tuple[int, ClosureKind], list[TimeSpan]] = defaultdict(list)
    for instrument_id, kind, start, end in session.execute(asked):
        found[instrument_id, kind].append(TimeSpan(start, end))
    return found


def bookings_touching(
    session: Session, span: TimeSpan, ids: Ids
) -> Mapping[int, list[BookingRecord]]:
    """By instrument what was booked or used in a span, and what the use came to."""
    asked = (
        sa.select(
            BOOKING.c.instrument_id,
            BOOKING.c.unit_id,
            BOOKING.c.starts_at,
            BOOKING.c.ends_at,
            BOOKING.c.state,
            BOOKING.c.external,
            USE.c.started_at,
            USE.c.ended_at,
            USE.c.settled_at,
            USE.c.preparation_minutes + USE.c.test_minutes + USE.c.post_minutes,
            USE.c.samples,
            EARNED,
            BOOKING.c.id,
        )
        .select_from(BOOKING.outerjoin(USE, finished_use()).outerjoin(CHARGE, earned()))
        .where(
            BOOKING.c.instrument_id.in_(ids),
            BOOKING.c.state.in_(BOOKED),
            BOOKING.c.starts_at < span.end + CHECKED_IN_EARLY,
            BOOKING.c.ends_at > span.start - CHECKED_OUT_LATE,
        )
    )
    found: dict[int, list[BookingRecord]] = defaultdict(list)
    for instrument_id, *columns in session.execute(asked):
        booking = _booking(columns)
        if booking.touches(span):
            found[instrument_id].append(booking)
    return found


def _booking(columns: Sequence[object]) -> BookingRecord:
    unit_id, start, end, state, external, came, left, settled, minutes, *counted = columns
    samples, income, reservation_id = counted
    assert isinstance(start, datetime)  # noqa: S101 - for the type checker
    assert isinstance(end, datetime)  # noqa: S101
    return BookingRecord(
        unit_id=_number(unit_id),
        booked=TimeSpan(start, end),
        missed=state is State.MISSED,
        external=bool(external),
        used=_used(came, left),
        ended_at=left if isinstance(left, datetime) else None,
        effective_seconds=_number(minutes) * 60 if settled else 0,
        samples=_number(samples),
        income_fen=_number(income),
        reservation_id=_number(reservation_id),
    )


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _used(came: object, left: object) -> TimeSpan | None:
    """A use that was ended at once took no time."""
    if isinstance(came, datetime) and isinstance(left, datetime) and came < left:
        return TimeSpan(came, left)
    return None


def _schedules(
    session: Session, months: Sequence[Period], ids: Ids
) -> Mapping[tuple[int, str], Schedule]:
    # The night before the month may last into it.
    first, last = months[0].first - timedelta(days=1), months[-1].last
    layers = layers_between(session, ids, first=first, last=last)
    calendar = calendar_between(session, first, last)
    policies = _policies(session, months[-1].span.end, ids)
    free = {month.code: _free_of_calendar(policies, month.span.end) for month in months}
    return {
        (one, code): replace(said, calendar=None if one in those else calendar).schedule
        for code, those in free.items()
        for one, said in layers.items()
    }


Followed = tuple[int, datetime, bool]


def _policies(session: Session, until: datetime, ids: Ids) -> Sequence[Followed]:
    """Whether policies before a moment follow the statutory calendar, the newest last."""
    asked = (
        sa.select(POLICY.c.instrument_id, POLICY.c.valid_from, POLICY.c.follows_statutory_calendar)
        .where(
            POLICY.c.instrument_id.in_(ids),
            POLICY.c.valid_from < instant(until),
            stands(POLICY),
        )
        .order_by(POLICY.c.valid_from)
    )
    return [(one, since, follows) for one, since, follows in session.execute(asked)]


def _free_of_calendar(policies: Sequence[Followed], until: datetime) -> frozenset[int]:
    """Instruments whose newest policy before a moment does not follow the statutory calendar."""
    free: set[int] = set()
    for instrument_id, since, follows in policies:
        if since < until:
            (free.discard if follows else free.add)(instrument_id)
    return frozenset(free)


def month_facts(month: Period) -> dict[str, object]:
    """A month as a row of the scratch table."""
    span = month.span
    return {
        "month": month.code,
        "starts_at": span.start,
        "ends_at": span.end,
        "first": int(span.start.timestamp()),
        "last": int(span.end.timestamp()),
        "day_before": month.first - timedelta(days=1),
        "last_day": month.last,
        "short_from": span.start - CHECKED_OUT_LATE - SHORT,
        "booked_until": span.end + CHECKED_IN_EARLY,
        "ended_from": span.start - CHECKED_OUT_LATE,
    }


def day_facts(month: Period, calendar: StatutoryCalendar) -> list[dict[str, object]]:
    """The days of a month as rows of the scratch table."""
    out: list[dict[str, object]] = []
    for ordinal in range(month.first.toordinal(), month.until.toordinal()):
        day = date.fromordinal(ordinal)
        out.append(
            {
                "number": ordinal - _EPOCH,
                "month": month.code,
                "midnight": int(local_midnight(day).timestamp()),
                "weekday": day.isoweekday(),
                "statutory": statutory_weekday(day, calendar),
            }
        )
    return out


def weekday_facts(days: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """How many days of each month have which weekday's hours, on the wall and by the calendar."""
    counted = Counter(
        (day["month"], statutory, day["statutory" if statutory else "weekday"])
        for day in days
        for statutory in (False, True)
    )
    return [
        {"month": month, "statutory_days": statutory, "weekday": weekday, "days": number}
        for (month, statutory, weekday), number in counted.items()
    ]


def statutory_weekday(day: date, calendar: StatutoryCalendar) -> int:
    """The weekday whose hours a day has; 0 on holidays and where nobody knows."""
    if day.year not in calendar.years:
        return 0
    match calendar.days.get(day):
        case DayKind.HOLIDAY:
            return 0
        case DayKind.MAKEUP_WORKDAY:
            return 1
        case _:
            return day.isoweekday()
