"""One transaction at a time, where what is counted has no row that nobody else locks."""

from typing import Final

import sqlalchemy as sa
from sqlmodel import Session

_TRY: Final = sa.text("SELECT pg_try_advisory_xact_lock(hashtextextended(:what, 0))")


def has_turn(session: Session, what: str) -> bool:
    """Whether nobody else has this turn now; then it is ours until we end. Waits for nobody.

    SQLite has one writer, whose turn it always is.
    """
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool(session.execute(_TRY, {"what": what}).scalar_one())
