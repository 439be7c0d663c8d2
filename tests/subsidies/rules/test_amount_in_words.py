"""大写金额: what is written is read back by somebody else as the same amount."""

import random
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from booking.kernel.money import fen
from booking.subsidies.rules.amount_in_words import amount_in_words
from tests.subsidies.rules.reading_words import NotWellWritten, read_amount

LARGEST = 2**63 - 1
ROUND_TRIPS = 200_000

CASES = [
    # From the rules of writing and their sources.
    ("1409.50", "壹仟肆佰零玖元伍角整"),
    ("6007.14", "陆仟零柒元壹角肆分"),
    ("107000.53", "壹拾万柒仟元零伍角叁分"),
    ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
    ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
    ("325.04", "叁佰贰拾伍元零肆分"),
    ("100.05", "壹佰元零伍分"),
    ("300702.23", "叁拾万零柒佰零贰元贰角叁分"),
    ("9000800.00", "玖佰万零捌佰元整"),
    ("123456789.01", "壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元零壹分"),
    # Nothing, less than a yuan, less than nothing.
    ("0.00", "零元整"),
    ("0.05", "伍分"),
    ("0.50", "伍角整"),
    ("0.55", "伍角伍分"),
    ("-0.01", "负壹分"),
    ("-12.30", "负壹拾贰元叁角整"),
    ("-107000.53", "负壹拾万柒仟元零伍角叁分"),
    # 壹拾, never 拾, at the head.
    ("10.00", "壹拾元整"),
    ("10.10", "壹拾元零壹角整"),
    ("11.00", "壹拾壹元整"),
    ("100000.00", "壹拾万元整"),
    # Around 万 and 亿.
    ("9999.99", "玖仟玖佰玖拾玖元玖角玖分"),
    ("10000.00", "壹万元整"),
    ("10001.00", "壹万零壹元整"),
    ("10010.01", "壹万零壹拾元零壹分"),
    ("11000.00", "壹万壹仟元整"),
    ("99999999.99", "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ("100000000.00", "壹亿元整"),
    ("100000001.00", "壹亿零壹元整"),
    ("100010000.00", "壹亿零壹万元整"),
    ("110000000.00", "壹亿壹仟万元整"),
    ("100001000.00", "壹亿零壹仟元整"),
    ("1000000000000.00", "壹万亿元整"),
    ("1000100000000.00", "壹万零壹亿元整"),
    ("1234500000000.00", "壹万贰仟叁佰肆拾伍亿元整"),
]


@pytest.mark.parametrize(("amount", "words"), CASES)
def test_amounts_are_written_as_the_rules_want(amount, words):
    assert amount_in_words(fen(amount)) == f"人民币{words}"
    assert read_amount(f"人民币{words}") == fen(amount)


@pytest.mark.parametrize(
    "words",
    [
        "人民币拾元整",
        "人民币壹元",
        "人民币壹元壹分整",
        "人民币壹仟零零壹元整",
        "人民币壹仟壹元整",
        "人民币壹万壹元整",
        "人民币壹亿零元整",
        "人民币壹元零壹角整",
        "人民币零元壹角整",
        "人民币负零元整",
        "人民币壹佰壹仟元整",
        "壹元整",
    ],
)
def test_the_reader_refuses_what_is_not_well_written(words):
    with pytest.raises(NotWellWritten):
        read_amount(words)


@given(st.integers(-LARGEST, LARGEST))
@example(LARGEST)
@example(-LARGEST)
def test_what_is_written_is_read_back(amount):
    assert read_amount(amount_in_words(amount)) == amount


@pytest.mark.slow
def test_two_hundred_thousand_amounts_are_read_back():
    wrong = [amount for amount in _amounts() if read_amount(amount_in_words(amount)) != amount]
    assert wrong == []


def _amounts() -> Iterator[int]:
    """Of every length alike, half of them full of zeros, where writing goes wrong."""
    chance = random.Random(20260101)
    for at in range(ROUND_TRIPS):
        digits = chance.choices(
            "0123456789", weights=(9, *(1,) * 9) if at % 2 else None, k=chance.randint(1, 18)
        )
        yield int("".join(digits)) * (-1 if at % 10 == 0 else 1)
