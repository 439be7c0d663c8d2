"""Text from outside: what every field of every form and body is made of.

    Purpose = Annotated[str, text(200, shortest=1)]    one line
    Reason = Annotated[str, prose(500)]                lines
    Name = Annotated[str, title(50)]                    one line that reads as it is written

Control characters have no business in any of them: PostgreSQL stores no NUL, sheets and letters
none of the rest. Names do not change the direction of what is written around them.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from annotated_types import GroupedMetadata
from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

UNREADABLE: Final = "text.unreadable"
_ANYWHERE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_IN_A_LINE: Final = re.compile("[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
_IN_A_NAME: Final = re.compile("[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
# Spaces, controls, and what only says how other characters are shown.
_SAYS_NOTHING: Final = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Text(GroupedMetadata):
    """A text without blanks around it, of some length, without characters that are none."""

    longest: int
    shortest: int
    read: Callable[[str], str]

    def __iter__(self) -> Iterator[object]:
        yield from StringConstraints(
            strip_whitespace=True, min_length=self.shortest, max_length=self.longest
        )
        yield AfterValidator(self.read)
        if self.shortest:
            yield AfterValidator(_said)


def text(longest: int, *, shortest: int = 0) -> Text:
    """One line."""
    return Text(longest, shortest, _line)


def prose(longest: int, *, shortest: int = 0) -> Text:
    """Lines, whatever they are ended by."""
    return Text(longest, shortest, _lines)


def title(longest: int, *, shortest: int = 1) -> Text:
    """One line, shown in lists, letters and addresses among other people's words."""
    return Text(longest, shortest, _name)


def _line(value: str) -> str:
    return _without(_IN_A_LINE, value)


def _lines(value: str) -> str:
    return _without(_ANYWHERE, value.replace("\r\n", "\n").replace("\r", "\n"))


def _name(value: str) -> str:
    return _without(_IN_A_NAME, value)


def _without(refused: re.Pattern[str], value: str) -> str:
    if found := refused.search(value):
        character = f"U+{ord(found[0]):04X}"
        raise PydanticCustomError(UNREADABLE, "not readable", {"character": character})
    return value


def _said(value: str) -> str:
    """A text that only looks filled in says nothing."""
    if all(unicodedata.category(character) in _SAYS_NOTHING for character in value):
        raise PydanticCustomError("form.missing", "says nothing")
    return value
