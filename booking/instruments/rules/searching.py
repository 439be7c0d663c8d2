"""How words become findable: normal form, n-grams, pinyin; the same for cards and for questions.

A card is found by any run of letters it contains, from one character on: two Chinese characters
are the usual question, which trigram indexes cannot answer.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import import_module
from typing import Final

from booking.instruments.rules.traditional import simplified

# Words are runs of one script; whatever is between them separates.
_RUN: Final = re.compile(r"[0-9a-z]+|[^\W_0-9a-z]+")
_HAN: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
# FS-800, GC/MS, 0.35; a number and its unit: 600 MHz.
_CHAIN: Final = re.compile(r"[0-9a-z]+(?:[-/.·][0-9a-z]+|(?<=[0-9]) (?=[a-z])[a-z]+)+")
_SPACED: Final = re.compile(r"[0-9a-z]+(?:[-/.· ]+[0-9a-z]+)+")
_LONGEST_CHAIN: Final = 4
_TEXTS_KEPT: Final = 4096


class Zone(StrEnum):
    """Where on a card a word stands; its value marks the pieces filed for it.

    No word contains a mark: the normal form of words turns these letters into plain ones.
    """

    NAME = "ⓝ"
    MODEL = "ⓜ"
    NAMED = "ⓐ"
    ANYWHERE = ""


ZONES: Final = tuple(Zone)

# Marks of whole words among the names, of whole Latin words anywhere, of how words begin.
WHOLE: Final = "ⓦ"
LATIN: Final = "ⓛ"
BEGUN: Final = "ⓑ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What a card is found by: each text is its words between blanks; `named` includes names,
    model, aliases; `anywhere` includes everything."""

    name: str
    model: str
    named: str
    anywhere: str

    def grams(self) -> list[str]:
        """Every piece under which the card is filed, marked by zone."""
        zones = ((Zone.NAME, self.name), (Zone.MODEL, self.model), (Zone.NAMED, self.named))
        return [
            *grams_of(self.anywhere),
            *(piece for zone, text in zones for piece in grams_of(text, zone)),
            *(zone + BEGUN + piece for zone, text in zones for piece in beginnings_of(text)),
            *(WHOLE + word for word in self.named.split()),
            *(LATIN + word for word in self.anywhere.split() if word.isascii()),
        ]


def filing(
    *,
    names: Sequence[str],
    model: str,
    aliases: Sequence[str] = (),
    described: Sequence[str] = (),
) -> Filing:
    """How a card with these texts is filed; names and aliases also as they sound."""
    name = search_text(names, spoken=names)
    typed = search_text([model], joined=_SPACED)
    named = _together(name, typed, search_text(aliases, spoken=aliases))
    every = _together(named, search_text(described))
    return Filing(name=f" {name} ", model=f" {typed} ", named=f" {named} ", anywhere=f" {every} ")


def _together(*texts: str) -> str:
    return " ".join(dict.fromkeys(word for text in texts for word in text.split()))


def normal(text: str) -> str:
    """Full-width letters, capitals and traditional characters as the plain ones they mean."""
    return simplified(unicodedata.normalize("NFKC", text).casefold())


def words_of(text: str) -> list[str]:
    """`X射线衍射仪（XRD-6000）` → `x`, `射线衍射仪`, `xrd`, `6000`."""
    return _RUN.findall(normal(text))


def is_han(word: str) -> bool:
    """Whether a word is not Latin letters or digits."""
    return not word.isascii()


def search_text(
    texts: Iterable[str], *, spoken: Iterable[str] = (), joined: re.Pattern[str] = _CHAIN
) -> str:
    """All words of a card, what they read as without hyphens, and how the spoken ones sound."""
    read = [_read(text, joined) for text in texts]
    words = [word for of_text, _ in read for word in of_text]
    chains = [word for _, of_text in read for word in of_text]
    sounds = [sound for text in spoken for sound in sounds_of(text)]
    return " ".join(dict.fromkeys((*words, *chains, *sounds)))


# A lab's cards have most of their texts in common.
@lru_cache(maxsize=_TEXTS_KEPT)
def _read(text: str, joined: re.Pattern[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(words_of(text)), tuple(joined_words(text, joined))


def joined_words(text: str, pattern: re.Pattern[str] = _CHAIN) -> Iterator[str]:
    """`FS-800` → `fs800`: neighbours that a hyphen, a stroke or a point keeps apart."""
    for parts in chains_of(text, pattern):
        for first in range(len(parts)):
            for last in range(first + 2, min(first + _LONGEST_CHAIN, len(parts)) + 1):
                yield "".join(parts[first:last])


def chains_of(text: str, pattern: re.Pattern[str] = _CHAIN) -> list[tuple[str, ...]]:
    """`FS-800 600 MHz` → `(fs, 800)`, `(600, mhz)`: words that are one to whoever writes them."""
    return [tuple(_RUN.findall(chain)) for chain in pattern.findall(normal(text))]


@lru_cache(maxsize=_TEXTS_KEPT)
def sounds_of(text: str) -> Sequence[str]:
    """The pinyin of a name, in full and by initials; nothing when there is no Chinese in it."""
    words = words_of(text)
    if not any(_HAN.search(word) for word in words):
        return ()
    syllables = [syllable for word in words for syllable in _syllables(word)]
    whole = "".join(syllables)
    initials = "".join(s if s.isdigit() else s[0] for s in syllables)
    return tuple("".join(words_of(sound)) for sound in (whole, initials))


@lru_cache(maxsize=_TEXTS_KEPT)
def _syllables(word: str) -> tuple[str, ...]:
    # The dictionary takes a third of a second and 60 MB: only those who write cards load it.
    return tuple(import_module("pypinyin").lazy_pinyin(word)) if _HAN.search(word) else (word,)


def grams_of(text: str, zone: Zone = Zone.ANYWHERE) -> list[str]:
    """Every piece under which a search text is filed, with the mark of its zone."""
    found: dict[str, None] = {}
    for word in text.split():
        found.update(_grams_of_word(word, zone))
    return list(found)


@lru_cache(maxsize=20_000)
def _grams_of_word(word: str, zone: Zone) -> dict[str, None]:
    lengths = (1, 2, 3) if word.isascii() else (1, 2)
    return {f"{zone}{piece}": None for length in lengths for piece in _pieces(word, length)}


def beginnings_of(text: str) -> list[str]:
    """The first letters of every Latin word of a search text."""
    words = [word for word in text.split() if word.isascii()]
    return list(dict.fromkeys(word[:length] for word in words for length in (1, 2, 3)))


def asked_grams(word: str) -> list[str]:
    """The pieces that a card must be filed under to contain a word."""
    longest = 3 if word.isascii() else 2
    return list(dict.fromkeys(_pieces(word, min(longest, len(word)))))


def _pieces(word: str, length: int) -> Iterator[str]:
    return (word[start : start + length] for start in range(len(word) - length + 1))
