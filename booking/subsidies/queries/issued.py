"""Which files of statements are known, and whether one that somebody holds is among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.kernel.clock import local
from booking.subsidies.models.issued import StatementPrint
from booking.subsidies.models.statement import Settlement, Statement, StatementSnapshot
from booking.subsidies.states import StatementState


@dataclass(frozen=True, slots=True)
class Verified:
    """What anybody may know of a statement of which they hold a hash: no name, no amount."""

    number: str
    revision: int
    period: str
    locked_at: datetime
    state: StatementState
    is_current: bool

    @property
    def locked_on(self) -> date:
        """The local day on which it was locked."""
        return local(self.locked_at).date()


_VERIFIED = (
    sa.select(
        col(Statement.number),
        col(StatementSnapshot.revision),
        col(Settlement.period),
        col(StatementSnapshot.locked_at),
        col(Statement.state),
        sa.and_(
            col(Statement.state) != StatementState.DRAFT,
            col(Statement.revision) == col(StatementSnapshot.revision),
        ),
    )
    .join_from(
        StatementSnapshot, Statement, col(Statement.id) == col(StatementSnapshot.statement_id)
    )
    .join(Settlement, col(Settlement.id) == col(Statement.settlement_id))
)


def verified(session: Session, number: str, sha256: str) -> Verified | None:
    """The statement that was locked with this hash, or given out as a file that has it."""
    printed = sa.exists().where(
        col(StatementPrint.snapshot_id) == col(StatementSnapshot.id),
        col(StatementPrint.sha256) == sha256,
    )
    asked = _VERIFIED.where(
        col(Statement.number) == number,
        sa.or_(col(StatementSnapshot.sha256) == sha256, printed),
    )
    row = session.execute(asked.order_by(col(StatementSnapshot.revision).desc())).first()
    return None if row is None else Verified(*row)


def is_locked(session: Session, number: str) -> bool:
    """Whether there is a locked statement of this number."""
    asked = sa.select(col(Statement.id)).where(
        col(Statement.number) == number, col(Statement.state) != StatementState.DRAFT
    )
    return session.execute(asked).first() is not None


@dataclass(frozen=True, slots=True)
class Unprinted:
    """A locked document whose files nobody has hashed yet."""

    snapshot_id: int
    number: str
    sha256: str
    content: str


def unprinted(
    session: Session, maker: str, *, number: str | None = None, limit: int
) -> Sequence[Unprinted]:
    """Documents without the hashes of what this maker makes of them, the newest first."""
    printed = sa.exists().where(
        col(StatementPrint.snapshot_id) == col(StatementSnapshot.id),
        col(StatementPrint.maker) == maker,
    )
    asked = (
        sa.select(
            col(StatementSnapshot.id),
            col(Statement.number),
            col(StatementSnapshot.sha256),
            col(StatementSnapshot.content),
        )
        .join_from(
            StatementSnapshot, Statement, col(Statement.id) == col(StatementSnapshot.statement_id)
        )
        .where(~printed)
        .order_by(col(StatementSnapshot.id).desc())
        .limit(limit)
    )
    if number is not None:
        asked = asked.where(col(Statement.number) == number)
    return [Unprinted(*row) for row in session.execute(asked)]
