"""What a need asks of a card, and where the card has it."""

import pytest

from booking.instruments.rules.lexicon import Pair, Relation, lexicon
from booking.instruments.rules.searching import filing
from booking.needs.rules.asking import Place, Wish, reasons_of, steps_fitted, wishes_of

KNOWN = lexicon(
    [
        Pair("扫描电镜", "SEM", Relation.SAME, ()),
        Pair("成分分析", "XRF", Relation.LEADS_TO, ()),
    ]
)


def shown(*texts: str) -> list[str]:
    return [wish.shown for wish in wishes_of(texts, KNOWN)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("扫描电镜", ["扫描电镜"]),
        ("断口的形貌", ["断口", "形貌"]),
        ("金属断口", ["金属断口", "金属", "断口"]),
        ("a 1 μm", []),
        ("GB/T 16594-2008", ["GB/T 16594-2008"]),
        ("按 ISO 9001 和 ASTM E112", ["ISO 9001", "ASTM E112"]),
    ],
)
def test_a_text_asks_for(text, words):
    assert shown(text) == words


def test_all_fields_ask_and_say_a_word_once():
    assert shown("断口", "断口", "GB/T 16594") == ["断口", "GB/T 16594"]


def test_a_card_may_have_some_of_the_words_by_another_name():
    wishes = wishes_of(("扫描电镜", "断口", "镀层"), KNOWN)
    card = filing(names=("SEM",), model="", described=("断口观察",))
    texts = (card.name, card.model, card.named, card.anywhere)
    assert sorted(steps_fitted(wishes, texts)) == [0, 1]


@pytest.mark.parametrize(
    ("word", "fields", "place"),
    [
        ("扫描电镜", {Place.NAME: "场发射扫描电镜"}, Place.NAME),
        ("扫描电镜", {Place.NAME: "显微镜", Place.OTHER_NAME: "SEM"}, Place.OTHER_NAME),
        ("成分分析", {Place.NAME: "荧光光谱仪 XRF"}, Place.NAME),
        ("断口", {Place.FUNCTION: "断口形貌观察", Place.SERVICE: "断口"}, Place.FUNCTION),
        ("断口", {Place.SPECIFICATION: "断口"}, Place.SPECIFICATION),
        ("断口", {Place.NAME: "显微镜"}, Place.ELSEWHERE),
        ("GB/T 16594-2008", {Place.SERVICE: "依据 GB/T 16594—2008 测量"}, Place.SERVICE),
    ],
)
def test_the_reason_names_the_clearest_place(word, fields, place):
    wishes: list[Wish] = wishes_of((word,), KNOWN)[:1]
    assert [one.place for one in reasons_of(wishes, fields)] == [place]
