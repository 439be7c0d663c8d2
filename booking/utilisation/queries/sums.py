"""The statement that adds up a share of the roll-up, where nothing lies over another.

There the shares follow from a few sums: bookings do not touch each other, a use touches only its
own booking, and neither touches a closure. `rules.waterfall` says what it must come to.
"""

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.sql.dml import Insert

from booking.db.expressions import instant, larger_of, smaller_of
from booking.instruments.models.calendar import ClosureKind
from booking.instruments.models.tables import HOURS, UNIT
from booking.instruments.models.unit import UnitKind
from booking.utilisation.models import InstrumentMonth
from booking.utilisation.queries.scratch import (
    CROWDED,
    DAY,
    ENTRY,
    MONTH,
    SCOPE,
    SHUT,
    WEEKDAYS,
)

Number = sa.ColumnElement[int]
DAY_SECONDS: Final = 86_400
OFFSET: Final = 8 * 3600
COUNTED: Final = ("effective", "bookings", "missed", "uses", "samples", "income_fen")


def add_up(now: datetime) -> Insert:
    """One row for every instrument and month of the share that is not crowded."""
    entries, within = _entries(), _entries_within_hours()
    hours, shut = _hours(), _shut_within_hours()
    faults, units = _faults(), _units()
    scope = SCOPE.join(MONTH, MONTH.c.month == SCOPE.c.month)
    for part in (entries, within, hours, shut, faults, units):
        scope = scope.outerjoin(part, _same(part))
    crowded = sa.exists().where(_same(CROWDED))

    def known(part: sa.Subquery, name: str) -> Number:
        return sa.func.coalesce(part.c[name], 0)

    many = known(units, "units")
    calendar = many * (MONTH.c.last - MONTH.c.first)
    fault, maintenance = (many * known(shut, kind) for kind in ("fault", "maintenance"))
    used = known(entries, "used")
    unused = known(entries, "booked") - known(entries, "both")
    taken = known(within, "used") + known(within, "booked") - known(within, "both")
    idle = many * (known(hours, "length") - known(shut, "any")) - taken
    values = {
        "instrument_id": SCOPE.c.instrument_id,
        "month": SCOPE.c.month,
        "calendar_seconds": calendar,
        "closed_seconds": calendar - fault - maintenance - used - unused - idle,
        "maintenance_seconds": maintenance,
        "fault_seconds": fault,
        "open_seconds": used + unused + idle,
        "used_seconds": used,
        "booked_unused_seconds": unused,
        "idle_seconds": idle,
        "effective_seconds": known(entries, "effective"),
        "external_seconds": known(entries, "external"),
        **{name: known(entries, name) for name in COUNTED[1:]},
        "faults": known(faults, "faults"),
        "computed_at": instant(now),
    }
    rows = sa.select(*values.values()).select_from(scope).where(sa.not_(crowded))
    return sa.insert(InstrumentMonth).from_select(list(values), rows)


def _same(part: sa.Subquery | sa.Table) -> sa.ColumnElement[bool]:
    return sa.and_(part.c.instrument_id == SCOPE.c.instrument_id, part.c.month == SCOPE.c.month)


def _sum(value: Number, name: str) -> sa.Label[int]:
    return sa.cast(sa.func.sum(value), sa.BigInteger).label(name)


def _shared(start: Number, end: Number) -> Number:
    return larger_of(end - start, 0)


def _both() -> tuple[Number, Number]:
    """Where a booking is being used."""
    return (
        larger_of(ENTRY.c.booked_from, ENTRY.c.used_from),
        smaller_of(ENTRY.c.booked_until, ENTRY.c.used_until),
    )


def _entries() -> sa.Subquery:
    owner = (ENTRY.c.instrument_id, ENTRY.c.month)
    return (
        sa.select(
            *owner,
            _sum(ENTRY.c.booked_until - ENTRY.c.booked_from, "booked"),
            _sum(ENTRY.c.used_until - ENTRY.c.used_from, "used"),
            _sum(_shared(*_both()), "both"),
            _sum(sa.case((ENTRY.c.is_external, ENTRY.c.effective), else_=0), "external"),
            *(_sum(ENTRY.c[name], name) for name in COUNTED),
        )
        .group_by(*owner)
        .subquery("entries")
    )


