"""A year by its days, coloured by how much they were used, and when an instrument was broken."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from booking.kernel.periods import Period
from booking.utilisation.queries.behind import ClosureNamed
from booking.utilisation.rules.days import Spent
from booking.web.charts import Fill
from booking.web.formats import day_text, hours_figure, period_text, span_text
from booking.web.i18n import gettext
from booking.web.pictures import Day, Picture, Stretch, days, timeline

_LEVELS: Final = 5
_FILLS: Final[Mapping[str, Fill]] = {"fault": "danger", "maintenance": "warn"}


def drawn_days(
    spent: Mapping[date, Spent], months: Sequence[Period], leads: Callable[[date], str] | None
) -> Picture:
    """Weeks from left to right; behind it a table of the hours used, months by days, each of which
    leads to that day where there is a report on it."""
    every = [_day(on, spent[on]) for on in sorted(spent)]
    return days(
        every,
        months=[period_text(one.code) for one in _ends(months)],
        head=[gettext("Used hours"), *(str(number) for number in range(1, 32))],
        rows=[_month_row(spent, month) for month in months],
        links={
            (row, day.day): leads(day)
            for row, month in enumerate(months)
            for day in spent
            if leads and month.holds(day) and spent[day].open
        },
    )


def _day(on: date, water: Spent) -> Day:
    words = gettext("%(day)s, used %(used)s h of %(open)s h") % {
        "day": day_text(on),
        "used": hours_figure(water.used),
        "open": hours_figure(water.open),
    }
    if not water.open:
        return Day(on, None, words)
    return Day(on, -(-_LEVELS * water.used // water.open), words)


def _month_row(spent: Mapping[date, Spent], month: Period) -> list[str]:
    ordinals = range(month.first.toordinal(), month.first.toordinal() + 31)
    every = [date.fromordinal(one) for one in ordinals]
    return [
        period_text(month.code),
        *(
            hours_figure(spent[one].used) if month.holds(one) and one in spent else ""
            for one in every
        ),
    ]


def _ends(months: Sequence[Period]) -> Sequence[Period]:
    return months if len(months) <= 3 else (months[0], months[len(months) // 2], months[-1])


def drawn_faults(closures: Sequence[ClosureNamed], period: Period) -> Picture:
    """When it was broken or being maintained, on the line of the period."""
    shown = [one for one in closures if one.kind in _FILLS]
    words = {"fault": gettext("Fault"), "maintenance": gettext("Planned maintenance")}
    within = period.span

    def at(one: ClosureNamed) -> Stretch:
        clipped = one.span.clipped(within) or one.span
        title = f"{words[one.kind]} · {span_text(one.span)}"
        return Stretch(
            Fraction((clipped.start - within.start) / within.length),
            Fraction((clipped.end - within.start) / within.length),
            _FILLS[one.kind],
            title,
        )

    return timeline(
        [at(one) for one in shown],
        [period_text(month.code) for month in _ends(period.months())],
        [(_FILLS[kind], words[kind]) for kind in _FILLS],
        head=[gettext("When"), gettext("What"), gettext("Length (h)"), gettext("Reason")],
        rows=[
            [
                span_text(one.span),
                words[one.kind],
                hours_figure(int(one.span.length.total_seconds())),
                one.reason,
            ]
            for one in shown
        ],
    )
