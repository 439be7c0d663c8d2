"""For deeds over whole months: a page gives up after seconds, they may take their time."""

import sqlalchemy as sa
from sqlmodel import Session

from booking.db.overtime import UNHURRIED


def take_your_time(session: Session) -> None:
    """Lift the time-outs for the rest of this transaction."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SET LOCAL statement_timeout = 0"))
        session.execute(sa.text("SET LOCAL lock_timeout = '30s'"))
    else:
        session.connection().info[UNHURRIED] = True
