"""What instruments, their labs and the zone say about when they are open."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.instruments.models.tables import (
    EXCEPTION,
    HOURS,
    INSTRUMENT,
    LAB_DAY,
    LAB_HOURS,
    ZONE_DAY,
)
from booking.instruments.rules.layers import DayRow, DaySaid, Layer, Layers, WeekRow

_OF_INSTRUMENT: Final = HOURS.c.instrument_id == INSTRUMENT.c.id
_OF_LAB: Final = LAB_HOURS.c.lab_id == INSTRUMENT.c.lab_id


def layers_between(
    session: Session, ids: Collection[int], *, first: date, last: date
) -> Mapping[int, Layers]:
    """What is said about some instruments' days from one to another, in five statements.

    The statutory calendar is not part of it: who follows it, the policy says.
    """
    here = INSTRUMENT.c.id.in_(ids)
    own = EXCEPTION.c.instrument_id == INSTRUMENT.c.id
    lab = LAB_DAY.c.lab_id == INSTRUMENT.c.lab_id
    own_weeks = _weeks(session, HOURS, _OF_INSTRUMENT & here)
    lab_weeks = _weeks(session, LAB_HOURS, _OF_LAB & here)
    own_days = _days(session, EXCEPTION, own & here & EXCEPTION.c.day.between(first, last))
    lab_days = _days(session, LAB_DAY, lab & here & LAB_DAY.c.day.between(first, last))
    zone = Layer(days=zone_days(session, first, last))
    return {
        one: Layers(
            own=Layer.of(own_weeks.get(one, ()), own_days.get(one, ())),
            lab=Layer.of(lab_weeks.get(one, ()), lab_days.get(one, ())),
            zone=zone,
        )
        for one in ids
    }


def zone_days(session: Session, first: date, last: date) -> Mapping[date, DaySaid]:
    """The days from one to another on which the whole zone differs."""
    asked = sa.select(ZONE_DAY.c.day, ZONE_DAY.c.opens, ZONE_DAY.c.closes, ZONE_DAY.c.reason)
    rows = session.execute(
        asked.where(ZONE_DAY.c.day.between(first, last)).order_by(ZONE_DAY.c.day, ZONE_DAY.c.opens)
    )
    return Layer.of(days=[_day(row) for row in rows]).days


def _weeks(
    session: Session, table: sa.Table, which: sa.ColumnElement[bool]
) -> Mapping[int, list[WeekRow]]:
    asked = sa.select(INSTRUMENT.c.id, table.c.weekday, table.c.opens, table.c.closes)
    rows = asked.select_from(INSTRUMENT.join(table, sa.true())).where(which)
    found: dict[int, list[WeekRow]] = {}
    for one, weekday, opens, closes in session.execute(
        rows.order_by(table.c.weekday, table.c.opens)
    ):
        found.setdefault(one, []).append((weekday, opens, closes))
    return found


def _days(
    session: Session, table: sa.Table, which: sa.ColumnElement[bool]
) -> Mapping[int, list[DayRow]]:
    asked = sa.select(table.c.day, table.c.opens, table.c.closes, table.c.reason, INSTRUMENT.c.id)
    rows = asked.select_from(INSTRUMENT.join(table, sa.true())).where(which)
    found: dict[int, list[DayRow]] = {}
    for row in session.execute(rows.order_by(table.c.day, table.c.opens)):
        found.setdefault(row.id, []).append(_day(row))
    return found


def _day(row: sa.Row[Any]) -> DayRow:
    return row.day, row.opens, row.closes, row.reason
