"""Which column of a sheet is which, by its headings."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from booking.instruments.rules.columns import BY_KEY, COLUMNS, FAULT_HEADING, REQUIRED_KEYS
from booking.kernel.errors import Violation

# Lists often begin with a title.
FIRST_LINES: Final = 10
# More is no heading, and not worth keeping.
_LONGEST: Final = 60
_DECORATION: Final = re.compile(r"[\s*:]|\([^()]*\)")


def _plain(heading: str) -> str:
    return _DECORATION.sub("", unicodedata.normalize("NFKC", heading)).casefold()


_KEYS: Final = {_plain(c.heading): c.key for c in COLUMNS} | {c.key: c.key for c in COLUMNS}
_OUR_OWN: Final = {_plain(FAULT_HEADING)}


@dataclass(frozen=True, slots=True)
class Headings:
    """Which place in a row belongs to which column; which headings nobody knows."""

    keys: Mapping[int, str]
    unknown: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        found = set(self.keys.values())
        return tuple(BY_KEY[key].heading for key in BY_KEY if key in REQUIRED_KEYS - found)

    def faults(self) -> tuple[Violation, ...]:
        """Why the sheet cannot be read by them."""
        return (
            *(Violation("import.heading_missing", {"heading": name}) for name in self.missing),
            *(Violation("import.heading_twice", {"heading": name}) for name in self.twice),
        )


def headings_of(cells: Sequence[str]) -> Headings:
    """What a line says if it is the line of headings."""
    keys: dict[int, str] = {}
    unknown, twice = [], []
    for place, text in enumerate(cell[:_LONGEST] for cell in cells):
        key = _KEYS.get(_plain(text))
        if key in keys.values():
            twice.append(text)
        elif key:
            keys[place] = key
        elif text and _plain(text) not in _OUR_OWN:
            unknown.append(text)
    return Headings(keys, tuple(unknown), tuple(twice))
