"""Weekly opening hours as a Chinese reader writes them into one cell, and back.

周一至周五 08:30-12:00 13:30-17:30；周六 09:00-12:00
每天 全天        周五 22:00-次日06:00        周一、周三 08:00-12:00
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from booking.instruments.rules.opening import (
    DAY_MINUTES,
    Hours,
    clashing,
    clashing_night,
    clock_text,
)
from booking.kernel.errors import Violation

Week = Mapping[int, Sequence[Hours]]
_NAMES: Final = "一二三四五六日"
_GROUPS: Final = {
    **dict.fromkeys(("每天", "每日", "全周"), range(1, 8)),
    **dict.fromkeys(("工作日", "平日"), range(1, 6)),
    "周末": range(6, 8),
}
_PIECES: Final = re.compile(r"[;。\n]")
_DAYS: Final = re.compile(
    r"(?P<group>每天|每日|全周|工作日|平日|周末)"
    r"|(?:周|星期|礼拜)?(?P<first>[一二三四五六日天])"
    r"(?:\s*[-–—~至到]\s*(?:周|星期|礼拜)?(?P<last>[一二三四五六日天]))?"
)
_BETWEEN: Final = re.compile(r"[\s,、和及:]*")
_DASH: Final = re.compile(r"\s*[-–—~至到]\s*")
_APART: Final = re.compile(r"[\s,、和及]+")
_WINDOW: Final = re.compile(r"(\d{1,2}:\d{2})-(次日|第二天|翌日)?(\d{1,2}:\d{2})")
_ALL_DAY: Final = frozenset({"全天", "24小时", "24h", "24H"})
_CLOSED: Final = frozenset({"休息", "关闭", "不开放"})
_WHOLE_DAY: Final = Hours(0, DAY_MINUTES)
_SHOWN: Final = 60
_CLOCK: Final = len("08:30")


class Unreadable(ValueError):
    """Something in the cell says no hours."""

    def __init__(self, code: str, value: str) -> None:
        super().__init__(code)
        self.code, self.value = code, value


def read_week(text: str, *, field: str) -> dict[int, list[Hours]] | Violation:
    """The windows by weekday, or the first thing that is wrong with them."""
    try:
        return _week(unicodedata.normalize("NFKC", text))
    except Unreadable as fault:
        return Violation(fault.code, {"field": field, "value": fault.value[:_SHOWN]})


def _week(text: str) -> dict[int, list[Hours]]:
    week: dict[int, list[Hours]] = {}
    for piece in filter(None, map(str.strip, _PIECES.split(text))):
        days, rest = _days(piece)
        windows = _windows(rest, piece)
        for day in days:
            if day in week:
                raise Unreadable("import.hours_day_twice", f"周{_NAMES[day - 1]}")
            week[day] = windows
    if not any(week.values()):
        raise Unreadable("import.hours_none", text.strip())
    for day, windows in week.items():
        if clashing(windows):
            raise Unreadable("import.hours_clash", f"周{_NAMES[day - 1]}")
    if (night := clashing_night(week)) is not None:
        raise Unreadable("import.hours_night", f"周{_NAMES[night - 1]}")
    return {day: windows for day, windows in week.items() if windows}


def _days(piece: str) -> tuple[list[int], str]:
    """The weekdays that a piece begins with, and what it says of them."""
    days: list[int] = []
    at = 0
    while found := _DAYS.match(piece, at):
        days += _named(found)
        at = _BETWEEN.match(piece, found.end()).end()  # type: ignore[union-attr]  # may be empty
    if not days or _NAMES.find(piece[0]) >= 0:
        raise Unreadable("import.hours_no_days", piece)
    if len(set(days)) < len(days):
        raise Unreadable("import.hours_day_twice", piece)
    return days, piece[at:]


def _named(found: re.Match[str]) -> Sequence[int]:
    if group := found["group"]:
        return _GROUPS[group]
    first = _number(found["first"])
    last = _number(found["last"]) if found["last"] else first
    return [(first + n - 1) % 7 + 1 for n in range((last - first) % 7 + 1)]


def _number(name: str) -> int:
    return _NAMES.index(name.replace("天", "日")) + 1


def _windows(rest: str, piece: str) -> list[Hours]:
    texts = [text for text in _APART.split(_DASH.sub("-", rest.strip())) if text]
    if not texts:
        raise Unreadable("import.hours_no_window", piece)
    if len(texts) == 1 and texts[0] in _CLOSED:
        return []
    return [_window(text) for text in texts]


def _window(text: str) -> Hours:
    if text in _ALL_DAY:
        return _WHOLE_DAY
    found = _WINDOW.fullmatch(text)
    if found is None:
        raise Unreadable("import.hours_not_window", text)
    opens, next_day, closes = found.groups()
    try:
        hours = Hours.between(opens.zfill(_CLOCK), closes.zfill(_CLOCK))
    except ValueError as broken:
        raise Unreadable("import.hours_not_window", text) from broken
    says_more = next_day and not hours.over_midnight
    return Hours(hours.opens, hours.closes + DAY_MINUTES) if says_more else hours


def same_week(one: Week, other: Week) -> bool:
    """Whether two weeks have the same windows."""
    return _plain(one) == _plain(other)


def _plain(week: Week) -> dict[int, list[tuple[int, int]]]:
    return {
        day: sorted((h.opens, h.closes) for h in windows)
        for day, windows in week.items()
        if windows
    }


def written_week(week: Week) -> str:
    """What `read_week` gives back; neighbouring days with the same windows are one piece."""
    pieces = []
    days = [(day, tuple(sorted(week[day], key=lambda h: h.opens))) for day in sorted(week)]
    said = [(day, windows) for day, windows in days if windows]
    for windows, run in groupby(_runs(said), key=lambda one: one[1]):
        names = [_spelt(first, last) for first, _, last in run]
        pieces.append(f"{'、'.join(names)} {' '.join(map(_spelt_window, windows))}")
    return "；".join(pieces)


def _runs(
    said: Sequence[tuple[int, tuple[Hours, ...]]],
) -> Iterator[tuple[int, tuple[Hours, ...], int]]:
    """First day, windows, last day."""
    at = 0
    while at < len(said):
        first, windows = said[at]
        last = first
        while at + 1 < len(said) and said[at + 1] == (last + 1, windows):
            last, at = last + 1, at + 1
        yield first, windows, last
        at += 1


def _spelt(first: int, last: int) -> str:
    if (first, last) == (1, 7):
        return "每天"
    start = f"周{_NAMES[first - 1]}"
    return start if first == last else f"{start}至周{_NAMES[last - 1]}"


def _spelt_window(hours: Hours) -> str:
    if hours == _WHOLE_DAY:
        return "全天"
    next_day = "次日" if hours.over_midnight else ""
    return f"{clock_text(hours.opens)}-{next_day}{clock_text(hours.closes)}"
