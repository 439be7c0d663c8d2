"""Entries of the trail in words."""

import pytest

from booking.audit.report import told_changes
from booking.web.i18n import speak
from booking.web.words import cause_words


@pytest.fixture(autouse=True)
def chinese():
    speak("zh_CN")
    yield
    speak("zh_CN")


@pytest.mark.parametrize(
    ("subject", "field", "pair", "told"),
    [
        ("reservation:R1", "state", (None, "confirmed"), ("状态", "—", "已确认")),
        ("charge:C1", "amount", (None, "12.00"), ("金额（元）", "—", "12.00")),
        (
            "reservation:R1",
            "started_at",
            (None, "2026-11-23T01:36:59.5+00:00"),
            ("签到时间", "—", "11月23日 周一 09:36"),
        ),
        ("reservation:R1", "fee_fen", (0, 123450), ("费用（元）", "0.00", "1,234.50")),
        ("user:1", "role", (None, "operator lab:3"), ("角色", "—", "实验技术人员 lab:3")),
        ("organisation:1", "invitation", ("finance", None), ("邀请", "财务", "—")),
        ("calendar:2026", "state", ("", "unheard of"), ("状态", "—", "unheard of")),
        ("instrument:1", "tags", ([], ["a", "b"]), ("tags", "—", "a, b")),
    ],
)
def test_a_change_is_told_as_what_before_and_after(subject, field, pair, told):
    assert list(told_changes(subject, {field: pair})) == [told]


def test_the_clock_gives_its_reasons_in_the_readers_language():
    assert cause_words("nobody came") == "无人到场"
    assert cause_words("样品未按期完成") == "样品未按期完成"
    speak("en")
    assert cause_words("nobody came") == "nobody came"
