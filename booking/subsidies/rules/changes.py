"""What another version says differently, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from booking.subsidies.rules.explanation import Language
from booking.subsidies.rules.programme import Programme
from booking.subsidies.rules.summary import summary


@dataclass(frozen=True, slots=True)
class Change:
    """Sentences of the one version, and what stands in their place in the other."""

    before: Sequence[str]
    after: Sequence[str]


def changes(one: Programme, other: Programme, language: Language) -> list[Change]:
    """Where the plain words of two versions differ, in reading order."""
    before, after = summary(one, language), summary(other, language)
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    return [
        Change(before[a:b], after[c:d])
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal"
    ]
