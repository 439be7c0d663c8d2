"""Codes and enum members in words: `notice.too_short` and its parameters → a sentence.

The catalogues hold them as `code:<code>`; an enum member's code is `<room>.<class>.<value>`, e.g.
`code:instruments.service_mode.entrusted`. Field names of forms are `field:<name>`, and the reasons
that the clock gives `cause:<reason>`.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache

from booking.kernel.timespan import TimeSpan
from booking.web.formats import length_text, moment_text, money_text, span_text
from booking.web.i18n import gettext

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
Params = Mapping[str, object]


def words(code: str | Enum, params: Params | None = None) -> str:
    """The sentence of a code; the code itself when the catalogues do not know it."""
    key = f"code:{code_of(code)}"
    text = gettext(key)
    if text == key:
        return str(code.value) if isinstance(code, Enum) else code
    return text % _Spoken(params or {})


def code_of(code: str | Enum) -> str:
    """The catalogue's name of an error code or an enum member."""
    return _member_code(type(code), code.value) if isinstance(code, Enum) else code


# By kind, because members of two enums that are texts may be equal.
@cache
def _member_code(kind: type[Enum], value: str) -> str:
    room = kind.__module__.split(".")[1]
    return f"{room}.{_HUMP.sub('_', kind.__name__).lower()}.{value}"


def field_words(name: str) -> str:
    """What a form field is called, where the catalogues know it."""
    text = gettext(f"field:{name}")
    return name if text.startswith("field:") else text


def cause_words(cause: str) -> str:
    """Why something happened: what a person wrote as it is, what the clock says in words."""
    text = gettext(f"cause:{cause}")
    return cause if text.startswith("cause:") else text


class _Spoken(Mapping[str, str]):
    """Parameters as people read them; one that is missing must not spoil the sentence."""

    def __init__(self, params: Params) -> None:
        self._params = params

    def __getitem__(self, name: str) -> str:
        return spoken(name, self._params[name]) if name in self._params else "…"

    def __iter__(self) -> Iterator[str]:
        return iter(self._params)

    def __len__(self) -> int:
        return len(self._params)


def spoken(name: str, value: object) -> str:
    """One parameter as people read it."""
    if name.endswith("_fen") and isinstance(value, int):
        return money_text(value)
    if name == "field" and isinstance(value, str):
        return field_words(value)
    if isinstance(value, Enum):
        return words(value)
    return _when(value) or _list(value) or str(value)


def _when(value: object) -> str:
    if isinstance(value, timedelta):
        return length_text(value)
    if isinstance(value, TimeSpan):
        return span_text(value)
    if isinstance(value, datetime):
        return moment_text(value)
    return value.isoformat() if isinstance(value, date) else ""


def _list(value: object) -> str:
    if isinstance(value, list | tuple | set | frozenset):
        return gettext(", ").join(spoken("", inner) for inner in value)
    return ""
