"""Work that waits for the world outside: it opens short transactions of its own.

Nothing in the house may wait with it: on SQLite one open transaction would hold up every writer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.engine import Engine

from booking.db.transactions import Reactions, UnitOfWork, unit_of_work
from booking.settings import Settings


@dataclass(frozen=True, slots=True)
class Outside:
    """Where such work begins: a database, the reactions of the house, and its settings."""

    engine: Engine
    reactions: Reactions
    settings: Settings

    @contextmanager
    def deed(self) -> Iterator[UnitOfWork]:
        """One short transaction."""
        with unit_of_work(self.engine, self.reactions) as uow:
            yield uow


@dataclass(frozen=True, slots=True)
class Sent:
    """How many went well, and how the others did not."""

    rows: int = 0
    failures: tuple[str, ...] = ()
