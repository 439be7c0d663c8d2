"""How long a database may take, and how much it thinks before it begins."""

import sqlalchemy as sa
from sqlmodel import Session

from booking.db.overtime import UNHURRIED


def take_your_time(session: Session) -> None:
    """Lift the time-outs for the rest of this transaction, for deeds over whole months."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SET LOCAL statement_timeout = 0"))
        session.execute(sa.text("SET LOCAL lock_timeout = '30s'"))
    else:
        session.connection().info[UNHURRIED] = True


def plan_for_each(session: Session) -> None:
    """Let PostgreSQL plan each statement anew for the rest of this transaction.

    After five times it would keep one plan for any words and any number of rows: rare and frequent
    words need their own, and so do tables that the transaction itself fills.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SET LOCAL plan_cache_mode = force_custom_plan"))
