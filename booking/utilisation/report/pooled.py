"""Reports: figures of a period, pooled by instrument, lab, organisation or district.

Read from the roll-up; what changed since is judged from the records on the spot, as long as it is
little, so that a report agrees with what its reader did a minute ago.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlmodel import Session

from booking.kernel.periods import Period
from booking.utilisation.queries.judging import judge
from booking.utilisation.queries.kept import (
    InstrumentInSight,
    Sight,
    instruments_in_sight,
    kept_months_of,
    kept_sums,
)
from booking.utilisation.queries.marks import marked_pairs, parts_by_whole, standing_marks
from booking.utilisation.report.standing import MANY, is_large, standing
from booking.utilisation.rules.indicators import Figures, Indicators, RatedHours, indicators
from booking.utilisation.rules.months import MonthFigures

# Instrument months judged on the spot; beyond, the report is as old as the last roll-up.
JUDGED_AT_MOST: Final = 1_000
MARKS_AT_MOST: Final = 5_000

Pair = tuple[int, str]
Ofs = dict[int, MonthFigures]


class By(StrEnum):
    """What a report pools by."""

    INSTRUMENT = "instrument"
    LAB = "lab"
    ORGANISATION = "organisation"
    DISTRICT = "district"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a report is about."""

    period: Period
    by: By
    sight: Sight = field(default_factory=Sight)
    rated: RatedHours = field(default_factory=RatedHours)


@dataclass(frozen=True, slots=True)
class Group:
    """One line of a report."""

    key: int | str
    name: str
    indicators: Indicators


@dataclass(frozen=True, slots=True)
class Report:
    """A period in lines, and all of it; `through` is the last month counted."""

    period: Period
    by: By
    groups: tuple[Group, ...]
    whole: Indicators
    through: Period
    up_to_date: bool


def waterfall_of(session: Session, asked: Asked, *, now: datetime, many: int = MANY) -> Report:
    """Figures of the months that have begun; of a period yet to come, what is booked.

    Of a zone with `many` instruments they are as old as the last roll-up.
    """
    if asked.by is By.INSTRUMENT or asked.sight != Sight() or not is_large(session, many=many):
        return _reckoned(session, asked, now=now)
    report = standing(session, asked, lambda: _reckoned(session, asked, now=now), now=now)
    changed = standing_marks(session, most=0) is None
    return replace(report, up_to_date=report.up_to_date and not changed)


def _reckoned(session: Session, asked: Asked, *, now: datetime) -> Report:
    months = counted_months(asked.period, now)
    seen = instruments_in_sight(session, asked.sight)
    figures, up_to_date = _figures(session, seen, months)
    counting = [each for each in seen if any(each.counts_in(month) for month in months)]
    members: dict[tuple[int | str, str], list[Figures]] = defaultdict(list)
    for each in counting:
        members[group_of(each, asked.by)].append(
            _as_counted(each, figures.get(each.id, MonthFigures()), asked)
        )
    groups = tuple(Group(key, name, indicators(of)) for (key, name), of in members.items())
    whole = indicators([one for of in members.values() for one in of])
    return Report(asked.period, asked.by, groups, whole, months[-1], up_to_date)


def by_month(session: Session, asked: Asked, *, now: datetime) -> list[tuple[Period, Indicators]]:
    """The same instruments month by month."""
    out = []
    for month in counted_months(asked.period, now):
        of_month = Asked(period=month, by=asked.by, sight=asked.sight, rated=asked.rated)
        out.append((month, waterfall_of(session, of_month, now=now).whole))
    return out


def counted_months(period: Period, now: datetime) -> Sequence[Period]:
    months = period.months()
    return [month for month in months if month.span.start <= now] or months


def group_of(each: InstrumentInSight, by: By) -> tuple[int | str, str]:
    """The key and name of the line that an instrument counts in."""
    match by:
        case By.INSTRUMENT:
            return each.id, each.name
        case By.LAB:
            return each.lab_id, each.lab_name
        case By.ORGANISATION:
            return each.organisation_id, each.organisation_name
        case By.DISTRICT:
            return each.district, each.district


def _as_counted(each: InstrumentInSight, found: MonthFigures, asked: Asked) -> Figures:
    return Figures(
        waterfall=found.waterfall,
        effective=found.effective,
        external=found.external,
        rated=asked.rated.seconds(asked.period, general=each.general, units=each.units),
        bookable=each.bookable,
        reservations=found.bookings,
        missed=found.missed,
        uses=found.uses,
        samples=found.samples,
        faults=found.faults,
        income_fen=found.income_fen,
    )


def _figures(
    session: Session, seen: Sequence[InstrumentInSight], months: Sequence[Period]
) -> tuple[Ofs, bool]:
    """Kept sums, with the months that changed since replaced."""
    codes = [month.code for month in months]
    kept = kept_sums(session, codes)
    sums = {instrument_id: figures for instrument_id, (figures, _) in kept.items()}
    in_sight = {each.id for each in seen}
    counted = {instrument_id: number for instrument_id, (_, number) in kept.items()}
    stale = _missing(session, seen, months=months, counted=counted)
    marks = standing_marks(session, most=MARKS_AT_MOST)
    if marks is not None:
        touched = marked_pairs(marks, months, in_sight, parts=parts_by_whole(session))
        stale |= {pair for pair in touched if pair[0] in in_sight}
    stale &= {(each.id, m.code) for each in seen for m in months if each.counts_in(m)}
    if marks is None or len(stale) > JUDGED_AT_MOST:
        return sums, False
    return _replaced(session, sums, stale), True


def _missing(
    session: Session,
    seen: Sequence[InstrumentInSight],
    *,
    months: Sequence[Period],
    counted: Mapping[int, int],
) -> set[Pair]:
    """Months of which nothing is kept yet."""
    expected = {each.id: {m.code for m in months if each.counts_in(m)} for each in seen}
    short = [key for key, codes in expected.items() if counted.get(key, 0) < len(codes)]
    if len(short) > JUDGED_AT_MOST:
        return {(key, code) for key in short for code in expected[key]}
    known = kept_months_of(session, short, [month.code for month in months])
    return {(key, code) for key in short for code in expected[key] if (key, code) not in known}


def _replaced(session: Session, sums: Ofs, stale: set[Pair]) -> Ofs:
    kept = kept_months_of(session, {key for key, _ in stale}, {code for _, code in stale})
    of_month: dict[str, list[int]] = defaultdict(list)
    for key, code in stale:
        of_month[code].append(key)
    out = dict(sums)
    for code, ids in of_month.items():
        for key, fresh in judge(session, Period.parse(code), ids).items():
            before = kept.get((key, code), MonthFigures())
            out[key] = out.get(key, MonthFigures()).plus(fresh).minus(before)
    return out
