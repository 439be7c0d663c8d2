"""What programmes paid for the uses of instruments, for the room below that counts those uses."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.instruments.models.instrument import Instrument
from booking.kernel.periods import Period
from booking.organisations.models import Organisation
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
            .where(*_paid_for(period, instruments))
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


def _paid_for(period: Period, instruments: sa.Select[int]) -> list[sa.ColumnElement[bool]]:
    day = col(StatementLine.day)
    return [
        col(StatementLine.instrument_id).in_(instruments),
        day >= period.first,
        day < period.until,
        col(StatementLine.live).is_(True),
        col(StatementLine.kind) == LineKind.USAGE,
        col(Statement.state) != StatementState.DRAFT,
    ]


@dataclass(frozen=True, slots=True)
class GrantedLine:
    """A line of a locked statement, and what it was paid for."""

    id: int
    day: date
    programme: str
    reference: str
    statement: str
    user: str
    user_en: str
    instrument: str
    instrument_en: str
    payable_fen: int


def lines_granted(
    session: Session,
    period: Period,
    instruments: sa.Select[int],
    *,
    after: tuple[date, int] | None,
    take: int,
) -> Sequence[GrantedLine]:
    """The lines of which what programmes paid is the sum, day by day; without those of nothing."""
    key = sa.tuple_(col(StatementLine.day), col(StatementLine.id))
    asked = (
        sa.select(
            col(StatementLine.id),
            col(StatementLine.day),
            col(StatementLine.programme),
            col(StatementLine.reference),
            col(Statement.number),
            col(Organisation.name),
            col(Organisation.name_en),
            col(Instrument.name),
            col(Instrument.name_en),
            col(StatementLine.payable_fen),
        )
        .join(Statement, col(Statement.id) == col(StatementLine.statement_id))
        .join(Organisation, col(Organisation.id) == col(Statement.organisation_id))
        .join(Instrument, col(Instrument.id) == col(StatementLine.instrument_id))
        .where(*_paid_for(period, instruments), col(StatementLine.payable_fen) != 0)
        .order_by(col(StatementLine.day), col(StatementLine.id))
        .limit(take)
    )
    if after is not None:
        asked = asked.where(key > sa.tuple_(*(sa.literal(part) for part in after)))
    return [GrantedLine(*row) for row in session.execute(asked)]
