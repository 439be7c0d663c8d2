"""Seal a statement: keep its exact text, hashed, as the next link of the chain."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from booking.db.inserts import insert_or_lock
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.subsidies.models.chain import STATEMENTS, StatementChain, StatementLink
from booking.subsidies.models.statement import Statement, StatementSnapshot
from booking.subsidies.queries.chain import noted_end, unlinked
from booking.subsidies.queries.statements import statement_row
from booking.subsidies.rules.chain import ORIGIN, ChainEnd, sealed
from booking.subsidies.rules.document import canonical, digest
from booking.subsidies.statements import drawn_up


def hold_chain(uow: UnitOfWork) -> ChainEnd:
    """The end of the chain, ours until the deed is done, so that everybody locks in one queue.

    Hold it before a statement's row: two deeds that took them in different order would wait for
    each other. What was locked before there was a chain is added first.
    """
    start = {"name": STATEMENTS, "position": 0, "hash": ORIGIN}
    insert_or_lock(uow.session, StatementChain, [start], key="name")
    return _added(uow, noted_end(uow.session), unlinked(uow.session))


def seal(
    uow: UnitOfWork, statement: Statement, end: ChainEnd, *, actor_id: int | None, now: datetime
) -> str:
    """Keep the statement as it is now; its hash."""
    uow.session.flush()
    drawn = drawn_up(uow.session, statement_row(uow.session, statement.number))
    content = canonical(sealed(drawn, end, on=local(now).date()))
    snapshot = StatementSnapshot(
        statement_id=statement.key,
        revision=statement.revision,
        sha256=digest(content),
        content=content,
        locked_by=actor_id,
        locked_at=now,
    )
    uow.session.add(snapshot)
    uow.session.flush()
    _added(uow, end, [(snapshot.key, snapshot.sha256)])
    return snapshot.sha256


def _added(uow: UnitOfWork, end: ChainEnd, documents: Sequence[tuple[int, str]]) -> ChainEnd:
    """Where the chain ends with these documents in it."""
    rows = []
    for snapshot_id, sha256 in documents:
        previous, end = end.hash, end.then(sha256)
        place = {"position": end.position, "snapshot_id": snapshot_id}
        rows.append({**place, "previous": previous, "hash": end.hash})
    if rows:
        uow.session.execute(sa.insert(StatementLink), rows)
        moved = sa.update(StatementChain).where(col(StatementChain.name) == STATEMENTS)
        uow.session.execute(moved.values(position=end.position, hash=end.hash))
    return end
