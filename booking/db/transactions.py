"""Units of work: one deed, one transaction; facts are announced inside it."""

import logging
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy.engine import Connection, Engine
from sqlmodel import Session

from booking.db.engine import READ_ONLY
from booking.db.signals import send_signals
from booking.kernel.errors import BookingError
from booking.kernel.events import Event

_log = logging.getLogger("booking.db")
Answer = TypeVar("Answer")


class UnitOfWork:
    """The session of one deed, and the way to tell the house what it did."""

    def __init__(self, session: Session, reactions: "Reactions") -> None:
        self.session = session
        self._reactions = reactions
        # What a sweep could not do, for whoever records how it went.
        self.failures: list[str] = []
        # What is written in a transaction of its own when this one is undone by a refusal.
        self.when_refused: list[Deed] = []
        # Whether what is announced now is part of a deed that tells of all its parts at its end.
        self.in_one = False
        self._learnt: dict[Hashable, Any] = {}

    @contextmanager
    def as_one(self) -> Iterator[None]:
        """Facts announced inside are recorded as ever; people are told once, of the whole."""
        before, self.in_one = self.in_one, True
        try:
            yield
        finally:
            self.in_one = before
            self._learnt.clear()

    def ask_once(self, question: Hashable, ask: Callable[[], Answer]) -> Answer:
        """What a question answers; within a deed of many parts it is asked for the first only.

        For what the deed itself does not change."""
        if not self.in_one:
            return ask()
        if question not in self._learnt:
            self._learnt[question] = ask()
        answer: Answer = self._learnt[question]
        return answer

    def announce(self, event: Event) -> None:
        """Call every reaction to this fact, then those to any fact, in the same transaction."""
        self.announce_all([event])

    def announce_all(self, events: Sequence[Event]) -> None:
        """The same for several facts; reactions to any fact are given them all at once."""
        for event in events:
            for react in self._reactions.get(type(event), ()):
                react(self, event)
        if events:
            for react in self._reactions.get(Event, ()):
                react(self, events)


# A reaction is listed under the event type it expects, which the table alone cannot express;
# those under `Event` itself expect a sequence of facts.
Reaction = Callable[[UnitOfWork, Any], None]
Reactions = Mapping[type[Event], tuple[Reaction, ...]]


# What is done with a unit of work that somebody else opens and ends.
Deed = Callable[[UnitOfWork], object]


@contextmanager
def unit_of_work(bind: Engine | Connection, reactions: Reactions) -> Iterator[UnitOfWork]:
    """Commit when the block ends, roll back when it raises; then what was to be noted of that."""
    noted: list[Deed] = []
    try:
        with Session(bind, expire_on_commit=False) as session:
            uow = UnitOfWork(session, reactions)
            noted = uow.when_refused
            yield uow
            send_signals(session)
            session.commit()
    except BookingError:
        if noted:
            _note(bind, reactions, noted)
        raise


def _note(bind: Engine | Connection, reactions: Reactions, noted: Sequence[Deed]) -> None:
    """A second deed: whatever becomes of it, the first was refused as it was."""
    try:
        with unit_of_work(bind, reactions) as uow:
            for deed in noted:
                deed(uow)
    except Exception:  # noqa: BLE001 - the refusal is the answer, not what was to be noted of it
        _log.warning("a refusal could not be noted", exc_info=True)


@contextmanager
def read_session(bind: Engine) -> Iterator[Session]:
    """A session for questions; nothing it does is kept."""
    with Session(bind.execution_options(**READ_ONLY), expire_on_commit=False) as session:
        yield session


@contextmanager
def snapshot_session(bind: Engine) -> Iterator[Session]:
    """The same, with every question answered as of the first: what SQLite does of itself."""
    still = {} if bind.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with read_session(bind.execution_options(**still)) as session:
        yield session
