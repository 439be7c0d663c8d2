"""Advice for the instruments in sight: their figures, what was wanted of them, what else idles."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from typing import Final

from sqlmodel import Session

from booking.kernel.clock import local
from booking.kernel.periods import Period
from booking.kernel.timespan import TimeSpan
from booking.utilisation.queries.kept import (
    InstrumentInSight,
    Sight,
    ids_in_sight,
    instruments_in_sight,
)
from booking.utilisation.queries.promised import PromiseSource
from booking.utilisation.queries.recorded import month_records
from booking.utilisation.queries.uses import Uses, classes_of, uses_in
from booking.utilisation.report.pooled import Asked, By, Group, waterfall_of
from booking.utilisation.report.unmet import hours_of, sums_of, wishes_in_sight
from booking.utilisation.rules.advice import Advice, Record, Sibling, Thresholds, advice_from
from booking.utilisation.rules.indicators import HOUR
from booking.utilisation.rules.pieces import counted_pieces
from booking.utilisation.rules.unmet import Adds, Sum, Wanted, within
from booking.utilisation.rules.week import Hour, Week, week_of

# Instruments whose hours of the week are looked at: those of which most was wanted in vain.
LOOKED_AT: Final = 40
_WEEK: Final = 7 * 86_400

ByHour = Mapping[int, Mapping[Hour, Sum]]
Weeks = Mapping[int, Week]


@dataclass(frozen=True, slots=True)
class AdviceReport:
    """What is advised, from how many instruments, and by which thresholds."""

    period: Period
    thresholds: Thresholds
    advice: list[Advice]
    instruments: int
    up_to_date: bool
    # What instruments are called on English pages, as far as they have such a name.
    english: Mapping[int, str] = field(default_factory=dict)


def advice_in_sight(
    session: Session,
    asked: Asked,
    thresholds: Thresholds,
    *,
    promises: PromiseSource,
    now: datetime,
) -> AdviceReport:
    """What the figures of a period advise for the instruments in sight, and promises that run."""
    asked = replace(asked, by=By.INSTRUMENT)
    figures = waterfall_of(session, asked, now=now)
    groups = figures.groups
    adds = within(asked.period.span, wishes_in_sight(session, asked))
    lost = sums_of(adds)
    classes = classes_of(session, Sight(reach=asked.sight.reach))
    wanted = _most_wanted(lost, thresholds)
    alike = _alike(wanted, classes)
    looked_at = {*wanted, *(key for keys in alike.values() for key in keys)}
    weeks = _weeks(session, asked, looked_at, now=now)
    by_hour = _by_hour(adds, looked_at, span=asked.period.span)
    uses = uses_in(session, asked.sight, asked.period.span)
    lasted = _weeks_so_far(asked.period, now)
    names = _names(session, asked, looked_at)
    promised = promises.promised(session, ids_in_sight(asked.sight), local(now).date())
    records = [
        replace(
            _record(group, uses.get(int(group.key), Uses()), weeks=lasted),
            lost=lost.get(int(group.key), Sum()),
            by_hour=by_hour.get(int(group.key), {}),
            opens=_opens(weeks.get(int(group.key))),
            promised=tuple(promised.get(int(group.key), ())),
            siblings=tuple(
                Sibling(key, names[key].name, _idle(weeks[key]))
                for key in alike.get(int(group.key), ())
                if key in weeks and key in names
            ),
        )
        for group in groups
    ]
    advice = advice_from(records, thresholds)
    english = {key: one.name_en for key, one in names.items()}
    english |= {int(group.key): group.name_en for group in groups}
    return AdviceReport(asked.period, thresholds, advice, len(groups), figures.up_to_date, english)


def _most_wanted(lost: Mapping[int, Sum], thresholds: Thresholds) -> list[int]:
    """Of which enough was wanted in vain, the most first."""
    least = thresholds.least_hours * HOUR
    enough = [key for key, sum_ in lost.items() if sum_.all >= least]
    return sorted(enough, key=lambda key: (-lost[key].all, key))[:LOOKED_AT]


def _by_hour(adds: Adds, ids: Collection[int], *, span: TimeSpan) -> ByHour:
    """What was wanted of some instruments by hour of the week."""
    own: dict[int, list[Wanted]] = {key: [] for key in ids}
    for one in adds.wanted:
        if one.instrument_id in own:
            own[one.instrument_id].append(one)
    return {key: hours_of(some, span) for key, some in own.items()}


def _alike(wanted: Collection[int], classes: Mapping[int, str]) -> Mapping[int, list[int]]:
    """Others of the same class, as far as they are looked at."""
    of_class: dict[str, list[int]] = defaultdict(list)
    for key, code in classes.items():
        of_class[code].append(key)
    some = {
        key: [other for other in of_class[classes[key]] if other != key]
        for key in wanted
        if key in classes
    }
    most = LOOKED_AT // max(len(some), 1)
    return {key: others[: max(most, 1)] for key, others in some.items()}


def _weeks(session: Session, asked: Asked, ids: Collection[int], *, now: datetime) -> Weeks:
    """How their hours of the week went in the last counted month that is over, if one is."""
    months = [piece.month for piece in counted_pieces(asked.period, now)]
    over = [month for month in months if month.span.end <= now]
    month = (over or months)[-1]
    records = month_records(session, month, sorted(ids)) if ids else {}
    return {key: week_of(month.span, record.units().values()) for key, record in records.items()}


def _names(session: Session, asked: Asked, ids: Collection[int]) -> Mapping[int, InstrumentInSight]:
    if not ids:
        return {}
    seen = instruments_in_sight(session, Sight(reach=asked.sight.reach))
    return {one.id: one for one in seen if one.id in ids and one.bookable}


def _weeks_so_far(period: Period, now: datetime) -> Fraction:
    span = period.span
    lasted = (min(span.end, now) - span.start).total_seconds()
    return Fraction(int(lasted), _WEEK) if lasted > 0 else Fraction(0)


def _record(group: Group, uses: Uses, *, weeks: Fraction) -> Record:
    of = group.indicators
    return Record(
        id=int(group.key),
        name=group.name,
        weeks=weeks,
        open=of.waterfall.open,
        taken=of.waterfall.used + of.waterfall.booked_unused,
        external=of.external,
        reservations=of.reservations,
        missed=of.missed,
        faults=of.faults,
        fault=of.waterfall.fault,
        uses=uses.count,
        booked_for_uses=uses.booked,
        used=uses.used,
    )


def _opens(week: Week | None) -> frozenset[Hour] | None:
    """The hours of the week in which it was open more often than not, but for faults and works."""
    if week is None:
        return None
    every = [(day, hour) for day in range(7) for hour in range(24)]
    return frozenset(at for at in every if week.at(*at).closed * 2 < week.at(*at).calendar)


def _idle(week: Week) -> Mapping[Hour, Fraction]:
    every = [(day, hour) for day in range(7) for hour in range(24)]
    waters = {at: week.at(*at) for at in every}
    return {at: Fraction(one.idle, one.calendar) for at, one in waters.items() if one.calendar}
