"""Words, pieces and sounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.instruments.rules.searching import (
    asked_grams,
    grams_of,
    search_text,
    sounds_of,
    words_of,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("场发射扫描电镜", ["场发射扫描电镜"]),
        ("X射线衍射仪（XRD-6000）", ["x", "射线衍射仪", "xrd", "6000"]),
        ("ＳＥＭ　Ｔ7", ["sem", "t7"]),
        ("±0.5 °C", ["0", "5", "c"]),
        ("%_' \"", []),
        ("", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_names_are_found_by_how_they_sound() -> None:
    assert tuple(sounds_of("扫描电镜")) == ("saomiaodianjing", "smdj")
    assert tuple(sounds_of("X射线衍射仪")) == ("xshexianyansheyi", "xsxysy")
    assert tuple(sounds_of("重庆")) == ("chongqing", "cq")
    assert tuple(sounds_of("SEM-800")) == ()


letters = st.sampled_from("扫描电镜显微ab1 -x射Ｔ７")
texts = st.text(letters, max_size=20)


@given(texts, texts)
def test_whatever_contains_a_word_is_filed_under_all_its_pieces(text: str, asked: str) -> None:
    filed = search_text([text])
    pieces = set(grams_of(filed))
    for word in words_of(asked):
        contained = any(word in other for other in filed.split())
        found = pieces.issuperset(asked_grams(word))
        assert found or not contained
        # A piece as long as the word is the word.
        if len(word) <= (3 if word.isascii() else 2):
            assert found == contained
