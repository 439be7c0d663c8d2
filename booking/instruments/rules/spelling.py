"""One wrong letter in a Latin word: what was probably meant."""

from collections.abc import Iterable
from typing import Final

from rapidfuzz.distance import OSA

SHORTEST_ASKED: Final = 4
SHORTEST_KNOWN: Final = 3
LONGEST: Final = 32


def may_be_misspelt(word: str) -> bool:
    """Only Latin letters, and enough of them for one to be wrong."""
    return word.isascii() and word.isalpha() and SHORTEST_ASKED <= len(word) <= LONGEST


def worth_knowing(word: str) -> bool:
    """Whether a word of a card may be what somebody meant."""
    return word.isascii() and word.isalpha() and SHORTEST_KNOWN <= len(word) <= LONGEST


def closest(word: str, known: Iterable[str]) -> list[str]:
    """The known words one letter away: added, left out, changed, or swapped with its neighbour."""
    near = {other for other in known if OSA.distance(word, other, score_cutoff=1) == 1}
    return sorted(near, key=lambda other: (other[0] != word[0], -len(other), other))
