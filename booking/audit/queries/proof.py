"""Entries with their place in the chain, so that each can be proved away from here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import aliased
from sqlmodel import col

from booking.accounts.models import User
from booking.audit.models import AuditEntry, AuditLink
from booking.audit.queries.chain import TRAIL, content_of
from booking.audit.queries.entries import Wanted, conditions
from booking.audit.rules import ORIGIN, link_text
from booking.db.transactions import read_session

# Read in pieces, each in a transaction of its own: a slow reader keeps nothing open.
AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class ProvableRow:
    """`hash` is the SHA-256 of `previous`, a new line, and `content`; none before it is chained."""

    id: int
    at: datetime
    name: str
    subject: str
    actor_id: int | None
    actor: str
    on_behalf_of: str
    cause: str
    request_id: str
    position: int | None
    previous: str
    hash: str
    content: str


def provable(engine: Engine, wanted: Wanted) -> Iterator[ProvableRow]:
    """Every entry that is wanted, oldest first."""
    last = 0
    while rows := _after(engine, wanted, last):
        yield from rows
        last = rows[-1].id


def _after(engine: Engine, wanted: Wanted, last: int) -> list[ProvableRow]:
    before = aliased(AuditLink)
    asked = (
        sa.select(
            TRAIL,
            col(User.email).label("actor"),
            col(AuditLink.position),
            col(AuditLink.hash),
            col(before.hash).label("previous"),
        )
        .outerjoin(User, col(User.id) == TRAIL.c.actor_id)
        .outerjoin(AuditLink, col(AuditLink.entry_id) == TRAIL.c.id)
        .outerjoin(before, col(before.position) == col(AuditLink.position) - 1)
        .where(*conditions(wanted), col(AuditEntry.id) > last)
        .order_by(col(AuditEntry.id))
        .limit(AT_ONCE)
    )
    with read_session(engine) as session:
        return [_row(row) for row in session.execute(asked)]


def _row(row: sa.Row[*tuple[object, ...]]) -> ProvableRow:
    said = row._mapping
    return ProvableRow(
        said["id"],
        said["at"],
        said["name"],
        said["subject"],
        said["actor_id"],
        said["actor"] or "",
        said["on_behalf_of"],
        said["cause"],
        said["request_id"],
        said["position"],
        "" if said["position"] is None else said["previous"] or ORIGIN,
        said["hash"] or "",
        link_text(content_of(row)),
    )
