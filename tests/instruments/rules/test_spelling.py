"""One wrong letter."""

import pytest

from booking.instruments.rules.spelling import closest, may_be_misspelt

KNOWN = ["raman", "ramen", "microscope", "sem", "xrd"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("ramann", ["raman"]),
        ("rman", ["raman"]),
        ("raman", ["ramen"]),
        ("microscoep", ["microscope"]),
        ("semm", ["sem"]),
        ("mikroskope", []),
    ],
)
def test_what_was_probably_meant(word: str, meant: list[str]) -> None:
    assert closest(word, KNOWN) == meant


@pytest.mark.parametrize("word", ["sem", "fs800", "扫描电镜", "x" * 33, ""])
def test_what_is_never_corrected(word: str) -> None:
    assert not may_be_misspelt(word)
