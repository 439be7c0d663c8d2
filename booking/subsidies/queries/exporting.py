"""Exports of a period: the next to be worked on, how far one is, and what goes into it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from booking.kernel.errors import NotFound
from booking.subsidies.models.issued import StatementExport
from booking.subsidies.models.statement import Settlement, Statement
from booking.subsidies.queries.statements import ROW, StatementRow
from booking.subsidies.states import UNFINISHED, ExportState


@dataclass(frozen=True, slots=True)
class ExportRow:
    """An export as whoever waits for it sees it."""

    id: int
    period: str
    state: ExportState
    total: int
    done: int
    file_id: int | None
    asked_at: datetime
    ended_at: datetime | None

    @property
    def going(self) -> bool:
        return self.state in UNFINISHED


_ROW = sa.select(
    col(StatementExport.id),
    col(StatementExport.period),
    col(StatementExport.state),
    col(StatementExport.total),
    col(StatementExport.done),
    col(StatementExport.file_id),
    col(StatementExport.asked_at),
    col(StatementExport.ended_at),
)


def export_row(session: Session, export_id: int) -> ExportRow:
    """One export; NotFound when there is none."""
    row = session.execute(_ROW.where(col(StatementExport.id) == export_id)).one_or_none()
    if row is None:
        raise NotFound(export_id=export_id)
    return ExportRow(*row)


def unfinished_export(session: Session, period: str, language: str) -> StatementExport | None:
    """One of this period that waits or is being written."""
    asked = select(StatementExport).where(
        StatementExport.period == period,
        StatementExport.language == language,
        col(StatementExport.state).in_(UNFINISHED),
    )
    return session.exec(asked.order_by(col(StatementExport.id)).limit(1)).first()


def next_export(session: Session, *, leaving: Collection[int] = ()) -> StatementExport | None:
    """The export that waits longest, but for some."""
    waiting = select(StatementExport).where(
        col(StatementExport.state).in_(UNFINISHED), col(StatementExport.id).not_in(leaving)
    )
    return session.exec(waiting.order_by(col(StatementExport.id)).limit(1)).first()


def export_for_update(session: Session, export_id: int) -> StatementExport:
    """The export's row, locked until the deed ends."""
    asked = select(StatementExport).where(col(StatementExport.id) == export_id).with_for_update()
    return session.exec(asked.execution_options(populate_existing=True)).one()


def statements_in(session: Session, period: str) -> int:
    """How many statements a period has."""
    asked = (
        sa.select(sa.func.count())
        .select_from(Statement)
        .join(Settlement, col(Settlement.id) == col(Statement.settlement_id))
        .where(col(Settlement.period) == period)
    )
    return int(session.execute(asked).scalar_one())


def statements_after(
    session: Session, period: str, reached: str, *, limit: int
) -> Sequence[StatementRow]:
    """The next statements of a period, by number."""
    asked = ROW.where(col(Settlement.period) == period, col(Statement.number) > reached)
    rows = session.execute(asked.order_by(col(Statement.number)).limit(limit))
    return [StatementRow(*row) for row in rows]
