"""How words become findable: normal form, n-grams, pinyin; the same for cards and for questions.

A card is found by any run of letters it contains, from one character on: two Chinese characters
are the usual question, which trigram indexes cannot answer.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from typing import Final

# Words are runs of one script; whatever is between them separates.
_RUN: Final = re.compile(r"[0-9a-z]+|[^\W_0-9a-z]+")
_HAN: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


def words_of(text: str) -> list[str]:
    """`X射线衍射仪（XRD-6000）` → `x`, `射线衍射仪`, `xrd`, `6000`."""
    return _RUN.findall(unicodedata.normalize("NFKC", text).casefold())


def search_text(texts: Iterable[str], *, spoken: Iterable[str] = ()) -> str:
    """All words of a card, and how the spoken ones sound, as one text to look into."""
    words = [word for text in texts for word in words_of(text)]
    sounds = [sound for text in spoken for sound in sounds_of(text)]
    return " ".join(dict.fromkeys((*words, *sounds)))


def sounds_of(text: str) -> Sequence[str]:
    """The pinyin of a name, in full and by initials; nothing when there is no Chinese in it."""
    words = words_of(text)
    if not any(_HAN.search(word) for word in words):
        return ()
    syllables = [syllable for word in words for syllable in _syllables(word)]
    whole = "".join(syllables)
    initials = "".join(s if s.isdigit() else s[0] for s in syllables)
    return tuple("".join(words_of(sound)) for sound in (whole, initials))


def _syllables(word: str) -> list[str]:
    # The dictionary takes a third of a second and 60 MB: only those who write cards load it.
    return list(import_module("pypinyin").lazy_pinyin(word)) if _HAN.search(word) else [word]


def grams_of(text: str) -> list[str]:
    """Every piece under which a search text is filed."""
    found: dict[str, None] = {}
    for word in text.split():
        for length in (1, 2, 3) if word.isascii() else (1, 2):
            found.update(dict.fromkeys(_pieces(word, length)))
    return list(found)


def asked_grams(word: str) -> list[str]:
    """The pieces that a card must be filed under to contain a word."""
    longest = 3 if word.isascii() else 2
    return list(dict.fromkeys(_pieces(word, min(longest, len(word)))))


def is_exact(word: str) -> bool:
    """Whether being filed under the pieces of a word already means containing it."""
    return len(word) <= (3 if word.isascii() else 2)


def with_synonyms(texts: Sequence[str], pairs: Iterable[tuple[str, str]]) -> list[str]:
    """The texts, and the other name of everything in them that has one."""
    known = " ".join(word for text in texts for word in words_of(text))
    added = [
        other
        for word, other in _both_ways(pairs)
        if all(part in known for part in words_of(word)) and words_of(word)
    ]
    return [*texts, *dict.fromkeys(added)]


def _both_ways(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for first, second in pairs:
        yield first, second
        yield second, first


def _pieces(word: str, length: int) -> Iterator[str]:
    return (word[start : start + length] for start in range(len(word) - length + 1))
