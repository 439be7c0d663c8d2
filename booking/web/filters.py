"""Jinja filters: values → what people read. The year shows only when it is not the present one."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum

from booking.kernel.clock import Clock, local
from booking.kernel.timespan import TimeSpan
from booking.web import formats
from booking.web.tones import tone
from booking.web.words import words

Filter = Callable[..., str]


def plain_filters() -> dict[str, Filter]:
    """Those that need nothing but the value."""
    return {
        "clock_time": formats.clock_text,
        "hours_of_day": formats.hours_of_day,
        "weekday": formats.weekday,
        "money": formats.money_text,
        "yuan": formats.yuan_text,
        "hours": formats.hours_text,
        "hours_figure": formats.hours_figure,
        "length": formats.length_text,
        "percent": formats.percent_text,
        "number": formats.count_text,
        "period": formats.period_text,
        "field_moment": formats.field_moment,
        "utc": formats.utc,
        "tone": tone,
        "words": _words,
    }


def dated_filters(clock: Clock) -> dict[str, Filter]:
    """Those that know which year it is."""

    def this_year() -> int:
        return local(clock.now()).year

    def local_time(moment: datetime) -> str:
        return formats.moment_text(moment, this_year=this_year())

    def local_day(day: date) -> str:
        known = local(day).date() if isinstance(day, datetime) else day
        return formats.day_text(known, this_year=this_year())

    def span(value: TimeSpan) -> str:
        return formats.span_text(value, this_year=this_year())

    return {"local_time": local_time, "local_day": local_day, "span": span}


def _words(
    code: str | Enum, family: str | None = None, params: Mapping[str, object] | None = None
) -> str:
    """`code|words`, `state_text|words("reservations.state")`, `code|words(params=…)`."""
    return words(f"{family}.{code}" if family else code, params)
