"""Work that waits for the world outside: it opens short transactions of its own.

Nothing in the house may wait with it: on SQLite one open transaction would hold up every writer.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.engine import Engine
from sqlmodel import Session

from booking.db.transactions import Reactions, UnitOfWork, unit_of_work
from booking.settings import Settings


def _unasked(session: Session) -> None:
    """Nobody else would do it."""


@dataclass(frozen=True, slots=True)
class Outside:
    """Where such work begins: a database, the reactions of the house, and its settings.

    `go_on` is asked in every deed, and raises where somebody else has taken the work over.
    """

    engine: Engine
    reactions: Reactions
    settings: Settings
    go_on: Callable[[Session], None] = _unasked

    @contextmanager
    def deed(self) -> Iterator[UnitOfWork]:
        """One short transaction."""
        with unit_of_work(self.engine, self.reactions) as uow:
            self.go_on(uow.session)
            yield uow


@dataclass(frozen=True, slots=True)
class Sent:
    """How many went well, and how the others did not."""

    rows: int = 0
    failures: tuple[str, ...] = ()
