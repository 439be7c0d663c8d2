"""End sessions before their time, and say why to whoever still carries their secret."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from booking.accounts.models import HalfSignIn, LoginSession
from booking.accounts.rules import Ended, digest_of
from booking.db.transactions import UnitOfWork


def end_session(uow: UnitOfWork, secret: str, *, now: datetime) -> int:
    """The session of this secret, if it is open."""
    return _end(
        uow, col(LoginSession.digest) == digest_of(secret), because=Ended.SIGNED_OUT, now=now
    )


def end_session_of(uow: UnitOfWork, user_id: int, session_id: int, *, now: datetime) -> int:
    """One of a person's own, picked from their list."""
    this_one = (col(LoginSession.id) == session_id) & (col(LoginSession.user_id) == user_id)
    return _end(uow, this_one, because=Ended.SIGNED_OUT, now=now)


def end_sessions_of(
    uow: UnitOfWork,
    user_id: int,
    *,
    because: Ended,
    now: datetime,
    but_not: str | None = None,
) -> int:
    """Every session of a person, perhaps but one, and every sign-in that is half done."""
    theirs = col(LoginSession.user_id) == user_id
    if but_not:
        theirs &= col(LoginSession.digest) != digest_of(but_not)
    uow.session.execute(sa.delete(HalfSignIn).where(col(HalfSignIn.user_id) == user_id))
    viewed = (col(LoginSession.guise_id) == user_id) & (col(LoginSession.guise_until) > now)
    uow.session.execute(sa.update(LoginSession).where(viewed).values(guise_until=now))
    return _end(uow, theirs, because=because, now=now)


def _end(uow: UnitOfWork, which: sa.ColumnElement[bool], *, because: Ended, now: datetime) -> int:
    # The row stays for a while: it tells which addresses are the owner's.
    open_ones = sa.update(LoginSession).where(which, col(LoginSession.expires_at) > now)
    return len(
        uow.session.execute(
            open_ones.values(expires_at=now, ended_by=because.value)
            .returning(col(LoginSession.id))
            .execution_options(synchronize_session=False)
        ).all()
    )
