"""Everything that is kept of one person, as its owner gets it."""

from collections.abc import Iterator, Mapping, Sequence

import sqlalchemy as sa
from sqlmodel import Session

from booking.personal.kept import KEPT
from booking.personal.told import Told

Rows = list[dict[str, object]]


def table_of(told: Told) -> sa.Table:
    """The table behind a model."""
    table: sa.Table = told.table.__table__  # type: ignore[attr-defined]  # made by SQLModel
    return table


def told_of(session: Session, user_id: int, email: str) -> Mapping[str, Mapping[str, Rows]]:
    """By heading and table; a table that says nothing of them is left out."""
    return {
        kept.heading: found
        for kept in KEPT
        if (found := _told(session, kept.tables, user_id=user_id, email=email))
    }


def _told(
    session: Session, tables: Sequence[Told], *, user_id: int, email: str
) -> Mapping[str, Rows]:
    found: dict[str, Rows] = {}
    for told in tables:
        table, theirs = table_of(told), list(_theirs(told, user_id, email))
        if theirs:
            asked = sa.select(*(table.c[name] for name in told.shown)).where(sa.or_(*theirs))
            rows = session.execute(asked.order_by(*table.primary_key)).mappings()
            found.setdefault(table.name, []).extend(dict(row) for row in rows)
    return {name: rows for name, rows in found.items() if rows}


def _theirs(told: Told, user_id: int, email: str) -> Iterator[sa.ColumnElement[bool]]:
    columns = table_of(told).c
    yield from (columns[name] == user_id for name in told.person)
    if told.address:
        yield columns[told.address] == email
    column, noun = told.subject
    if column:
        yield columns[column] == f"{noun}:{user_id}"
