"""Reports as charts: the waterfall, months beside the national lines, groups in their order."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from booking.utilisation.report.pooled import Group, MonthLine, Report
from booking.utilisation.report.unmet import UnmetReport
from booking.utilisation.rules.indicators import (
    HOUR,
    NATIONAL_EFFECTIVE_HOURS,
    NATIONAL_EXTERNAL_HOURS,
)
from booking.utilisation.rules.waterfall import Waterfall
from booking.utilisation.rules.week import Hour, Week
from booking.web.charts import Bar, Fill, Heat, Step, bars, heat, waterfall
from booking.web.formats import (
    count_text,
    fen_rate_text,
    hours_figure,
    mean_hours_text,
    percent_text,
    period_text,
    weekday_name,
)
from booking.web.i18n import gettext
from booking.web.pictures import Mark, Picture, Series, columns, stacked

# From an hour of the week to the address of what stands behind it.
Leads = Callable[[int, int], str]
_EVERY_HOUR: Final = [(day, hour) for day in range(7) for hour in range(24)]
# More bars than this tell nothing at a glance; the table has them all.
RANKED: Final = 30


def drawn_waterfall(water: Waterfall) -> tuple[Bar, ...]:
    """From the calendar down to idle time, each share hanging where it was taken off."""

    def step(label: str, seconds: int, fill: Fill, *, total: bool = False) -> Step:
        share = percent_text(Fraction(seconds, water.calendar)) if water.calendar else ""
        return Step(label, seconds, f"{hours_figure(seconds)} · {share}", fill, total)

    return waterfall(
        [
            step(gettext("Calendar time"), water.calendar, "soft", total=True),
            step(gettext("Closed"), water.closed, "idle"),
            step(gettext("Planned maintenance"), water.maintenance, "warn"),
            step(gettext("Fault"), water.fault, "danger"),
            step(gettext("Open time"), water.open, "busy", total=True),
            step(gettext("Used"), water.used, "accent"),
            step(gettext("Booked but unused"), water.booked_unused, "warn"),
            step(gettext("Idle"), water.idle, "idle"),
        ]
    )


def ranking(report: Report, *, external: bool) -> tuple[Bar, ...]:
    """Average hours of each group, the most first, beside the national average of as many months;
    where there are many, the first and the last of them with a gap between."""

    def average(group: Group) -> Fraction:
        of = group.indicators
        return (of.average_external if external else of.average_effective) or Fraction(0)

    ordered = sorted(report.groups, key=lambda group: (-average(group), group.name))
    left_out = len(ordered) - RANKED
    if left_out > 0:
        ordered = [*ordered[: RANKED // 2], *ordered[-(RANKED // 2) :]]
    steps = [
        Step(group.name, average(group), hours_figure(int(average(group))), "accent")
        for group in ordered
    ]
    national = NATIONAL_EXTERNAL_HOURS if external else NATIONAL_EFFECTIVE_HOURS
    mark = national * HOUR * report.months_counted / 12
    if left_out > 0:
        words = gettext("… %(count)s more between …") % {"count": count_text(left_out)}
        steps.insert(RANKED // 2, Step(words, 0, "", "idle"))
    return bars(steps, mark=mark)


def trend(months: Sequence[MonthLine]) -> Picture:
    """Average effective and external hours, month by month, beside the national averages.

    A month cut off by a period of one's own is drawn with its hours, so the lines, which are of
    whole months, are only drawn where all are whole.
    """

    def series(name: str, fill: Fill, seconds: Sequence[int]) -> Series:
        averages = [
            Fraction(total, line.instruments) if line.instruments else None
            for total, line in zip(seconds, months, strict=True)
        ]
        texts = [mean_hours_text(one) for one in averages]
        return Series(name, fill, averages, texts)

    def national(words: str, hours: int, fill: Fill) -> Mark:
        named = gettext("%(what)s, national average of 2025: %(hours)s h a year / 12")
        return Mark(named % {"what": words, "hours": hours}, Fraction(hours * HOUR, 12), fill)

    effective, external = gettext("Effective hours"), gettext("External hours")
    whole = all(line.piece.is_whole for line in months)
    marks = [
        national(effective, NATIONAL_EFFECTIVE_HOURS, "danger"),
        national(external, NATIONAL_EXTERNAL_HOURS, "warn"),
    ]
    return columns(
        _labels(months),
        [
            series(effective, "accent", [line.sums.effective for line in months]),
            series(external, "soft", [line.sums.external for line in months]),
        ],
        marks if whole else (),
        of=gettext("Month"),
        top_text="" if not whole else _top_text(months),
    )


def _top_text(months: Sequence[MonthLine]) -> str:
    """What the top of the scale is, should the national line be highest."""
    tallest = max(
        (Fraction(line.sums.effective, line.instruments) for line in months if line.instruments),
        default=Fraction(0),
    )
    return hours_figure(int(max(tallest, Fraction(NATIONAL_EFFECTIVE_HOURS * HOUR, 12))))


def inside_outside(months: Sequence[MonthLine]) -> Picture:
    """Whose the effective hours were, month by month: the owner's own people's, or others'."""

    def series(name: str, fill: Fill, seconds: Sequence[int]) -> Series:
        return Series(name, fill, seconds, [hours_figure(one) for one in seconds])

    inside = [line.sums.effective - line.sums.external for line in months]
    return stacked(
        _labels(months),
        [
            series(gettext("Users outside"), "accent", [line.sums.external for line in months]),
            series(gettext("The owner's own users"), "soft", inside),
        ],
        of=gettext("Month"),
    )


