"""Reports as charts: the waterfall, the months as a curve, groups beside the national line."""

from collections.abc import Sequence
from fractions import Fraction

from booking.kernel.periods import Period
from booking.utilisation.report.pooled import Group
from booking.utilisation.report.unmet import UnmetReport
from booking.utilisation.rules.indicators import HOUR, Indicators
from booking.utilisation.rules.waterfall import Waterfall
from booking.utilisation.rules.week import Week
from booking.web.charts import Bar, Fill, Heat, Line, Step, bars, heat, line, waterfall
from booking.web.formats import hours_figure, percent_text, period_text, weekday_name
from booking.web.i18n import gettext


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


def beside_national(
    groups: Sequence[Group], *, national: int, months: int, external: bool
) -> tuple[Bar, ...]:
    """Average hours of each group; the line is the national average for as many months."""

    def average(of: Indicators) -> Fraction:
        return (of.average_external if external else of.average_effective) or Fraction(0)

    steps = [
        Step(
            group.name,
            average(group.indicators),
            hours_figure(int(average(group.indicators))),
            "accent",
        )
        for group in groups
    ]
    return bars(steps, mark=Fraction(national * HOUR * months, 12))


def months_as_curve(months: Sequence[tuple[Period, Indicators]]) -> Line:
    """Utilisation of open time, month by month."""
    return line(
        [
            (
                period_text(month.code),
                of.utilisation_open or Fraction(0),
                percent_text(of.utilisation_open),
            )
            for month, of in months
        ]
    )


def drawn_week(week: Week) -> Heat:
    """Weekdays by hours, coloured by how much of the open time was used."""

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

    rows = [(weekday_name(day), [cell(day, hour) for hour in range(24)]) for day in range(7)]
    return heat(rows, [str(hour) for hour in range(24)])


def drawn_unmet(report: UnmetReport) -> Heat:
    """Weekdays by hours, coloured by how much was wanted in vain."""

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

    rows = [(weekday_name(day), [cell(day, hour) for hour in range(24)]) for day in range(7)]
    return heat(rows, [str(hour) for hour in range(24)])


def ranked_unmet(report: UnmetReport, *, most: int) -> tuple[Bar, ...]:
    """The first of the ranking as bars."""
    return bars(
        [Step(r.name, r.lost.all, hours_figure(r.lost.all), "warn") for r in report.ranks[:most]]
    )
