"""Moments among the parameters of what is told, in the words of pages.

They are kept as instants and told in the language of whoever reads: `…_at` is a moment; between a
beginning and an end lies a `time`; a text `START/END` is one too, wherever it stands.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from booking.kernel.timespan import TimeSpan
from booking.web.formats import moment_text, span_text

_MOMENT: Final = "_at"
_SPANS: Final = (
    ("time", "start_at", "end_at"),
    ("time", "starts_at", "ends_at"),
    ("new_time", "new_start_at", "new_end_at"),
)
_INSTANT: Final = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"
_KEPT: Final = re.compile(f"({_INSTANT})/({_INSTANT})", re.ASCII)


def kept_span(span: TimeSpan) -> str:
    """A time as it is kept among parameters."""
    return f"{span.start.isoformat()}/{span.end.isoformat()}"


def told_in_words(params: Mapping[str, object], *, this_year: int) -> dict[str, object]:
    """The same parameters for people."""
    moments = {
        name: datetime.fromisoformat(value)
        for name, value in params.items()
        if name.endswith(_MOMENT) and isinstance(value, str)
    }
    told = {name: _spoken(value, this_year) for name, value in params.items()}
    told |= {name: moment_text(one, this_year=this_year) for name, one in moments.items()}
    for name, start, end in _SPANS:
        if start in moments and end in moments:
            told[name] = _between(moments[start], moments[end], this_year)
    return told


def _between(start: datetime, end: datetime, this_year: int) -> str:
    """What ends when it begins is a moment: no letter stays behind for that."""
    if start >= end:
        return moment_text(start, this_year=this_year)
    return span_text(TimeSpan(start, end), this_year=this_year)


def _spoken(value: object, this_year: int) -> object:
    if isinstance(value, str) and (kept := _KEPT.fullmatch(value)):
        start, end = (datetime.fromisoformat(one) for one in kept.groups())
        return _between(start, end, this_year)
    if isinstance(value, list | tuple):
        return [_spoken(one, this_year) for one in value]
    if isinstance(value, Mapping):
        return {name: _spoken(one, this_year) for name, one in value.items()}
    return value
