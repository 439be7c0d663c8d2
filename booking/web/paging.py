"""Lists in pieces: `?limit=&cursor=` → `{items, next_cursor}`, in a stable order.

A query asks for `window.take` rows after `window.place(str, int)`, the key by which its list is
ordered; `window.cut` makes the piece. A cursor is text from outside: whether it has the shape of
that key is looked at here and nowhere else.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final, Generic, TypeVar, overload

from fastapi import Depends, Query

from booking.kernel.errors import BookingError
from booking.web.json import rfc3339
from booking.web.moments import day_within_reach, within_reach

Row = TypeVar("Row")
A = TypeVar("A")
B = TypeVar("B")
Key = str | int | datetime | date | None

_LARGEST_ID: Final = 2**63 - 1
DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200


class BadCursor(BookingError):
    """The cursor did not come from this list."""

    code = "paging.bad_cursor"


@dataclass(frozen=True, slots=True)
class Cut(Generic[Row]):
    """One piece of a list, and where the next one starts."""

    items: Sequence[Row]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Window:
    """How many rows, and after which key."""

    limit: int = DEFAULT_LIMIT
    after: tuple[Key, ...] | None = None

    @property
    def take(self) -> int:
        """Rows to ask for: one more than shown tells whether there are more."""
        return self.limit + 1

    @property
    def after_id(self) -> int | None:
        """The row id to go on from, for lists ordered by nothing else."""
        place = self.place(int)
        return None if place is None else place[0]

    @overload
    def place(self, first: type[A], /) -> tuple[A] | None: ...
    @overload
    def place(self, first: type[A], second: type[B], /) -> tuple[A, B] | None: ...
    def place(self, *kinds: type) -> Any:
        """The key to go on after, for lists ordered by parts of these kinds."""
        if self.after is not None and tuple(type(part) for part in self.after) != kinds:
            raise BadCursor
        return self.after

    def cut(self, rows: Sequence[Row], *, key: Callable[[Row], tuple[Key, ...]]) -> Cut[Row]:
        """The piece, with a cursor when something follows it."""
        shown = rows[: self.limit]
        more = len(rows) > self.limit and len(shown) > 0
        return Cut(shown, cursor_of(key(shown[-1])) if more else None)


def cursor_of(key: tuple[Key, ...]) -> str:
    """An opaque text that `key_of` reads back."""
    plain = json.dumps([_packed(part) for part in key], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def key_of(cursor: str) -> tuple[Key, ...]:
    """The key in a cursor; BadCursor when it is not one of ours."""
    try:
        plain = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        parts = json.loads(plain)
        if not isinstance(parts, list):
            raise BadCursor
        return tuple(_unpacked(part) for part in parts)
    except (binascii.Error, ValueError, TypeError, KeyError) as broken:
        raise BadCursor from broken


def _packed(part: Key) -> object:
    if isinstance(part, datetime):
        return {"at": rfc3339(part)}
    return {"on": part.isoformat()} if isinstance(part, date) else part


def _unpacked(part: object) -> Key:
    if isinstance(part, dict):
        if "at" in part:
            return within_reach(datetime.fromisoformat(part["at"]))
        return day_within_reach(date.fromisoformat(part["on"]))
    if part is None or (type(part) is int and abs(part) <= _LARGEST_ID):
        return part
    if isinstance(part, str) and part.isprintable():
        return part
    raise BadCursor


def window(
    limit: Annotated[int, Query(ge=1, le=LARGEST_LIMIT)] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> Window:
    """What the address asks for."""
    return Window(limit, key_of(cursor) if cursor else None)


WindowDep = Annotated[Window, Depends(window)]
