"""A proof: which invariant, what would break it, and how to find the rows that do."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Proof:
    """`invariant` counts as in the list of the domain; `name` says what was found when broken."""

    invariant: int
    name: str
    find: Callable[[Session], Iterable[Row]]


@dataclass(frozen=True, slots=True)
class Finding:
    """A row that must not exist."""

    invariant: int
    name: str
    row: Row

    def __str__(self) -> str:
        facts = " ".join(f"{name}={value}" for name, value in self.row.items())
        return f"{self.invariant:>2} {self.name}: {facts}"


def selecting(sql: str) -> Callable[[Session], Iterable[Row]]:
    """A search in SQL that both databases read alike."""

    def find(session: Session) -> Iterable[Row]:
        return [dict(row) for row in session.execute(sa.text(sql)).mappings()]

    return find
