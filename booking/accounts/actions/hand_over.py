"""An account that somebody else made comes to the owner of its address.

Whoever made it may know its password, or have left a token behind: from the moment on that the
owner shows that the address is theirs, neither opens it. A second factor stays: whoever reads
somebody's letters has not got their telephone, and a colleague can remove a wrong one.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from booking.accounts.actions.end_sessions import end_sessions_of
from booking.accounts.models import ApiToken, Credential, User
from booking.accounts.rules import Ended
from booking.db.transactions import UnitOfWork


def hand_over(uow: UnitOfWork, user: User, *, now: datetime) -> None:
    """Once: an address that was confirmed before changes nothing."""
    if user.email_confirmed_at is not None:
        return
    user.email_confirmed_at = now
    theirs = sa.delete(Credential).where(col(Credential.user_id) == user.key)
    uow.session.execute(theirs.execution_options(synchronize_session="fetch"))
    uow.session.execute(
        sa.update(ApiToken)
        .where(col(ApiToken.user_id) == user.key, col(ApiToken.revoked_at).is_(None))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )
    end_sessions_of(uow, user.key, because=Ended.PASSWORD, now=now)
    uow.session.flush()
