"""How values read to people."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from booking.kernel.timespan import TimeSpan
from booking.reservations.states import State
from booking.training.states import SessionState
from booking.web import formats
from booking.web.blocks import BlockKind
from booking.web.i18n import speak
from booking.web.json import json_safe
from booking.web.words import code_of, words


@pytest.fixture(autouse=True)
def chinese():
    speak("zh_CN")
    yield
    speak("zh_CN")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


@pytest.mark.parametrize(
    ("start", "end", "zh", "en"),
    [
        (
            "2026-11-23T14:00",
            "2026-11-23T16:30",
            "11月23日 周一 14:00–16:30",
            "Mon 23 Nov 14:00–16:30",
        ),
        (
            "2026-11-23T22:00",
            "2026-11-24T00:00",
            "11月23日 周一 22:00–24:00",
            "Mon 23 Nov 22:00–24:00",
        ),
        (
            "2026-11-23T22:00",
            "2026-11-24T02:00",
            "11月23日 周一 22:00 – 11月24日 周二 02:00",
            "Mon 23 Nov 22:00 – Tue 24 Nov 02:00",
        ),
    ],
)
def test_spans(start, end, zh, en):
    span = TimeSpan(at(start), at(end))
    assert formats.span_text(span) == zh
    speak("en")
    assert formats.span_text(span) == en


def test_what_lasts_over_days_says_them_in_the_language_of_whoever_reads():
    long = TimeSpan(at("2026-11-24 11:50"), at("2026-11-25 18:00"))
    assert formats.hours_of_day(long) == "11月24日 周二 11:50 – 11月25日 周三 18:00"
    speak("en")
    assert formats.hours_of_day(long) == "Tue 24 Nov 11:50 – Wed 25 Nov 18:00"


def test_members_of_two_kinds_with_one_value_have_words_of_their_own():
    assert SessionState.CANCELLED.value == State.CANCELLED.value
    assert code_of(SessionState.CANCELLED) != code_of(State.CANCELLED)


def test_a_moment_is_no_span():
    span = TimeSpan(at("2026-11-23 21:54"), at("2026-11-23 21:54") + timedelta(seconds=20))
    assert formats.span_text(span) == "11月23日 周一 21:54"
    assert formats.hours_of_day(span) == "21:54"


def test_the_hours_of_more_than_a_day_say_the_days():
    night = TimeSpan(at("2026-11-23 22:00"), at("2026-11-24 02:00"))
    assert formats.hours_of_day(night) == "22:00–02:00"
    span = TimeSpan(at("2026-11-24 11:50"), at("2026-11-25 18:00"))
    assert formats.hours_of_day(span) == "11月24日 周二 11:50 – 11月25日 周三 18:00"


def test_another_year_is_named():
    assert formats.day_text(date(2025, 3, 1), this_year=2026) == "2025年3月1日 周六"


@pytest.mark.parametrize(
    ("fen", "text"), [(0, "0.00"), (123450, "1,234.50"), (-5, "−0.05"), (None, "—")]
)
def test_amounts(fen, text):
    assert formats.money_text(fen) == text


@pytest.mark.parametrize(
    ("language", "fen", "text"),
    [("zh_CN", 5, "0.05 元"), ("zh_CN", -5, "−0.05 元"), ("en", 5, "¥0.05"), ("en", -5, "−¥0.05")],
)
def test_amounts_with_their_currency(language, fen, text):
    speak(language)
    assert formats.yuan_text(fen) == text


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0, "0 分钟"), (45, "45 分钟"), (120, "2 小时"), (150, "2 小时 30 分钟"), (4320, "3 天")],
)
def test_lengths(minutes, text):
    assert formats.length_text(timedelta(minutes=minutes)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0.0"), (5400, "1.5"), (3600 * 1234, "1,234.0"), (179, "0.0"), (180, "0.1")],
)
def test_hours(seconds, text):
    assert formats.hours_figure(seconds) == text
    assert formats.hours_text(seconds) == f"{text.removesuffix('.0')} 小时"


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(Fraction(1, 3), "33.3%"), (Decimal("0.375"), "37.5%"), (None, "—"), (1, "100.0%")],
)
def test_ratios(ratio, text):
    assert formats.percent_text(ratio) == text


def test_codes_with_their_parameters():
    assert words("form.too_long", {"limit": 3}) == "最多 3 个字符"
    assert words("form.too_long") == "最多 … 个字符"
    assert words("never.heard_of") == "never.heard_of"
    assert words(BlockKind.OCCUPIED) == "已占用"
    speak("en")
    assert words(BlockKind.OCCUPIED) == "taken"


def test_parameters_leave_in_json_with_their_units():
    span = TimeSpan(at("2026-11-23T14:00"), at("2026-11-23T16:30"))
    assert json_safe(
        {
            "notice": timedelta(hours=2),
            "late": timedelta(seconds=90),
            "fee_fen": 1250,
            "span": span,
            "until": datetime(2026, 1, 1, tzinfo=UTC),
            "day": date(2026, 1, 1),
            "rate": Fraction(1, 3),
            "kinds": {BlockKind.FREE},
            "nothing": None,
        }
    ) == {
        "notice_minutes": 120,
        "late_seconds": 90,
        "fee": "12.50",
        "span": {"start": "2026-11-23T06:00:00Z", "end": "2026-11-23T08:30:00Z"},
        "until": "2026-01-01T00:00:00Z",
        "day": "2026-01-01",
        "rate": "1/3",
        "kinds": ["free"],
        "nothing": None,
    }
