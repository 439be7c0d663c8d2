"""What programmes paid for the uses of instruments, for the room below that counts those uses."""

from collections import defaultdict
from collections.abc import Mapping

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.kernel.periods import Period
from booking.subsidies.models.statement import (
    LineKind,
    Statement,
    StatementLine,
    StatementSnapshot,
)
from booking.subsidies.states import StatementState


class LockedGrants:
    """Answers from statements that are locked; a draft may still come to something else."""

    def granted(
        self, session: Session, period: Period, instruments: sa.Select[int]
    ) -> Mapping[tuple[int, str], int]:
        """Fen by instrument and month: lines count on the day by which their programme counts."""
        owner, day = col(StatementLine.instrument_id), col(StatementLine.day)
        asked = (
            sa.select(owner, day, sa.cast(sa.func.sum(StatementLine.payable_fen), sa.BigInteger))
            .join(Statement, col(Statement.id) == col(StatementLine.statement_id))
            .where(
                owner.in_(instruments),
                day >= period.first,
                day < period.until,
                col(StatementLine.live),
                col(StatementLine.kind) == LineKind.USAGE,
                col(Statement.state) != StatementState.DRAFT,
            )
            .group_by(owner, day)
        )
        found: dict[tuple[int, str], int] = defaultdict(int)
        for instrument_id, on, fen in session.execute(asked):
            found[instrument_id, f"{on:%Y-%m}"] += fen
        return found

    def stamp(self, session: Session) -> str:
        """Every lock leaves a snapshot; a withdrawn statement is a draft that was locked once, and
        stays one until it is locked again."""
        last = sa.select(sa.func.max(col(StatementSnapshot.id))).scalar_subquery()
        withdrawn = (
            sa.select(sa.func.count())
            .where(col(Statement.state) == StatementState.DRAFT, col(Statement.revision) > 1)
            .scalar_subquery()
        )
        locked, back = session.execute(sa.select(last, withdrawn)).one()
        return f"{locked or 0}-{back}"
