"""The chain of locked statements: where it ends, what stands in it, what does not."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.subsidies.models.chain import STATEMENTS, StatementChain, StatementLink
from booking.subsidies.models.statement import Statement, StatementSnapshot
from booking.subsidies.rules.chain import ChainEnd, Link
from booking.subsidies.rules.document import digest

_BATCH = 50


def noted_end(session: Session) -> ChainEnd:
    """Where the chain ends by its own note."""
    asked = sa.select(col(StatementChain.position), col(StatementChain.hash))
    row = session.execute(asked.where(col(StatementChain.name) == STATEMENTS)).one_or_none()
    return ChainEnd() if row is None else ChainEnd(row.position, row.hash)


def unlinked(session: Session) -> Sequence[tuple[int, str]]:
    """Documents locked since the last link, in order: those from before there was a chain."""
    last = (
        sa.select(col(StatementLink.snapshot_id))
        .order_by(col(StatementLink.position).desc())
        .limit(1)
        .scalar_subquery()
    )
    asked = (
        sa.select(col(StatementSnapshot.id), col(StatementSnapshot.sha256))
        .where(col(StatementSnapshot.id) > sa.func.coalesce(last, 0))
        .order_by(col(StatementSnapshot.id))
    )
    return [(row.id, row.sha256) for row in session.execute(asked)]


def links(session: Session) -> Iterator[Link]:
    """The whole chain by position; each document is hashed as it is now."""
    asked = (
        sa.select(
            col(StatementLink.position),
            col(Statement.number),
            col(StatementSnapshot.content),
            col(StatementLink.previous),
            col(StatementLink.hash),
        )
        .outerjoin_from(
            StatementLink,
            StatementSnapshot,
            col(StatementSnapshot.id) == col(StatementLink.snapshot_id),
        )
        .outerjoin(Statement, col(Statement.id) == col(StatementSnapshot.statement_id))
        .order_by(col(StatementLink.position))
        .execution_options(yield_per=_BATCH)
    )
    for position, number, content, previous, found in session.execute(asked):
        yield Link(position, number or "", digest(content or ""), previous, found)


def left_out(session: Session) -> Sequence[str]:
    """Statements whose locked document the chain passed over."""
    newest = sa.select(sa.func.max(col(StatementLink.snapshot_id))).scalar_subquery()
    asked = (
        sa.select(col(Statement.number))
        .join_from(
            StatementSnapshot, Statement, col(Statement.id) == col(StatementSnapshot.statement_id)
        )
        .outerjoin(StatementLink, col(StatementLink.snapshot_id) == col(StatementSnapshot.id))
        .where(col(StatementLink.position).is_(None), col(StatementSnapshot.id) < newest)
        .order_by(col(StatementSnapshot.id))
    )
    return session.execute(asked).scalars().all()
