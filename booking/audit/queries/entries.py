"""What happened: the history of a subject, of a person, of a stretch of time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.accounts.models import User
from booking.audit.errors import SpanBackwards
from booking.audit.models import AuditEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries; `actor` is a person's id or e-mail address, the span is half-open."""

    subject: str = ""
    actor: str = ""
    start: datetime | None = None
    end: datetime | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.start > self.end:
            raise SpanBackwards(start=self.start, end=self.end)


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry with the name of who acted; None when the clock did."""

    id: int
    at: datetime
    name: str
    subject: str
    cause: str
    changes: Mapping[str, Sequence[object]]
    on_behalf_of: str
    request_id: str
    actor_id: int | None
    actor_name: str | None
    actor_email: str | None


_ROW: Final = (
    col(AuditEntry.id),
    col(AuditEntry.at),
    col(AuditEntry.name),
    col(AuditEntry.subject),
    col(AuditEntry.cause),
    col(AuditEntry.changes),
    col(AuditEntry.on_behalf_of),
    col(AuditEntry.request_id),
    col(AuditEntry.actor_id),
    col(User.name),
    col(User.email),
)


def entries(
    session: Session, wanted: Wanted, *, before_id: int | None, limit: int
) -> Sequence[EntryRow]:
    """Newest first; those written before an entry when paging on."""
    listed: sa.Select[*tuple[Any, ...]] = (
        sa.select(*_ROW)
        .outerjoin(User, col(User.id) == col(AuditEntry.actor_id))
        .where(*conditions(wanted))
        .order_by(col(AuditEntry.id).desc())
        .limit(limit)
    )
    if before_id is not None:
        listed = listed.where(col(AuditEntry.id) < before_id)
    return [EntryRow(*row) for row in session.execute(listed)]


def conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    """The same as SQL."""
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
    if is_a_number(person):
        return col(AuditEntry.actor_id) == int(person)
    of_that_address = sa.select(col(User.id)).where(col(User.email) == person.lower())
    return col(AuditEntry.actor_id).in_(of_that_address)


def is_a_number(text: str) -> bool:
    """Whether it may be the key of a row."""
    # At most 18 digits, so that it fits the column on either database.
    return text.isascii() and text.isdigit() and len(text) <= 18
