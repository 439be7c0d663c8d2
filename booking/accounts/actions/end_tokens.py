"""Close the tokens of somebody who may do nothing any more."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from booking.accounts.events import TokenRevoked
from booking.accounts.models import ApiToken
from booking.db.transactions import UnitOfWork


def end_tokens_of(uow: UnitOfWork, user_id: int, *, actor_id: int | None, now: datetime) -> None:
    """All that still open something; each is told of."""
    open_ones = (
        sa.update(ApiToken)
        .where(
            col(ApiToken.user_id) == user_id,
            col(ApiToken.revoked_at).is_(None),
            col(ApiToken.expires_at) > now,
        )
        .values(revoked_at=now)
        .returning(col(ApiToken.id), col(ApiToken.name))
        .execution_options(synchronize_session=False)
    )
    for token_id, name in sorted(tuple(row) for row in uow.session.execute(open_ones)):
        uow.announce(
            TokenRevoked(
                at=now,
                actor_id=actor_id,
                subject=f"user:{user_id}",
                changes={"token": (name, None)},
                user_id=user_id,
                token_id=token_id,
            )
        )
