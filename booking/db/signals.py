"""What a deed changed, as numbers (topics), told to other processes when it commits.

PostgreSQL tells them itself, with the commit and only then. That needs no statement of its own: it
travels with the INSERT that writes the facts down (`write_and_tell`). SQLite has nobody to
tell: whoever listens there looks (see `booking.db.listening`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

import sqlalchemy as sa
from sqlmodel import Session

Topics = frozenset[int]

CHANNEL: Final = "booking_changed"
_NOTED: Final = "changed_topics"
# PostgreSQL takes 8000 bytes.
_LONGEST: Final = 7000
_ANYTHING: Final = "*"
_NOTIFY: Final = sa.func.pg_notify(CHANNEL, sa.bindparam("told_topics", type_=sa.Text()))
_ONLY_NOTIFY: Final = sa.select(_NOTIFY)


@dataclass(frozen=True, slots=True)
class WritingAndTelling:
    """An INSERT, and the same that tells on its way; PostgreSQL tells a thing once a commit."""

    silent: sa.Insert
    telling: sa.Executable

    @classmethod
    def into(cls, table: sa.Table) -> Self:
        """Built once, for facts that are written all the time."""
        return cls(sa.insert(table), sa.insert(table).returning(_NOTIFY))


def signal(session: Session, topics: Iterable[int]) -> None:
    """Let those who listen know of it when this transaction commits."""
    session.info.setdefault(_NOTED, set()).update(topics)


def send_signals(session: Session) -> None:
    """Hand over what was noted, before the commit; of what is rolled back nobody hears."""
    if told := _told(session):
        session.execute(_ONLY_NOTIFY, told)


def write_and_tell(
    session: Session, statement: WritingAndTelling, rows: Sequence[Mapping[str, object]]
) -> None:
    """Write rows, at least one, and hand over what was noted with them: it is undone with them."""
    told = _told(session)
    if told:
        session.execute(statement.telling, [row | told for row in map(dict, rows)])
    else:
        session.execute(statement.silent, rows)


def _told(session: Session) -> dict[str, str]:
    noted = session.info.pop(_NOTED, None)
    postgresql = session.get_bind().dialect.name == "postgresql"
    return {"told_topics": written(noted)} if noted and postgresql else {}


def written(topics: Collection[int]) -> str:
    """Topics as they are sent; more than fit mean anything."""
    text = ",".join(str(topic) for topic in sorted(topics))
    return text if len(text) <= _LONGEST else _ANYTHING


def read(payload: str) -> Topics | None:
    """What was sent; None means that anything may have changed."""
    if payload == _ANYTHING:
        return None
    return frozenset(int(topic) for topic in payload.split(",") if topic.isdecimal())
