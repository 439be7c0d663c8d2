"""What a deed changed, as numbers (topics), told to other processes when it commits.

PostgreSQL tells them itself, with the commit and only then. SQLite has nobody to tell: whoever
listens there looks (see `booking.db.listening`).
"""

from collections.abc import Collection, Iterable
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session

Topics = frozenset[int]

CHANNEL: Final = "booking_changed"
_NOTED: Final = "changed_topics"
# PostgreSQL takes 8000 bytes.
_LONGEST: Final = 7000
_ANYTHING: Final = "*"
_NOTIFY: Final = sa.text("SELECT pg_notify(:channel, :topics)")


def signal(session: Session, topics: Iterable[int]) -> None:
    """Let those who listen know of it when this transaction commits."""
    session.info.setdefault(_NOTED, set()).update(topics)


def send_signals(session: Session) -> None:
    """Hand over what was noted, before the commit; of what is rolled back nobody hears."""
    noted = session.info.pop(_NOTED, None)
    if noted and session.get_bind().dialect.name == "postgresql":
        session.execute(_NOTIFY, {"channel": CHANNEL, "topics": written(noted)})


def written(topics: Collection[int]) -> str:
    """Topics as they are sent; more than fit mean anything."""
    text = ",".join(str(topic) for topic in sorted(topics))
    return text if len(text) <= _LONGEST else _ANYTHING


def read(payload: str) -> Topics | None:
    """What was sent; None means that anything may have changed."""
    if payload == _ANYTHING:
        return None
    return frozenset(int(topic) for topic in payload.split(",") if topic.isdecimal())
