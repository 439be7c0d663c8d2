"""Insert a row unless the database says that it is there already."""

from collections.abc import Mapping, Sequence
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel


def insert_unless_exists(
    session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, object]]
) -> list[int]:
    """Write the rows that break no uniqueness or exclusion; return the ids of those written."""
    if not rows:
        return []
    statement = _statement(table, session.get_bind().dialect.name)
    return list(session.execute(statement, list(rows)).scalars())


def insert_or_lock(
    session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, object]], *, key: str
) -> None:
    """Write the rows whose key is not there yet; those that are stay as they are, locked until the
    deed ends."""
    if rows:
        dialect = session.get_bind().dialect.name
        session.execute(_locking_statement(table, key, dialect), list(rows))


@cache
def _locking_statement(table: type[SQLModel], key: str, dialect: str) -> sa.Executable:
    target = table.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
    build = postgresql.insert if dialect == "postgresql" else sqlite.insert
    made = build(target)
    return made.on_conflict_do_update(index_elements=[key], set_={key: made.excluded[key]})


@cache
def _statement(table: type[SQLModel], dialect: str) -> sa.Executable:
    """Built once: making it takes longer than running it."""
    target = table.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
    build = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return build(target).on_conflict_do_nothing().returning(target.c.id)


def count(session: Session, statement: sa.Select[tuple[int]]) -> int:
    """The single number that a counting question answers."""
    return int(session.execute(statement).scalar_one())