def per_hour(months: Sequence[MonthLine], *, with_subsidy: bool) -> Picture:
    """Income, and what programmes paid, for each effective hour."""

    def series(name: str, fill: Fill, fen: Sequence[int | None]) -> Series:
        rates = [
            None
            if amount is None or not line.sums.effective
            else Fraction(amount * HOUR) / line.sums.effective
            for amount, line in zip(fen, months, strict=True)
        ]
        return Series(name, fill, rates, [fen_rate_text(one) for one in rates])

    drawn = [
        series(gettext("Income per hour"), "accent", [line.sums.income_fen for line in months])
    ]
    if with_subsidy:
        paid = [line.subsidy_fen for line in months]
        drawn.append(series(gettext("Subsidy per hour"), "soft", paid))
    return columns(_labels(months), drawn, of=gettext("Month"))


def _labels(months: Sequence[MonthLine]) -> list[str]:
    return [period_text(line.code) for line in months]


def hour_words(weekday: int, hour: int) -> str:
    """An hour of the week as people read it."""
    return f"{weekday_name(weekday)} {hour:02d}:00"


def drawn_week(week: Week, leads: Leads) -> Heat:
    """Weekdays by hours, coloured by how much of the open time was used; each hour that was open
    leads to what stands behind it."""

    def cell(day: int, hour: int) -> tuple[Fraction, str]:
        water = week.at(day, hour)
        text = gettext(
            "%(weekday)s %(hour)s:00, used %(used)s h of %(open)s h, idle %(idle)s h"
        ) % {
            "weekday": weekday_name(day),
            "hour": f"{hour:02d}",
            "used": hours_figure(water.used),
            "open": hours_figure(water.open),
            "idle": hours_figure(water.idle),
        }
        return Fraction(water.used, water.open) if water.open else Fraction(0), text

    return _drawn(cell, [at for at in _EVERY_HOUR if week.at(*at).open], leads)


def _drawn(
    cell: Callable[[int, int], tuple[Fraction | int, str]], leading: Iterable[Hour], leads: Leads
) -> Heat:
    rows = [(weekday_name(day), [cell(day, hour) for hour in range(24)]) for day in range(7)]
    found = heat(rows, [str(hour) for hour in range(24)])
    return replace(found, links={at: leads(*at) for at in leading})


def drawn_unmet(report: UnmetReport, leads: Leads) -> Heat:
    """Weekdays by hours, coloured by how much was wanted in vain; each hour of which anything was
    leads to the requests."""

    def cell(day: int, hour: int) -> tuple[int, str]:
        lost = report.at(day, hour)
        text = gettext(
            "%(weekday)s %(hour)s:00, refused %(refused)s h, waited for %(waited)s h"
        ) % {
            "weekday": weekday_name(day),
            "hour": f"{hour:02d}",
            "refused": hours_figure(lost.refused),
            "waited": hours_figure(lost.waited),
        }
        return lost.all, text

    return _drawn(cell, report.by_hour, leads)


def ranked_unmet(report: UnmetReport, *, most: int) -> tuple[Bar, ...]:
    """The first of the ranking as bars."""
    return bars(
        [Step(r.name, r.lost.all, hours_figure(r.lost.all), "warn") for r in report.ranks[:most]]
    )
