"""What a question asks of a card, step by step."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.instruments.rules.asking import (
    Condition,
    Every,
    Stands,
    conditions,
    fitting,
    loose_units_of,
    rank_of,
    units_of,
)
from booking.instruments.rules.lexicon import Pair, Relation, lexicon, without_generic
from booking.instruments.rules.searching import (
    BEGUN,
    LATIN,
    WHOLE,
    Filing,
    Zone,
    asked_grams,
    filing,
)

KNOWN = lexicon(
    [
        Pair("扫描电镜", "SEM", sounds=("saomiaodianjing", "smdj")),
        Pair("扫描电子显微镜", "SEM"),
        Pair("气质联用", "GC-MS"),
        Pair("成分分析", "SEM", Relation.LEADS_TO),
    ]
)


def texts(card: Filing) -> tuple[str, ...]:
    return card.name, card.model, card.named, card.anywhere


def rank(asked: str, card: Filing) -> int | None:
    steps = [fitting(step) for step in conditions(units_of(asked, KNOWN))]
    return rank_of(steps, texts(card))


CARD = filing(
    names=("场发射扫描电子显微镜", "Field-emission electron microscope"),
    model="FS-800",
    aliases=("场发射电镜", "QT9"),
    described=("半导体 600 MHz", "断口形貌"),
)


@pytest.mark.parametrize(
    ("asked", "step"),
    [
        ("场发射电镜", 0),
        ("FS-800", 0),
        ("fs800", 0),
        ("扫描电镜", 1),
        ("SEM", 1),
        ("smdj", 1),
        ("场发射扫描电镜", 1),
        ("显微", 1),
        ("QT-9", 1),
        ("microsc", 2),
        ("fs80", 3),
        ("发射电镜", 4),
        ("成分分析", 5),
        ("形貌成分分析", 5),
        ("ct", 6),
        ("600mhz", 6),
        ("断口形貌分析", 6),
        ("GC-MS", None),
        ("断口 鲸鱼", None),
    ],
)
def test_how_closely_a_card_fits(asked: str, step: int | None) -> None:
    assert rank(asked, CARD) == step


@pytest.mark.parametrize(
    ("word", "rest"),
    [("粗糙度测量", "粗糙度"), ("热稳定性测试", "热稳定性"), ("孔隙率", "孔隙"), ("测试", "测试")],
)
def test_what_a_word_says_without_what_any_instrument_does(word: str, rest: str) -> None:
    assert without_generic(word) == rest


def test_a_long_word_may_be_in_two_places() -> None:
    loose = loose_units_of("断口扫描", KNOWN)
    assert loose is not None
    assert rank_of([fitting(step) for step in conditions(loose)], texts(CARD)) == 6
    assert loose_units_of("断口", KNOWN) is None
    assert units_of("  —  ", KNOWN) == []


pieces = st.sampled_from(["扫描", "电镜", "SEM", "se", "GC-MS", "成分分析", "电", "x", "800"])
words = st.lists(pieces, min_size=1, max_size=3).map(" ".join) | st.lists(
    pieces, min_size=1, max_size=3
).map("".join)


@given(asked=words, name=words, model=words, alias=words, said=words)
def test_what_fits_a_step_fits_the_later_ones_and_is_filed_under_its_pieces(
    asked: str, name: str, model: str, alias: str, said: str
) -> None:
    card = filing(names=(name,), model=model, aliases=(alias,), described=(said,))
    steps = conditions(units_of(asked, KNOWN))
    fits = [fitting(step)(texts(card)) for step in steps]
    assert fits == sorted(fits)
    filed = set(card.grams())
    assert all(is_filed(step, filed) for step, fit in zip(steps, fits, strict=True) if fit)


def is_filed(condition: Condition, filed: set[str]) -> bool:
    if isinstance(condition, Stands):
        return filed.issuperset(pieces_of(condition))
    parts = [is_filed(part, filed) for part in condition.parts]
    return all(parts) if isinstance(condition, Every) else any(parts)


def pieces_of(stands: Stands) -> list[str]:
    if stands.whole:
        return [(LATIN if stands.zone is Zone.ANYWHERE else WHOLE) + stands.word]
    if stands.begins:
        return [stands.zone + BEGUN + stands.word]
    return [stands.zone + piece for piece in asked_grams(stands.word)]
