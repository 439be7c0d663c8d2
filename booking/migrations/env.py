"""Run migrations on the engine that `booking.migrations.configuration` was given."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.runtime.migration import MigrationContext
from sqlalchemy.engine import Connection

from booking.db.base import metadata
from booking.db.types import EnumText, UtcDateTime
from booking.migrations import tables as _every_table  # noqa: F401 - registers the metadata


def render_item(kind: str, item: object, _: object) -> str | Literal[False]:
    """Write our column types so that a revision needs only `booking.db`."""
    if kind != "type":
        return False
    if isinstance(item, UtcDateTime):
        return "UtcDateTime()"
    if isinstance(item, EnumText):
        return "sa.String(length=32)"
    return False


def include_name(name: str | None, kind: str, _: object) -> bool:
    """SQLite's full-text table and its shadows are no tables of ours to compare."""
    return not (kind == "table" and (name or "").startswith("instrument_grams"))


@contextmanager
def unbound(connection: Connection) -> Iterator[None]:
    """Let SQLite build tables anew to which others refer; `whole` proves that nothing was lost.

    It refuses to drop a table whose rows are referred to, and hears of this between transactions
    only.
    """
    driver = connection.connection.driver_connection
    if connection.dialect.name != "sqlite" or driver is None:
        yield
        return
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys = ON")


def whole(ctx: MigrationContext, *_: Any, **__: Any) -> None:
    """Refuse a step, before it is kept, after which a row refers to one that is gone."""
    connection = ctx.connection
    if connection is None or connection.dialect.name != "sqlite":
        return
    if lost := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise RuntimeError(f"a row of {lost[0]} refers to one of {lost[2]} that is gone")


def run(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=sqlite,
        render_item=render_item,
        include_name=include_name,
        transaction_per_migration=True,
        on_version_apply=whole,
    )
    if not sqlite:
        # A migration gives up rather than queueing every request behind its lock.
        connection.execute(sa.text("SET lock_timeout = '10s'"))
        connection.execute(sa.text("SET statement_timeout = 0"))
        connection.commit()
    with context.begin_transaction():
        context.run_migrations()


with context.config.attributes["engine"].connect() as connection, unbound(connection):
    run(connection)
    connection.commit()
