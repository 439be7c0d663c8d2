"""Bookings that come again: an RFC 5545 rule read, bounded, and spelt out.

A series lasts at most a year, so its days are walked one by one; no rule, however odd, costs more.
What a year has no use for (YEARLY, parts finer than a day, numbers of weeks) is refused by name.
"""

import calendar
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice, pairwise
from typing import Final

from booking.kernel.clock import LOCAL, local
from booking.kernel.errors import RulesBroken, Violation
from booking.kernel.timespan import TimeSpan

MOST: Final = 100
FURTHEST: Final = timedelta(days=366)
LONGEST_RULE: Final = 300
_DAY: Final = timedelta(days=1)
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BY_DAY: Final = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?\d{1,4}", re.ASCII)
_UNTIL: Final = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?", re.ASCII)
_UNBOUNDED: Final = Violation("series.unbounded")


class SeriesRuleRefused(RulesBroken):
    """No series comes of this rule: it cannot be read, has no end, or goes too far."""

    code = "series.rule_refused"


class Freq(StrEnum):
    """How long a period of the rule is."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


class Scope(StrEnum):
    """Which occurrences of a series a deed on one of them is about."""

    THIS = "this"
    FOLLOWING = "following"
    ALL = "all"


class OnConflict(StrEnum):
    """What becomes of a series of which some time cannot be had."""

    FAIL = "fail"
    SKIP = "skip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An RRULE as it was read; `until` is the last instant at which an occurrence may begin."""

    freq: Freq
    interval: int = 1
    count: int | None = None
    until: datetime | None = None
    # Weekdays from Monday, each with its place in the month, or 0 for every one.
    by_day: tuple[tuple[int, int], ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_month: tuple[int, ...] = ()
    by_place: tuple[int, ...] = ()
    week_starts: int = 0


def read_rule(text: str) -> Rule:
    """`FREQ=WEEKLY;BYDAY=MO,WE;COUNT=8`; refuses with the part that cannot be read or used."""
    parts = _parts(text)
    try:
        rule = Rule(
            freq=_freq(parts),
            interval=_number(parts, "INTERVAL", 366) or 1,
            count=_number(parts, "COUNT", 9999),
            until=_until(parts.get("UNTIL")),
            by_day=_by_day(parts),
            by_month_day=_numbers(parts, "BYMONTHDAY", 31),
            by_month=_numbers(parts, "BYMONTH", 12, least=1),
            by_place=_numbers(parts, "BYSETPOS", 31),
            week_starts=_WEEKDAYS.index(parts.get("WKST", "MO")),
        )
    except ValueError:
        raise _unreadable("WKST") from None
    _demand_sense(rule)
    return rule


def occurrences(first: TimeSpan, rule: Rule) -> tuple[TimeSpan, ...]:
    """Every occurrence in order, the first included; their time of day is the zone's.

    Refuses with everything that is wrong: no end, too many, too far, on top of each other, or a
    first one that the rule itself would not make.
    """
    found = tuple(islice(_spans(first, rule), MOST + 1))
    if broken := tuple(_faults(first, rule, found)):
        raise SeriesRuleRefused(broken)
    return found


def shifted(span: TimeSpan, before: TimeSpan, after: TimeSpan) -> TimeSpan:
    """An occurrence moved like another one was: by the same time, to the same length."""
    start = span.start + (after.start - before.start)
    return TimeSpan(start, start + after.length)


def _faults(first: TimeSpan, rule: Rule, found: Sequence[TimeSpan]) -> Iterator[Violation]:
    bound = first.start + FURTHEST
    if len(found) > MOST or (rule.count or 0) > MOST:
        yield Violation("series.too_many", {"most": MOST})
    elif (rule.until and rule.until > bound) or (rule.count and len(found) < rule.count):
        yield Violation("series.too_long", {"days": FURTHEST.days})
    if not found or found[0].start != first.start:
        yield Violation("series.first_off_rule")
    if any(one.end > following.start for one, following in pairwise(found)):
        yield Violation("series.overlaps")


def _spans(first: TimeSpan, rule: Rule) -> Iterator[TimeSpan]:
    begins = local(first.start)
    last = first.start + FURTHEST
    until = min(last, rule.until) if rule.until else last
    for day in islice(_days(rule, begins.date(), local(last).date()), rule.count):
        start = datetime.combine(day, begins.timetz()).astimezone(UTC)
        if start > until:
            return
        yield TimeSpan(start, start + first.length)


def _days(rule: Rule, first: date, last: date) -> Iterator[date]:
    """The days of the rule from the first on, in order."""
    for period in _periods(rule, first, last):
        fitting = [day for day in period if _fits(rule, day, first)]
        yield from (day for day in _placed(fitting, rule.by_place) if day >= first)


def _periods(rule: Rule, first: date, last: date) -> Iterator[list[date]]:
    begins = first
    if rule.freq is Freq.WEEKLY:
        begins -= _DAY * ((first.weekday() - rule.week_starts) % 7)
    elif rule.freq is Freq.MONTHLY:
        begins = first.replace(day=1)
    while begins <= last:
        length = {Freq.DAILY: 1, Freq.WEEKLY: 7}.get(rule.freq) or _month_length(begins)
        yield [begins + _DAY * n for n in range(length)]
        if rule.freq is Freq.MONTHLY:
            months = begins.year * 12 + begins.month - 1 + rule.interval
            begins = date(months // 12, months % 12 + 1, 1)
        else:
            begins += _DAY * length * rule.interval


def _fits(rule: Rule, day: date, first: date) -> bool:
    month = _month_length(day)
    if rule.by_month and day.month not in rule.by_month:
        return False
    if rule.by_month_day and not {day.day, day.day - month - 1} & set(rule.by_month_day):
        return False
    if rule.by_day:
        places = {0, (day.day - 1) // 7 + 1, -((month - day.day) // 7 + 1)}
        return any(day.weekday() == weekday and n in places for weekday, n in rule.by_day)
    if rule.freq is Freq.WEEKLY and not rule.by_month_day:
        return day.weekday() == first.weekday()
    if rule.freq is Freq.MONTHLY and not rule.by_month_day:
        return day.day == first.day
    return True


def _placed(days: list[date], places: tuple[int, ...]) -> list[date]:
    if not places:
        return days
    numbers = {n - 1 if n > 0 else len(days) + n for n in places}
    return [day for n, day in enumerate(days) if n in numbers]


def _month_length(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _parts(text: str) -> Mapping[str, str]:
    given = text.strip().upper().removeprefix("RRULE:").removesuffix(";")
    parts: dict[str, str] = {}
    for piece in given.split(";"):
        name, equals, value = piece.partition("=")
        if not equals or not value or name in parts:
            raise _unreadable(piece)
        if name not in _KNOWN:
            raise _refusal("series.part_unused", name)
        parts[name] = value
    return parts


_KNOWN: Final = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
)


def _freq(parts: Mapping[str, str]) -> Freq:
    given = parts.get("FREQ", "")
    if given not in set(Freq):
        raise _refusal("series.part_unused", f"FREQ={given}")
    return Freq(given)


def _number(parts: Mapping[str, str], name: str, most: int) -> int | None:
    if name not in parts:
        return None
    if not _NUMBER.fullmatch(parts[name]) or not 1 <= int(parts[name]) <= most:
        raise _unreadable(f"{name}={parts[name]}")
    return int(parts[name])


def _numbers(
    parts: Mapping[str, str], name: str, most: int, *, least: int | None = None
) -> tuple[int, ...]:
    given = parts.get(name, "")
    found = []
    for piece in given.split(",") if given else ():
        number = int(piece) if _NUMBER.fullmatch(piece) else 0
        if not number or not (-most if least is None else least) <= number <= most:
            raise _unreadable(f"{name}={given}")
        found.append(number)
    return tuple(found)


def _by_day(parts: Mapping[str, str]) -> tuple[tuple[int, int], ...]:
    given = parts.get("BYDAY", "")
    found = []
    for piece in given.split(",") if given else ():
        read = _BY_DAY.fullmatch(piece)
        if read is None:
            raise _unreadable(f"BYDAY={given}")
        found.append((_WEEKDAYS.index(read[2]), int(read[1] or 0)))
    return tuple(found)


def _until(given: str | None) -> datetime | None:
    """A day counts whole; a time without `Z` is the zone's."""
    if given is None:
        return None
    read = _UNTIL.fullmatch(given)
    try:
        if read is None:
            raise _unreadable(f"UNTIL={given}")
        day = datetime.strptime(read[1], "%Y%m%d").date()  # noqa: DTZ007 - a day, no moment
        clock = time.max
        if read[2]:
            clock = time(int(read[2][:2]), int(read[2][2:4]), int(read[2][4:]))
        zone = UTC if read[3] else LOCAL
        return datetime.combine(day, clock, zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _unreadable(f"UNTIL={given}") from None


def _demand_sense(rule: Rule) -> None:
    broken = []
    if rule.count is None and rule.until is None:
        broken.append(_UNBOUNDED)
    if rule.count is not None and rule.until is not None:
        broken.append(Violation("series.two_ends"))
    monthly = rule.freq is Freq.MONTHLY
    if not monthly and any(place for _, place in rule.by_day):
        broken.append(Violation("series.part_unused", {"part": "BYDAY"}))
    if rule.freq is Freq.WEEKLY and rule.by_month_day:
        broken.append(Violation("series.part_unused", {"part": "BYMONTHDAY"}))
    if not monthly and rule.by_place:
        broken.append(Violation("series.part_unused", {"part": "BYSETPOS"}))
    if broken:
        raise SeriesRuleRefused(broken)


def _unreadable(part: str) -> SeriesRuleRefused:
    return _refusal("series.unreadable", part)


def _refusal(code: str, part: str) -> SeriesRuleRefused:
    return SeriesRuleRefused([Violation(code, {"part": part[:60]})])
