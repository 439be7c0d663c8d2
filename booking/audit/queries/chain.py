"""The chain: where it goes on, what it covers, what stayed out of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.audit.models import AuditEntry, AuditLink
from booking.audit.queries.entries import is_a_number
from booking.audit.rules import ORIGIN, Content, Link

# An entry gets its number when it is written and is seen when its deed commits; within this many
# numbers, one may come late.
MAY_COME_LATE: Final = 200_000
TRAIL: Final[sa.Table] = AuditEntry.__table__  # type: ignore[attr-defined]  # by SQLModel


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """The last link, and the highest number of an entry that has one."""

    position: int
    hash: str
    highest_entry: int


def last_link(session: Session) -> ChainEnd:
    """Where the chain goes on."""
    newest = sa.select(col(AuditLink.position), col(AuditLink.hash))
    end = session.execute(newest.order_by(col(AuditLink.position).desc()).limit(1)).first()
    highest = session.execute(sa.select(sa.func.max(col(AuditLink.entry_id)))).scalar_one()
    return ChainEnd(end.position, end.hash, highest) if end else ChainEnd(0, ORIGIN, 0)


def link_at(session: Session, position: str) -> str | None:
    """The hash at a place of the chain; None when there is no such place."""
    if not is_a_number(position):
        return None
    asked = sa.select(col(AuditLink.hash)).where(col(AuditLink.position) == int(position))
    return session.execute(asked).scalar_one_or_none()


def unchained(session: Session, *, after: int, limit: int) -> Sequence[tuple[int, Content]]:
    """Entries without a link, in their order, and some that came late."""
    asked = (
        sa.select(TRAIL)
        .outerjoin(AuditLink, col(AuditLink.entry_id) == col(AuditEntry.id))
        .where(col(AuditEntry.id) > after - MAY_COME_LATE, col(AuditLink.position).is_(None))
        .order_by(col(AuditEntry.id))
        .limit(limit)
    )
    return [(row.id, content_of(row)) for row in session.execute(asked)]


def links(session: Session) -> Iterator[Link]:
    """The whole chain with its entries, by position."""
    asked = (
        sa.select(col(AuditLink.position), col(AuditLink.entry_id), col(AuditLink.hash), TRAIL)
        .outerjoin(AuditEntry, col(AuditEntry.id) == col(AuditLink.entry_id))
        .order_by(col(AuditLink.position))
        .execution_options(yield_per=5_000)
    )
    for row in session.execute(asked):
        content = None if row.id is None else content_of(row)
        yield Link(row.position, row.entry_id, row.hash, content)


def left_out(session: Session) -> Sequence[int]:
    """Entries that have no link although none so old can come late."""
    highest = sa.select(sa.func.max(col(AuditLink.entry_id))).scalar_subquery()
    asked = (
        sa.select(col(AuditEntry.id))
        .outerjoin(AuditLink, col(AuditLink.entry_id) == col(AuditEntry.id))
        .where(col(AuditLink.position).is_(None), col(AuditEntry.id) <= highest - MAY_COME_LATE)
        .order_by(col(AuditEntry.id))
    )
    return session.execute(asked).scalars().all()


def content_of(row: sa.Row[*tuple[object, ...]]) -> Content:
    """What a link's hash covers: everything an entry says."""
    said = {column.name: row._mapping[column] for column in TRAIL.columns}
    return {**said, "at": said["at"].isoformat()}
