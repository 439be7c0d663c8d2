"""Second factors and half sign-ins, as they are stored."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.accounts.models import HalfSignIn, RecoveryCode, SecondFactor, User

# Beside a person in another question: whether a code is asked for. Only what was confirmed counts.
HAS_FACTOR = (
    sa.exists()
    .where(col(SecondFactor.user_id) == col(User.id), col(SecondFactor.confirmed_at).is_not(None))
    .correlate(User)
)


@dataclass(frozen=True, slots=True)
class FactorState:
    """What a person is told about the own second factor."""

    since: datetime | None = None
    codes_left: int = 0

    @property
    def set(self) -> bool:
        return self.since is not None


def has_second_factor(session: Session, user_id: int) -> bool:
    """Whether a code is asked for: only a factor that was confirmed counts."""
    found = session.execute(
        sa.select(col(SecondFactor.id)).where(
            col(SecondFactor.user_id) == user_id, col(SecondFactor.confirmed_at).is_not(None)
        )
    ).first()
    return found is not None


def second_factor_for_update(session: Session, user_id: int) -> SecondFactor | None:
    """The row, confirmed or not, locked until the deed ends."""
    found: SecondFactor | None = session.execute(
        sa.select(SecondFactor)
        .where(col(SecondFactor.user_id) == user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    return found


def factor_state(session: Session, user_id: int) -> FactorState:
    """Since when it is set, and how many recovery codes are left."""
    since = session.execute(
        sa.select(col(SecondFactor.confirmed_at)).where(col(SecondFactor.user_id) == user_id)
    ).scalar_one_or_none()
    if since is None:
        return FactorState()
    left = sa.select(sa.func.count(col(RecoveryCode.id))).where(
        col(RecoveryCode.user_id) == user_id, col(RecoveryCode.used_at).is_(None)
    )
    return FactorState(since, session.execute(left).scalar_one())


def halfway(session: Session, digest: str, *, now: datetime, lock: bool = False) -> int | None:
    """Whose first factor was proved in this browser a moment ago."""
    wanted = (
        sa.select(col(HalfSignIn.user_id))
        .join(User, col(User.id) == col(HalfSignIn.user_id))
        .where(col(HalfSignIn.digest) == digest, col(HalfSignIn.expires_at) > now, col(User.active))
    )
    found: int | None = session.execute(
        wanted.with_for_update(of=HalfSignIn) if lock else wanted
    ).scalar_one_or_none()
    return found
