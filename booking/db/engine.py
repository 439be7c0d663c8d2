"""Engines for both databases, with the settings that keep writers honest and waits short.

SQLite: writers begin IMMEDIATE (a deferred begin fails as soon as two upgrade), readers plainly;
one lock per process queues the writers, because SQLite's own busy handler polls and may starve one.
PostgreSQL: short lock and statement time-outs, so a stuck row never blocks unrelated pages.
"""

import threading
import time
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from booking.db.overtime import end_long_statements
from booking.settings import files_beside

READ_ONLY = {"booking_read_only": True}
# The option of an engine that says where the files of its database lie.
FILES = "booking_files"
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=10000",
    "cache_size=-65536",
    "temp_store=MEMORY",
)
_WAIT_SECONDS = 15.0
_REST_SECONDS = 5.0


def make_engine(
    url: str,
    *,
    files: Path | None = None,
    lock_timeout_ms: int = 500,
    statement_timeout_ms: int = 5000,
    sqlite_timeout_ms: int | None = None,
    pool_size: int = 12,
) -> Engine:
    """An engine for `sqlite:///…` or `postgresql://…`; the worker asks for longer time-outs.

    `files` is where the files lie that its rows speak of, if not beside it. On SQLite a statement
    may take as long as it likes unless said otherwise: commands that check or fill a whole centre
    share this.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = _sqlite(parsed)
        if sqlite_timeout_ms is not None:
            end_long_statements(engine, sqlite_timeout_ms / 1000)
    else:
        engine = _postgresql(parsed, lock_timeout_ms, statement_timeout_ms, pool_size=pool_size)
    engine.update_execution_options(**{FILES: files or files_beside(url)})
    return engine


def _postgresql(
    url: URL, lock_timeout_ms: int, statement_timeout_ms: int, *, pool_size: int
) -> Engine:
    options = f"-c lock_timeout={lock_timeout_ms} -c statement_timeout={statement_timeout_ms}"
    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={"options": f"{options} -c timezone=UTC"},
        pool_size=pool_size,
        max_overflow=pool_size,
        hide_parameters=True,
    )
    _look_after_idle_connections(engine)
    _say_no_values(engine)
    return engine


def _look_after_idle_connections(engine: Engine) -> None:
    """Ask a connection whether it is still there, but only after a rest: a ping is a round trip."""

    @sa.event.listens_for(engine, "checkin")
    def rest(_: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        entry.info["rests_since"] = time.monotonic()

    @sa.event.listens_for(engine, "checkout")
    def wake(
        connection: DBAPIConnection, entry: ConnectionPoolEntry, _: PoolProxiedConnection
    ) -> None:
        rested = time.monotonic() - entry.info.get("rests_since", time.monotonic())
        if rested > _REST_SECONDS and not _answers(connection):
            # The pool takes a fresh one instead, and drops those that rested with it.
            raise DisconnectionError


def _say_no_values(engine: Engine) -> None:
    """Errors end in logs and in the history of jobs: PostgreSQL's details would name a person."""

    @sa.event.listens_for(engine, "handle_error")
    def without_details(context: sa.engine.ExceptionContext) -> None:
        for error in (context.original_exception, context.sqlalchemy_exception):
            if error is not None and error.args:
                told = str(error.args[0])
                error.args = (told.partition("\nDETAIL:")[0], *error.args[1:])


def _answers(connection: DBAPIConnection) -> bool:
    cursor = connection.cursor()
    try:
        cursor.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error:
        return False
    return True


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, connect_args={"check_same_thread": False}, hide_parameters=True)
    sa.event.listen(engine, "connect", _prepare_sqlite)
    _queue_writers(engine)
    return engine


def _prepare_sqlite(connection: SqliteConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _queue_writers(engine: Engine) -> None:
    queue = threading.Lock()

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("booking_read_only"):
            connection.exec_driver_sql("BEGIN")
            return
        if not queue.acquire(timeout=_WAIT_SECONDS):
            raise OperationalError("BEGIN IMMEDIATE", {}, TimeoutError("database is locked"))
        connection.info["holds_write_queue"] = True
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            leave(connection)
            raise

    @sa.event.listens_for(engine, "commit")
    @sa.event.listens_for(engine, "rollback")
    def leave(connection: Connection) -> None:
        if connection.info.pop("holds_write_queue", False):
            queue.release()
