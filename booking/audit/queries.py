"""What happened: the history of a subject, of a person, of a stretch of time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.accounts.models import User
from booking.audit.models import AuditEntry, AuditLink
from booking.audit.rules import ORIGIN, Content, Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries; `actor` is a person's id or e-mail address, the span is half-open."""

    subject: str = ""
    actor: str = ""
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry with the name of who acted; None when the clock did."""

    id: int
    at: datetime
    name: str
    subject: str
    cause: str
    changes: Mapping[str, Sequence[object]]
    actor_id: int | None
    actor_name: str | None
    actor_email: str | None


def entries(
    session: Session, wanted: Wanted, *, before_id: int | None, limit: int
) -> Sequence[EntryRow]:
    """Newest first; those written before an entry when paging on."""
    listed = (
        sa.select(
            col(AuditEntry.id),
            col(AuditEntry.at),
            col(AuditEntry.name),
            col(AuditEntry.subject),
            col(AuditEntry.cause),
            col(AuditEntry.changes),
            col(AuditEntry.actor_id),
            col(User.name),
            col(User.email),
        )
        .outerjoin(User, col(User.id) == col(AuditEntry.actor_id))
        .where(*_conditions(wanted))
        .order_by(col(AuditEntry.id).desc())
        .limit(limit)
    )
    if before_id is not None:
        listed = listed.where(col(AuditEntry.id) < before_id)
    return [EntryRow(*row) for row in session.execute(listed)]


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.subject:
        conditions.append(col(AuditEntry.subject) == wanted.subject)
    if wanted.actor:
        conditions.append(_by(wanted.actor))
    if wanted.start is not None:
        conditions.append(col(AuditEntry.at) >= wanted.start)
    if wanted.end is not None:
        conditions.append(col(AuditEntry.at) < wanted.end)
    return conditions


def _by(person: str) -> sa.ColumnElement[bool]:
    if _is_a_number(person):
        return col(AuditEntry.actor_id) == int(person)
    of_that_address = sa.select(col(User.id)).where(col(User.email) == person.lower())
    return col(AuditEntry.actor_id).in_(of_that_address)


def _is_a_number(text: str) -> bool:
    # At most 18 digits, so that it fits the column on either database.
    return text.isascii() and text.isdigit() and len(text) <= 18


# An entry gets its number when it is written and is seen when its deed commits; within this many
# numbers, one may come late.
MAY_COME_LATE: Final = 200_000
_TRAIL: Final[sa.Table] = AuditEntry.__table__  # type: ignore[attr-defined]  # by SQLModel


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
    if not _is_a_number(position):
        return None
    asked = sa.select(col(AuditLink.hash)).where(col(AuditLink.position) == int(position))
    return session.execute(asked).scalar_one_or_none()


def unchained(session: Session, *, after: int, limit: int) -> Sequence[tuple[int, Content]]:
    """Entries without a link, in their order, and some that came late."""
    asked = (
        sa.select(_TRAIL)
        .outerjoin(AuditLink, col(AuditLink.entry_id) == col(AuditEntry.id))
        .where(col(AuditEntry.id) > after - MAY_COME_LATE, col(AuditLink.position).is_(None))
        .order_by(col(AuditEntry.id))
        .limit(limit)
    )
    return [(row.id, _content(row)) for row in session.execute(asked)]


def links(session: Session) -> Iterator[Link]:
    """The whole chain with its entries, by position."""
    asked = (
        sa.select(col(AuditLink.position), col(AuditLink.entry_id), col(AuditLink.hash), _TRAIL)
        .outerjoin(AuditEntry, col(AuditEntry.id) == col(AuditLink.entry_id))
        .order_by(col(AuditLink.position))
        .execution_options(yield_per=5_000)
    )
    for row in session.execute(asked):
        content = None if row.id is None else _content(row)
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


def _content(row: sa.Row[*tuple[object, ...]]) -> Content:
    """What a link's hash covers: everything an entry says."""
    said = {column.name: row._mapping[column] for column in _TRAIL.columns}
    return {**said, "at": said["at"].isoformat()}
