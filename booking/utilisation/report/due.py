"""What is to be handed in, by when, and how complete it is: the to-do list of who files."""

from collections.abc import Collection, Iterator, Sequence
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
    owners_who_filed_before,
    owners_with_uses,
    units_reporting,
)
from booking.utilisation.queries.single_uses import NothingGranted
from booking.utilisation.report.filed import Line
from booking.utilisation.report.filed_lines import drawn_up
from booking.utilisation.report.filing import corrections_of
from booking.utilisation.report.sj3 import Line as SheetLine
from booking.utilisation.report.sj3 import sheet_of
from booking.utilisation.report.templates import deadlines
from booking.utilisation.rules.deadlines import Deadline, last_ended
from booking.utilisation.rules.sheets import OF_THE_ZONE, Kind, Report

# Of so many providers the records are gone through for the list; the pages tell of the others.
COUNTED_AT_MOST: Final = 3
# Of so many that have nothing new to tell it is looked whether something earlier changed.
LOOKED_AT_MOST: Final = 20
_NOTHING: Final = NothingGranted()


@dataclass(frozen=True, slots=True)
class Due:
    """One report that nobody has handed in; without counts where there are too many to count."""

    report: Report
    due: date
    unit: ReportingUnit | None
    incomplete: int | None
    records: int | None
    # What records say otherwise by now than was handed in of earlier periods.
    corrections: int | None
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
    waiting = open_reports(
        session, units, now=now, zone=reach.everywhere, looked_at_most=LOOKED_AT_MOST
    )
    found = [
        _due(session, one, unit, reach=reach, now=now, counts=counts)
        for one in waiting
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
        corrections=_corrections(session, report, reach, now=now) if lines == [] else None,
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
    return drawn_up(session, report, reach=reach, now=now, grants=_NOTHING).lines


def _corrections(session: Session, report: Report, reach: Reach, *, now: datetime) -> int | None:
    """For whoever files it: of single labs it is not told."""
    if not (reach.everywhere or report.owner in reach.organisation_ids):
        return None
    return sum(1 for _ in corrections_of(session, report, now=now))


def open_reports(
    session: Session,
    units: Sequence[ReportingUnit],
    *,
    now: datetime,
    zone: bool,
    looked_at_most: int | None = None,
) -> Iterator[Open]:
    """By deadline, whose report of the period that ended last nobody has handed in."""
    today = local(now).date()
    for deadline in deadlines():
        period = last_ended(deadline.kind, today)
        filed = owners_who_filed(session, deadline.kind, period.code)
        waiting: list[ReportingUnit | None]
        if deadline.kind in OF_THE_ZONE:
            waiting = [None] if zone and units and None not in filed else []
        else:
            wanted = [unit for unit in units if unit.is_school or not deadline.schools_only]
            waiting = [unit for unit in wanted if unit.id not in filed]
        report = Report(deadline.kind, None, period)
        if deadline.kind is Kind.SJ3:
            valuable = owners_of_valuables(session)
            waiting = [unit for unit in waiting if unit and unit.id in valuable]
        if deadline.kind is Kind.SERVICE:
            ids = [unit.id for unit in waiting if unit]
            told = _owners_with_something(session, report, ids, now=now, most=looked_at_most)
            waiting = [unit for unit in waiting if unit and unit.id in told]
        yield Open(deadline, waiting, report)


def _owners_with_something(
    session: Session, report: Report, ids: Sequence[int], *, now: datetime, most: int | None
) -> Collection[int | None]:
    """Whose instruments were used, or who has to correct what was told of the time before."""
    period = report.period
    used = owners_with_uses(session, period, ids)
    earlier = owners_who_filed_before(session, report.kind, period.code)
    quiet = [one for one in ids if one in earlier and one not in used]
    corrects = {
        one
        for one in quiet[:most]
        if any(corrections_of(session, Report(report.kind, one, period), now=now))
    }
    return used | corrects
