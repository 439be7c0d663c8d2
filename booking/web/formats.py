"""How times, amounts and lengths read to people, in the language in force and local time."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from booking.kernel.clock import local
from booking.kernel.money import fen, half_up, yuan
from booking.kernel.timespan import TimeSpan
from booking.web.i18n import language

NOTHING: Final = "—"
_WEEKDAYS: Final = {
    "zh_CN": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
# A page says the same times again and again.
_MONTH: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_QUARTER: Final = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)
_ACADEMIC_YEAR: Final = re.compile(r"AY(\d{4})", re.ASCII)
_OWN_DAYS: Final = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})", re.ASCII)
_SPANS_OF_A_PAGE: Final = 4096
_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)


def weekday(day: date) -> str:
    """`周一`, `Mon`."""
    return weekday_name(day.weekday())


def weekday_name(number: int) -> str:
    """The same of a day of the week; Monday is 0."""
    return _WEEKDAYS[language()][number]


def month_name(day: date) -> str:
    """`10月`, `October`."""
    return _MONTHS[day.month - 1] if language() == "en" else f"{day.month}月"


def day_text(day: date, *, this_year: int | None = None) -> str:
    """`11月23日 周一`, `Mon 23 Nov`; with the year when it is another than `this_year`."""
    other_year = this_year is not None and day.year != this_year
    if language() == "en":
        year = f" {day.year}" if other_year else ""
        return f"{weekday(day)} {day.day} {_MONTHS[day.month - 1][:3]}{year}"
    year = f"{day.year}年" if other_year else ""
    return f"{year}{day.month}月{day.day}日 {weekday(day)}"


@lru_cache(maxsize=_SPANS_OF_A_PAGE)
def clock_text(moment: datetime) -> str:
    """`14:00`."""
    return f"{local(moment):%H:%M}"


def moment_text(moment: datetime, *, this_year: int | None = None) -> str:
    """`11月23日 周一 14:00`."""
    return f"{day_text(local(moment).date(), this_year=this_year)} {clock_text(moment)}"


def span_text(span: TimeSpan, *, this_year: int | None = None) -> str:
    """`11月23日 周一 14:00–16:30`; a span that ends at midnight ends at 24:00.

    Less than a minute is a moment.
    """
    first = local(span.start).date()
    start = moment_text(span.start, this_year=this_year)
    if first == _last_day(span):
        return start if _is_moment(span) else f"{start}–{_end_clock(span)}"
    return f"{start} – {day_text(_last_day(span), this_year=this_year)} {_end_clock(span)}"


def hours_of_day(span: TimeSpan) -> str:
    """`14:00–16:30`; what is longer than a day says its days."""
    return span_text(span) if span.length > _DAY else _hours(span)


@lru_cache(maxsize=_SPANS_OF_A_PAGE)
def _hours(span: TimeSpan) -> str:
    start = clock_text(span.start)
    return start if _is_moment(span) else f"{start}–{_end_clock(span)}"


def _is_moment(span: TimeSpan) -> bool:
    return span.length < _MINUTE and clock_text(span.start) == clock_text(span.end)


def _last_day(span: TimeSpan) -> date:
    return local(span.end - timedelta(microseconds=1)).date()


def _end_clock(span: TimeSpan) -> str:
    return "24:00" if local(span.end).date() != _last_day(span) else clock_text(span.end)


def length_text(length: timedelta) -> str:
    """`2 小时 30 分钟`, `2 h 30 min`; days when nothing smaller is left."""
    if length >= 2 * _DAY and not length % _DAY:
        return _unit(length // _DAY, "天", "days")
    hours, rest = divmod(length, _HOUR)
    parts = [_unit(hours, "小时", "h")] if hours else []
    if rest or not parts:
        parts.append(_unit(rest // _MINUTE, "分钟", "min"))
    return " ".join(parts)


def hours_text(length: timedelta | int) -> str:
    """`2.5 小时`, `2.5 h`, from a length or from seconds."""
    return _unit(hours_figure(length).removesuffix(".0"), "小时", "h")


def hours_figure(length: timedelta | int) -> str:
    """`1,234.0`: hours without their unit, for columns that name it in the head."""
    seconds = length // timedelta(seconds=1) if isinstance(length, timedelta) else length
    tenths = half_up(Fraction(seconds, 360))
    whole, tenth = divmod(abs(tenths), 10)
    return f"{'−' if tenths < 0 else ''}{whole:,}.{tenth}"


def _unit(number: int | str, zh: str, en: str) -> str:
    return f"{number} {en if language() == 'en' else zh}"


def money_text(amount_fen: int | None) -> str:
    """`1,234.50`."""
    if amount_fen is None:
        return NOTHING
    sign = "−" if amount_fen < 0 else ""
    whole, _, cents = yuan(abs(amount_fen)).partition(".")
    return f"{sign}{int(whole):,}.{cents}"


def mean_hours_text(seconds: Fraction | None) -> str:
    """Hours of an average, which there may be none of."""
    return NOTHING if seconds is None else hours_figure(half_up(seconds))


def fen_rate_text(fen_per_hour: Fraction | None) -> str:
    """`12.50`: yuan for each hour, rounded to the fen once."""
    return money_text(None if fen_per_hour is None else half_up(fen_per_hour))


def grouped(yuan_in_text: str) -> str:
    """`1,362.15` of `1362.15`, the way documents and the API write amounts."""
    return money_text(fen(yuan_in_text))


def yuan_text(amount_fen: int | None) -> str:
    """`1,234.50 元`, `¥1,234.50`, `−¥1,234.50`."""
    figures = money_text(amount_fen)
    if amount_fen is None:
        return figures
    if language() != "en":
        return f"{figures} 元"
    return f"−¥{figures[1:]}" if amount_fen < 0 else f"¥{figures}"


def myriads_text(amount_fen: int) -> str:
    """`34,120`: whole 万元, for figures of equipment."""
    return f"{half_up(Fraction(amount_fen, 1_000_000)):,}"


def percent_text(ratio: Decimal | Fraction | float | str | None, digits: int = 1) -> str:
    """`37.5%` of a ratio between 0 and 1, also one written as text (`0.375`)."""
    if ratio is None:
        return NOTHING
    scale = 10**digits
    scaled = half_up(Fraction(ratio) * 100 * scale)
    return f"{Decimal(scaled) / scale:,.{digits}f}%"


def count_text(number: int) -> str:
    """`1,386`."""
    return f"{number:,}"


def period_text(code: str) -> str:
    """A reporting period's code in words: `2026 年 10 月`, `October 2026`, `2026 年第 4 季度`,
    `2025–2026 学年`; others as they are."""
    if academic := _ACADEMIC_YEAR.fullmatch(code):
        first = int(academic[1])
        years = f"{first}–{first + 1}"
        return f"Academic year {years}" if language() == "en" else f"{years} 学年"
    if quarter := _QUARTER.fullmatch(code):
        year, number = quarter.groups()
        return f"Q{number} {year}" if language() == "en" else f"{year} 年第 {number} 季度"
    if own := _OWN_DAYS.fullmatch(code):
        return f"{own[1]} – {own[2]}"
    match = _MONTH.fullmatch(code)
    if match is None:
        return code
    year, month = match[1], int(match[2])
    return f"{_MONTHS[month - 1]} {year}" if language() == "en" else f"{year} 年 {month} 月"


def field_moment(moment: datetime) -> str:
    """`2026-11-23T14:00`, as `<input type=datetime-local>` wants it."""
    return f"{local(moment):%Y-%m-%dT%H:%M}"


def utc(moment: datetime) -> str:
    """For `<time datetime>`."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
