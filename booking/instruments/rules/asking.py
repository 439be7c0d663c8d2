"""What a question asks of a card, from the closest fit to the loosest.

A question is a few units; all must fit. A unit fits by what was typed, by another name of the
same thing, or because what it names measures it. `conditions` says in nested steps how closely:
every card that fits a step also fits the later ones, so the first step is the card's rank.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from booking.instruments.rules.lexicon import (
    Lexicon,
    Name,
    is_generic,
    significant,
    without_generic,
)
from booking.instruments.rules.searching import ZONES, Zone, chains_of, is_han, words_of

_MOST_LETTERS: Final = 200
_MOST_WORDS: Final = 10
_MOST_OTHERS: Final = 16
_MOST_LEADS: Final = 32
_CUTTABLE: Final = 4
_SHORT: Final = 3
# The step from which on more than a card's names is looked at.
NAMED: Final = 4


@dataclass(frozen=True, slots=True)
class Stands:
    """A word stands in a zone: as a whole word, as the beginning of one, or as any part."""

    word: str
    zone: Zone
    whole: bool = False
    begins: bool = False

    @property
    def text(self) -> str:
        """What the words of the zone, between blanks, contain then."""
        before = " " if self.whole or self.begins else ""
        return f"{before}{self.word}{' ' if self.whole else ''}"


@dataclass(frozen=True, slots=True)
class Every:
    parts: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Some:
    parts: "tuple[Condition, ...]"


Condition = Stands | Every | Some


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing asked for: as typed, by its other names, by what measures it.

    A lead counts only on a card that also says the rest of what was typed.
    """

    typed: Name
    others: tuple[Name, ...] = ()
    leads: tuple[Name, ...] = ()
    rest: Name = ()


def units_of(text: str, lexicon: Lexicon) -> list[Unit]:
    """What a question asks for; nothing when it has no words."""
    words = significant(dict.fromkeys(words_of(text[:_MOST_LETTERS])))[:_MOST_WORDS]
    chains = {parts[0]: parts for parts in chains_of(text)}
    return [_bounded(unit) for unit in _units(words, lexicon, chains)]


def loose_units_of(text: str, lexicon: Lexicon) -> list[Unit] | None:
    """The same where longer Chinese words may be in two places, or only what is known of them;
    None when nothing is that long."""
    units = units_of(text, lexicon)
    loose = [Unit(u.typed, (*u.others, *_cuts(u.typed)), u.leads) for u in units]
    return loose if loose != units else None


def _cuts(typed: Name) -> Iterator[Name]:
    if len(typed) != 1 or not is_han(typed[0]):
        return
    for word in dict.fromkeys((typed[0], without_generic(typed[0]))):
        if len(word) >= _CUTTABLE:
            yield from ((word[:at], word[at:]) for at in range(2, len(word) - 1))


def _units(words: Sequence[str], lexicon: Lexicon, chains: Mapping[str, Name]) -> Iterator[Unit]:
    at = 0
    while at < len(words):
        chain = chains.get(words[at], ())
        length = _known_length(words[at:], lexicon)
        if length:
            yield _known(tuple(words[at : at + length]), lexicon)
        elif chain and tuple(words[at : at + len(chain)]) == chain:
            length = len(chain)
            yield Unit(chain, (("".join(chain),),))
        else:
            yield _unknown(words[at], lexicon)
        at += length or 1


def _known_length(words: Sequence[str], lexicon: Lexicon) -> int:
    lengths = range(min(len(words), lexicon.longest), 0, -1)
    return next((n for n in lengths if lexicon.knows(tuple(words[:n]))), 0)


def _known(name: Name, lexicon: Lexicon) -> Unit:
    others = [other for other in lexicon.same_as(name) if other != name]
    if len(name) == 1 and is_han(name[0]) and (stem := without_generic(name[0])) != name[0]:
        others.append((stem,))
    return Unit(name, tuple(others), tuple(lexicon.leads_of(name)))


def _unknown(word: str, lexicon: Lexicon) -> Unit:
    if not is_han(word):
        sounded = lexicon.sounds.get(word)
        return Unit((word,), tuple(lexicon.same_as(sounded)) if sounded else ())
    inside = lexicon.inside(word)
    if inside is None:
        stem = without_generic(word)
        return Unit((word,), () if stem == word else ((stem,),))
    before, _, after = word.partition(inside[0])
    rest = tuple(without_generic(part) for part in (before, after) if _says_something(part))
    others = tuple((*rest, *name) for name in lexicon.same_as(inside))
    return Unit((word,), others, tuple(lexicon.leads_of(inside)), rest)


def _says_something(part: str) -> bool:
    return len(part) > 1 and not is_generic(part)


def _bounded(unit: Unit) -> Unit:
    others, leads = unit.others[:_MOST_OTHERS], unit.leads[:_MOST_LEADS]
    return replace(unit, others=others, leads=leads)


def conditions(units: Sequence[Unit]) -> list[Condition]:
    """In how many steps a card may fit, closest first."""
    each = [_steps(unit) for unit in units]
    return [Every(tuple(steps[at] for steps in each)) for at in range(len(each[0]))]


def _steps(unit: Unit) -> list[Condition]:
    typed, others, leads = unit.typed, unit.others, unit.leads
    whole = _all_whole(typed, Zone.NAMED)
    other = tuple(_name(name, Zone.NAMED) for name in others)
    first = Some((whole, _name(typed, Zone.NAME), *other))
    either = tuple(Some((_begins(w, Zone.NAME), _begins(w, Zone.MODEL))) for w in typed)
    anywhere = (_parts(typed, Zone.ANYWHERE), *(_name(name, Zone.ANYWHERE) for name in others))
    named = Some((first, _begun(typed, Zone.NAMED)))
    said = _parts(unit.rest, Zone.ANYWHERE).parts
    measured = tuple(Every((*said, *_name(name, Zone.NAMED).parts)) for name in leads)
    return [
        whole,
        first,
        Some((first, _begun(typed, Zone.NAME))),
        Some((first, Every(either))),
        named,
        Some((named, *measured)) if measured else named,
        Some((*anywhere, *measured)),
    ]


def _all_whole(name: Name, zone: Zone) -> Every:
    return Every(tuple(Stands(word, zone, whole=True) for word in name))


def _parts(name: Name, zone: Zone) -> Every:
    return Every(tuple(Stands(word, zone) for word in name))


def _begun(name: Name, zone: Zone) -> Every:
    return Every(tuple(_begins(word, zone) for word in name))


def _begins(word: str, zone: Zone) -> Stands:
    """A short abbreviation begins a word: CT is not in electron."""
    return Stands(word, zone, begins=word.isascii() and len(word) <= _SHORT)


def _name(name: Name, zone: Zone) -> Every:
    """Chinese words as parts of longer ones, Latin ones whole: SEM is not in semi-anechoic."""
    return Every(tuple(Stands(word, zone, whole=not is_han(word)) for word in name))


Fits = Callable[[Sequence[str]], bool]


def fitting(condition: Condition) -> Fits:
    """Whether a card fits, asked of its texts in the order of `ZONES`."""
    if isinstance(condition, Stands):
        text, at = condition.text, ZONES.index(condition.zone)
        return lambda texts: text in texts[at]
    parts = [fitting(part) for part in condition.parts]
    if isinstance(condition, Every):
        return lambda texts: all(part(texts) for part in parts)
    return lambda texts: any(part(texts) for part in parts)


def rank_of(steps: Sequence[Fits], texts: Sequence[str]) -> int | None:
    """The first step that a card fits, if it fits any."""
    return next((at for at, step in enumerate(steps) if step(texts)), None)
