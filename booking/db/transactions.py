"""Units of work: one deed, one transaction; facts are announced inside it."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy.engine import Connection, Engine
from sqlmodel import Session

from booking.db.engine import READ_ONLY
from booking.db.signals import send_signals
from booking.kernel.events import Event

Answer = TypeVar("Answer")


class UnitOfWork:
    """The session of one deed, and the way to tell the house what it did."""

    def __init__(self, session: Session, reactions: "Reactions") -> None:
        self.session = session
        self._reactions = reactions
        # What a sweep could not do, for whoever records how it went.
        self.failures: list[str] = []
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


@contextmanager
def unit_of_work(bind: Engine | Connection, reactions: Reactions) -> Iterator[UnitOfWork]:
    """Commit when the block ends, roll back when it raises."""
    with Session(bind, expire_on_commit=False) as session:
        yield UnitOfWork(session, reactions)
        send_signals(session)
        session.commit()


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
