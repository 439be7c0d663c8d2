"""What a need asks of a card: units of the search, any of which will do.

The number of a standard is asked for by itself: GB/T 16594-2008 is on a card as 16594, whatever
stands around it. A long Chinese word that nobody knows is also asked for in pieces.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from booking.instruments.rules.asking import Unit, conditions, fitting, units_of
from booking.instruments.rules.lexicon import Lexicon, is_generic
from booking.instruments.rules.searching import is_han, normal, search_text

# GB/T 16594-2008, ISO 9001, ASTM E112: who writes it, a letter perhaps, its number, its year.
_STANDARD: Final = re.compile(
    r"\b(?:GB(?:/[TZ])?|GJB|HB|YS/T|YB/T|JJ[FG]|JB/T|HG/T|QB/T|SH/T|DL/T|ISO(?:/IEC)?|IEC|ASTM|DIN|EN)"
    r"[ -]?([A-Z]?\d{2,6})(?:[.-]\d{1,4})*",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(r"[的和及与或之、，。；,;]")
_MOST_UNITS: Final = 12
_CUTTABLE: Final = 4


class Place(StrEnum):
    """Where on a card a word was found, the clearest first."""

    NAME = "name"
    OTHER_NAME = "other_name"
    MODEL = "model"
    FUNCTION = "function"
    SPECIFICATION = "specification"
    SERVICE = "service"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing asked for, as it was typed."""

    shown: str
    unit: Unit
    is_standard: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """A word that a card has, where, and whether it has another name of it."""

    word: str
    place: Place
    is_standard: bool = False


def wishes_of(texts: Sequence[str], lexicon: Lexicon) -> list[Wish]:
    """What the fields of a need ask for; nothing when they say nothing."""
    found: dict[str, Wish] = {}
    for text in texts:
        plain = normal(text)
        for standard in _STANDARD.finditer(plain):
            number = standard[1]
            wish = Wish(standard[0].upper(), Unit((number,)), is_standard=True)
            found.setdefault(number, wish)
        for unit in _units(_STANDARD.sub(" ", plain), lexicon):
            shown = " ".join(unit.typed)
            found.setdefault(shown, Wish(shown, unit))
    return list(found.values())[:_MOST_UNITS]


def _units(text: str, lexicon: Lexicon) -> Iterator[Unit]:
    for part in _BETWEEN.split(text):
        for unit in units_of(part, lexicon):
            if _says_something(unit):
                yield unit
                yield from _pieces(unit, lexicon)


def _says_something(unit: Unit) -> bool:
    """A single letter and a short number are on every card."""
    shortest = {True: 2, False: 3}
    return bool(unit.others) or any(len(word) >= shortest[is_han(word)] for word in unit.typed)


def _pieces(unit: Unit, lexicon: Lexicon) -> Iterator[Unit]:
    word = unit.typed[0]
    if len(unit.typed) > 1 or not is_han(word) or len(word) < _CUTTABLE or unit.others:
        return
    for at in range(0, len(word) - 1, 2):
        piece = word[at : at + 2]
        if not is_generic(piece):
            yield from units_of(piece, lexicon)


def steps_fitted(wishes: Sequence[Wish], texts: Sequence[str]) -> dict[int, int]:
    """Which wishes a card fits, by their place, and at which step of the search; texts are in the
    order of the search's zones."""
    fitted = {}
    for at, wish in enumerate(wishes):
        steps = conditions([wish.unit])
        step = next((n for n, one in enumerate(steps) if fitting(one)(texts)), None)
        if step is not None:
            fitted[at] = step
    return fitted


def reasons_of(wishes: Sequence[Wish], fields: Mapping[Place, str]) -> list[Reason]:
    """In which field of a card each fitted wish stands, the clearest place that has it."""
    words = {place: f" {search_text([text])} " for place, text in fields.items()}
    return [Reason(wish.shown, _where(wish.unit, words), wish.is_standard) for wish in wishes]


def _where(unit: Unit, words: Mapping[Place, str]) -> Place:
    for names in ((unit.typed,), unit.others, unit.leads):
        for place in Place:
            if any(_stands(name, words.get(place, "")) for name in names):
                return place
    return Place.ELSEWHERE


def _stands(name: Sequence[str], text: str) -> bool:
    return all(word in text if is_han(word) else f" {word} " in text for word in name)
