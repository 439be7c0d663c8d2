"""What is to be handed in, by when, and how complete it is: the to-do list of who files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlmodel import Session

from booking.access.actor import Reach
from booking.kernel.clock import local
from booking.utilisation.queries.due_reports import (
    ReportingUnit,
    owners_of_valuables,
    owners_who_filed,
    owners_with_uses,
    units_reporting,
)
from booking.utilisation.report.filed import Line
from booking.utilisation.report.filed_lines import lines_of
from booking.utilisation.report.sj3 import Line as SheetLine
from booking.utilisation.report.sj3 import sheet_of
from booking.utilisation.report.templates import deadlines
from booking.utilisation.rules.deadlines import Deadline, last_ended
from booking.utilisation.rules.sheets import OF_THE_ZONE, Kind, Report

# Of so many providers the records are gone through for the list; the pages tell of the others.
COUNTED_AT_MOST: Final = 3


@dataclass(frozen=True, slots=True)
class Due:
    """One report that nobody has handed in; without counts where there are too many to count."""

    report: Report
    due: date
    unit: ReportingUnit | None
    incomplete: int | None
    records: int | None
    is_late: bool
    is_example: bool


@dataclass(frozen=True, slots=True)
class Open:
    """The reports of a deadline that are not handed in, by whose they are."""

    deadline: Deadline
    units: Sequence[ReportingUnit | None]
    report: Report


def due_reports(session: Session, reach: Reach, *, now: datetime) -> Sequence[Due]:
    """Those of everybody somebody files for, the soonest first."""
    units = units_reporting(session, reach)
    counts = len(units) <= COUNTED_AT_MOST
    found = [
        _due(session, one, unit, reach=reach, now=now, counts=counts)
        for one in open_reports(session, units, today=local(now).date(), zone=reach.everywhere)
        for unit in one.units
    ]
    return sorted(found, key=lambda one: (one.due, one.report.kind.value))


def _due(
    session: Session,
    one: Open,
    unit: ReportingUnit | None,
    *,
    reach: Reach,
    now: datetime,
    counts: bool,
) -> Due:
    owner = unit.id if unit else None
    report = Report(one.report.kind, owner, one.report.period)
    lines = _lines(session, report, reach=reach, now=now) if counts else None
    due = one.deadline.due(report.period)
    return Due(
        report=report,
        due=due,
        unit=unit,
        incomplete=None if lines is None else sum(bool(line.faults) for line in lines),
        records=None if lines is None else len(lines),
        is_late=local(now).date() > due,
        is_example=one.deadline.is_example,
    )


def _lines(
    session: Session, report: Report, *, reach: Reach, now: datetime
) -> Sequence[Line | SheetLine] | None:
    if report.owner is None:
        return None
    if report.kind is Kind.SJ3:
        return sheet_of(session, report.owner, report.period, reach=reach, now=now).lines
    return lines_of(session, report, reach=reach, now=now)


def open_reports(
    session: Session, units: Sequence[ReportingUnit], *, today: date, zone: bool
) -> Iterator[Open]:
    """By deadline, whose report of the period that ended last nobody has handed in."""
    for deadline in deadlines():
        period = last_ended(deadline.kind, today)
        filed = owners_who_filed(session, deadline.kind, period.code)
        waiting: list[ReportingUnit | None]
        if deadline.kind in OF_THE_ZONE:
            waiting = [None] if zone and units and None not in filed else []
        else:
            wanted = [unit for unit in units if unit.is_school or not deadline.schools_only]
            waiting = [unit for unit in wanted if unit.id not in filed]
        if deadline.kind in {Kind.SERVICE, Kind.SJ3}:
            ids = [unit.id for unit in waiting if unit]
            told = (
                owners_with_uses(session, period, ids)
                if deadline.kind is Kind.SERVICE
                else owners_of_valuables(session)
            )
            waiting = [unit for unit in waiting if unit and unit.id in told]
        yield Open(deadline, waiting, Report(deadline.kind, None, period))
