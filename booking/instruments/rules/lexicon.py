"""What else a thing is called, and which instruments measure a quantity.

A name is its words: `GC-MS` is `("gc", "ms")`. Names that are the same form a group, through any
chain of pairs; a quantity leads to names, one way and one step only.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from booking.instruments.rules.searching import is_han, words_of

Name = tuple[str, ...]


class Relation(StrEnum):
    """How a word is related to another."""

    SAME = "same"
    LEADS_TO = "leads_to"


@dataclass(frozen=True, slots=True)
class Pair:
    """A word and what it is the same as, or what it leads to; how the word sounds, if it does."""

    word: str
    other: str
    relation: Relation = Relation.SAME
    sounds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Names known to the search."""

    groups: Mapping[Name, Sequence[Name]]
    leads: Mapping[Name, Sequence[Name]]
    sounds: Mapping[str, Name]
    longest: int

    def knows(self, name: Name) -> bool:
        return name in self.groups or name in self.leads

    def same_as(self, name: Name) -> Sequence[Name]:
        """Every name of the thing, this one too."""
        return self.groups.get(name, (name,))

    def leads_of(self, name: Name) -> Sequence[Name]:
        """The names of what measures it, whatever the quantity is called."""
        reached = (
            other
            for same in self.same_as(name)
            for target in self.leads.get(same, ())
            for other in self.same_as(target)
        )
        return tuple(dict.fromkeys(reached))

    def inside(self, word: str) -> Name | None:
        """The longest name of Chinese letters that a longer word contains, the first of those."""
        for length in range(len(word) - 1, 1, -1):
            for start in range(len(word) - length + 1):
                if self.knows(name := (word[start : start + length],)):
                    return name
        return None


def lexicon(pairs: Iterable[Pair]) -> Lexicon:
    """The lexicon of these pairs."""
    groups: dict[Name, list[Name]] = {}
    leads: dict[Name, list[Name]] = {}
    sounds: dict[str, Name] = {}
    for pair in pairs:
        word, other = tuple(words_of(pair.word)), tuple(words_of(pair.other))
        if not word or not other:
            continue
        if pair.relation is Relation.SAME:
            _join(groups, word, other)
        else:
            leads.setdefault(word, []).append(other)
        sounds.update(dict.fromkeys(pair.sounds, word))
    longest = max((len(name) for name in (*groups, *leads)), default=1)
    return Lexicon(groups, leads, sounds, longest)


def _join(groups: dict[Name, list[Name]], word: Name, other: Name) -> None:
    first = groups.setdefault(word, [word])
    second = groups.setdefault(other, [other])
    if first is not second:
        first += second
        groups.update(dict.fromkeys(second, first))


# What may be left out of a Chinese word, or stand beside others, without meaning anything.
_GENERIC: tuple[str, ...] = (
    *("测试仪", "分析仪", "检测仪", "测量仪", "试验机", "试验箱", "测试系统", "分析系统"),
    *("测试服务", "检测服务", "分析测试", "检测分析", "测试分析", "表征分析"),
    *("分析", "测试", "检测", "测量", "测定", "表征", "试验", "实验", "检验", "鉴定"),
    *("观察", "观测", "仪器", "设备", "系统", "装置", "平台", "服务", "加工", "制备"),
    *("方法", "性能", "材料", "样品", "仪", "机", "箱", "的", "率", "度"),
)


def without_generic(word: str) -> str:
    """A Chinese word without what it only says of any instrument; itself when little is left."""
    for ending in _GENERIC:
        rest = word.removesuffix(ending)
        if rest != word and len(rest) > 1:
            return rest
    return word


def is_generic(word: str) -> bool:
    """Whether a word says nothing of which instrument."""
    return word in _GENERIC


def significant(words: Iterable[str]) -> list[str]:
    """The words that say which instrument; all of them when none does."""
    every = list(words)
    kept = [word for word in every if not (is_han(word) and is_generic(word))]
    return kept or every