def _entries_within_hours() -> sa.Subquery:
    """Booked and used time inside opening hours."""
    owner = (ENTRY.c.instrument_id, ENTRY.c.month)

    def within(from_: Number, until: Number, name: str) -> sa.Label[int]:
        return _sum(_inside(from_, until), name)

    earliest = smaller_of(ENTRY.c.booked_from, ENTRY.c.used_from)
    latest = larger_of(ENTRY.c.booked_until, ENTRY.c.used_until)
    return (
        sa.select(
            *owner,
            within(ENTRY.c.booked_from, ENTRY.c.booked_until, "booked"),
            within(ENTRY.c.used_from, ENTRY.c.used_until, "used"),
            within(*_both(), "both"),
        )
        .select_from(_with_hours(ENTRY, earliest, latest))
        .group_by(*owner)
        .subquery("entries_within")
    )


def _with_hours(cut: sa.Table, start: Number, end: Number) -> sa.Join:
    """Records with the opening hours of every day that they touch.

    Outer joins, because they are made in the order written: from records to days to hours.
    """
    weekday = sa.case((cut.c.statutory_days, DAY.c.statutory), else_=DAY.c.weekday)
    hours = sa.and_(HOURS.c.instrument_id == cut.c.instrument_id, HOURS.c.weekday == weekday)
    days = DAY.c.number.between(_local_day(start), _local_day(end))
    return cut.outerjoin(DAY, days).outerjoin(HOURS, hours)


def _local_day(seconds: Number) -> Number:
    """The number of the local day of a moment; the zone has had one offset since 1991."""
    return sa.cast((seconds + OFFSET) // DAY_SECONDS, sa.Integer)


def _inside(start: Number, end: Number) -> Number:
    """What a span shares with a day's window."""
    opens = DAY.c.midnight + HOURS.c.opens * 60
    closes = DAY.c.midnight + HOURS.c.closes * 60
    shared = _shared(larger_of(start, opens), smaller_of(end, closes))
    return sa.case((HOURS.c.id.is_(None), 0), else_=shared)


def _hours() -> sa.Subquery:
    """All opening hours of the month."""
    owner = (SCOPE.c.instrument_id, SCOPE.c.month)
    days = sa.and_(
        WEEKDAYS.c.month == SCOPE.c.month,
        WEEKDAYS.c.statutory_days == SCOPE.c.statutory_days,
        WEEKDAYS.c.weekday == HOURS.c.weekday,
    )
    length = (HOURS.c.closes - HOURS.c.opens) * 60 * WEEKDAYS.c.days
    return (
        sa.select(*owner, _sum(length, "length"))
        .join(HOURS, HOURS.c.instrument_id == SCOPE.c.instrument_id)
        .join(WEEKDAYS, days)
        .group_by(*owner)
        .subquery("hours")
    )


def _shut_within_hours() -> sa.Subquery:
    """Opening hours lost to closures; outside them nothing is lost."""
    owner = (SHUT.c.instrument_id, SHUT.c.month)
    lost = _inside(SHUT.c.starts, SHUT.c.ends)

    def of(kind: ClosureKind) -> sa.Label[int]:
        return _sum(sa.case((SHUT.c.kind == kind.value, lost), else_=0), kind.value)

    return (
        sa.select(*owner, _sum(lost, "any"), of(ClosureKind.FAULT), of(ClosureKind.MAINTENANCE))
        .select_from(_with_hours(SHUT, SHUT.c.starts, SHUT.c.ends))
        .group_by(*owner)
        .subquery("shut")
    )


def _faults() -> sa.Subquery:
    owner = (SHUT.c.instrument_id, SHUT.c.month)
    return (
        sa.select(*owner, _sum(SHUT.c.begins, "faults"))
        .where(SHUT.c.kind == ClosureKind.FAULT.value)
        .group_by(*owner)
        .subquery("faults")
    )


def _units() -> sa.Subquery:
    """Places in service, and those taken out of service in months when they were booked."""
    busy = sa.exists().where(ENTRY.c.unit_id == UNIT.c.id, ENTRY.c.month == SCOPE.c.month)
    return (
        sa.select(SCOPE.c.instrument_id, SCOPE.c.month, sa.func.count(UNIT.c.id).label("units"))
        .join(UNIT, UNIT.c.instrument_id == SCOPE.c.instrument_id)
        .where(UNIT.c.kind == UnitKind.PLACE, sa.or_(UNIT.c.active, busy))
        .group_by(SCOPE.c.instrument_id, SCOPE.c.month)
        .subquery("units")
    )
