"""What an address can name, and whose it is.

An address names a record by its noun and its parameter: `reservations/{number}`. A route that
needs one in another state says more of the path: `reservations/{number}/approval`. The longest
that is known counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = int | str
OWN, GUEST, OTHER, HIDDEN, ABSENT = "own", "guest", "other", "hidden", "absent"
# A route that names no record at all has one row.
NONE = "-"
KINDS = (OWN, GUEST, OTHER, HIDDEN, ABSENT)
NOBODY = 999_999_999


@dataclass(frozen=True)
class Record:
    """One kind of thing: ours, another company's at our lab, others', others' unpublished, none.

    `mine` says what is one's own where that is not the same for everybody.
    """

    own: Value
    other: Value | None = None
    guest: Value | None = None
    hidden: Value | None = None
    absent: Value = NOBODY
    mine: Mapping[str, Value] = field(default_factory=dict)

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(kind for kind in KINDS if getattr(self, kind) is not None)

    def value(self, kind: str, who: str) -> Value:
        """The value for an address; what has no such other is named as one's own."""
        if kind == OWN:
            return self.mine.get(who, self.own)
        found: Value | None = getattr(self, kind)
        return self.value(OWN, who) if found is None else found


def constant(value: Value) -> Record:
    """A part of an address that is nobody's: a kind of file, a day."""
    return Record(value, absent=value)


@dataclass(frozen=True)
class Named:
    """A parameter of a path with the record that it names."""

    parameter: str
    record: Record


def names_in(path: str, known: Mapping[str, Record]) -> tuple[Named, ...]:
    """The records that a path names, in its order."""
    pieces = path.removeprefix("/api/v1").strip("/").split("/")
    found = []
    for place, piece in enumerate(pieces):
        for parameter in _parameters(piece):
            key = _known_key(pieces, place, parameter, known)
            if key is None:
                raise LookupError(f"the world knows nothing of {parameter} in {path}")
            found.append(Named(parameter, known[key]))
    return tuple(found)


def _parameters(piece: str) -> list[str]:
    return ["{" + part.split("}", 1)[0] + "}" for part in piece.split("{")[1:]]


def _known_key(
    pieces: list[str], place: int, parameter: str, known: Mapping[str, Record]
) -> str | None:
    noun = pieces[place - 1] if place else ""
    rest = pieces[place + 1 :]
    keys = ["/".join([noun, parameter, *rest[:length]]) for length in range(len(rest), -1, -1)]
    return next((key for key in (*keys, parameter) if key in known), None)
