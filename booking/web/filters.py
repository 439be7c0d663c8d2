"""Jinja filters: values → what people read. The year shows only when it is not the present one."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from functools import wraps
from urllib.parse import urlsplit

from jinja2 import pass_context

from booking.kernel.clock import Clock, local
from booking.kernel.errors import Violation
from booking.kernel.timespan import TimeSpan
from booking.web import formats
from booking.web.agents import browser_text
from booking.web.i18n import language
from booking.web.tones import tone
from booking.web.words import cause_words, field_words, words

Filter = Callable[..., object]


def plain_filters() -> dict[str, Filter]:
    """Those that need nothing but the value."""
    return _asked_each_time(
        {
            "clock_time": formats.clock_text,
            "hours_of_day": formats.hours_of_day,
            "month_name": formats.month_name,
            "weekday": formats.weekday,
            "money": formats.money_text,
            "grouped": formats.grouped,
            "yuan": formats.yuan_text,
            "myriads": formats.myriads_text,
            "hours": formats.hours_text,
            "hours_figure": formats.hours_figure,
            "mean_hours": formats.mean_hours_text,
            "fen_rate": formats.fen_rate_text,
            "duration": formats.length_text,
            "percent": formats.percent_text,
            "number": formats.count_text,
            "period": formats.period_text,
            "field_moment": formats.field_moment,
            "utc": formats.utc,
            "tone": tone,
            "path_only": path_only,
            "browser": browser_text,
            "field_name": field_name,
            "cause": cause_words,
            "words": _words,
            "options": options,
            "localised": localised,
        }
    )


def localised(name: str, english: str) -> str:
    """A name as it is called in the reader's language; not everything has an English one."""
    return english if language() == "en" and english else name


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

    return _asked_each_time(
        {"local_time": local_time, "local_day": local_day, "span": span, "full_day": full_day}
    )


def _asked_each_time(filters: Mapping[str, Filter]) -> dict[str, Filter]:
    """Jinja reckons what it can of constants once; in whose language must not depend on who came
    first, and a filter that takes the context is left for each page.
    """
    return {name: _with_context(answer) for name, answer in filters.items()}


def _with_context(answer: Filter) -> Filter:
    @pass_context
    @wraps(answer)
    def asked(_context: object, *given: object, **named: object) -> object:
        return answer(*given, **named)

    return asked


def full_day(day: date) -> str:
    """With its year, whichever that is: for how long something is valid."""
    return formats.day_text(day, this_year=0)


def path_only(address: object) -> str:
    """The path and query of an address, so that a link cannot leave the house."""
    parts = urlsplit(str(address))
    path = "/" + parts.path.lstrip("/")
    return f"{path}?{parts.query}" if parts.query else path


def field_name(broken: Violation) -> str:
    """What the field of a form's violation is called."""
    return field_words(str(broken.params.get("field", "")))


def options(members: Iterable[Enum]) -> list[tuple[str, str]]:
    """Members of an enumeration as `ui.select` and `ui.choices` take them."""
    return [(str(member.value), words(member)) for member in members]


def _words(
    code: str | Enum, family: str | None = None, params: Mapping[str, object] | None = None
) -> str:
    """`code|words`, `state_text|words("reservations.state")`, `code|words(params=…)`."""
    return words(f"{family}.{code}" if family else code, params)
