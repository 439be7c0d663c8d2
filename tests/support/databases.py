"""Databases for tests: one empty, migrated original of each kind, and copies of it to work in."""

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.pool import ConnectionPoolEntry

from booking.db.engine import make_engine
from booking.files.providers.disk import vault_of
from booking.migrations import migrate

_LOOK_SECONDS = 3.0
_WORN_BYTES = 256 * 1024
_WORN = """
    SELECT relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > %s
"""


@dataclass(frozen=True)
class Originals:
    """Where the migrated originals are; no PostgreSQL server means None."""

    sqlite: Path
    server: str | None
    template: str

    @classmethod
    def make(cls, directory: Path, server: str | None) -> "Originals":
        """Run the migrations once on each database."""
        made = cls(directory / "original.sqlite3", server, f"booking_original_{os.getpid()}")
        _migrate(f"sqlite:///{made.sqlite}")
        if server:
            create_database(server, made.template)
            _migrate(database_url(server, made.template))
        return made

    def as_json(self) -> str:
        """For the workers of a parallel run."""
        return json.dumps({**asdict(self), "sqlite": str(self.sqlite)})

    @classmethod
    def from_json(cls, text: str) -> "Originals":
        read = json.loads(text)
        return cls(Path(read["sqlite"]), read["server"], read["template"])

    def drop(self) -> None:
        """Leave a server that is not ours as it was found."""
        if self.server:
            drop_database(self.server, self.template)


def _migrate(url: str) -> None:
    engine = make_engine(url, statement_timeout_ms=60_000)
    migrate(engine)
    engine.dispose()


def database_url(server: str, name: str) -> str:
    """The same server, another database."""
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def create_database(server: str, name: str, template: str = "template0") -> None:
    make = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with _server(server) as connection:
        connection.execute(make.format(sql.Identifier(name), sql.Identifier(template)))


def drop_database(server: str, name: str) -> None:
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    with _server(server) as connection:
        connection.execute(drop.format(sql.Identifier(name)))


@contextmanager
def _server(url: str) -> Iterator[psycopg.Connection]:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        yield connection


class Copies:
    """Where one worker's tests work: one database of each kind, emptied between tests.

    The engines stay the same, for each compiles every statement anew; and so do PostgreSQL's
    connections, for each reads anew what it has to know of every table.
    """

    def __init__(self, originals: Originals, directory: Path, worker: str) -> None:
        self._originals = originals
        self._directory = directory
        self._name = f"{originals.template}_{worker}"
        self._sqlite: Engine | None = None
        self._unwritten: Engine | None = None
        self._postgres: Engine | None = None
        self._looked = time.monotonic()
        self._apart = ExitStack()

    @property
    def has_postgres(self) -> bool:
        return self._originals.server is not None

    def sqlite(self) -> Engine:
        """The worker's file; whoever commits to it calls `clean` afterwards."""
        if self._sqlite is None:
            self._sqlite = self.sqlite_apart("worker")
        return self._sqlite

    def sqlite_unwritten(self) -> Engine:
        """A file that only ever sees transactions rolled back, so that nobody cleans it."""
        if self._unwritten is None:
            self._unwritten = self.sqlite_apart("unwritten")
        return self._unwritten

    def sqlite_apart(self, name: str) -> Engine:
        """A file of its own."""
        path = self._directory / f"{name}.sqlite3"
        shutil.copyfile(self._originals.sqlite, path)
        engine = make_engine(f"sqlite:///{path}")
        sa.event.listen(engine, "connect", _never_wait_for_the_disk)
        return engine

    def postgres(self) -> Engine:
        """The worker's database; whoever commits to it calls `clean` afterwards."""
        if self._postgres is None:
            self._postgres = self.postgres_apart("worker")
        return self._postgres

    def postgres_apart(self, name: str) -> Engine:
        """A database of its own, for what stays in a transaction while other tests run."""
        server = self._originals.server
        if not server:
            raise ValueError("there is no PostgreSQL here")
        database = f"{self._name}_{name}"
        create_database(server, database, self._originals.template)
        self._apart.callback(drop_database, server, database)
        engine = make_engine(
            database_url(server, database), files=self._directory / f"{name}.files"
        )
        self._apart.callback(engine.dispose)
        return engine

    def clean(self, engine: Engine) -> None:
        """Take away what a test committed, so that the next one finds an empty database."""
        shutil.rmtree(vault_of(engine).directory, ignore_errors=True)
        if engine is self._postgres:
            _empty(engine)
            self.sweep()
        elif path := engine.url.database:
            engine.dispose()
            for tail in ("", "-wal", "-shm"):
                with suppress(FileNotFoundError):
                    Path(path + tail).unlink()
            shutil.copyfile(self._originals.sqlite, path)

    def sweep(self) -> None:
        """Now and then, where tests took much back: until then every later one reads past it.

        What is rolled back or deleted stays in PostgreSQL's tables until they are vacuumed.
        """
        if self._postgres is None or time.monotonic() - self._looked < _LOOK_SECONDS:
            return
        url = self._postgres.url.render_as_string(hide_password=False)
        with _server(url) as connection:
            if worn := connection.execute(_WORN, [_WORN_BYTES]).fetchall():
                tables = sql.SQL(", ").join(sql.Identifier(name) for (name,) in worn)
                connection.execute(sql.SQL("VACUUM {}").format(tables))
        self._looked = time.monotonic()

    def drop(self) -> None:
        self._apart.close()


def _never_wait_for_the_disk(connection: SqliteConnection, _: ConnectionPoolEntry) -> None:
    """What a test writes need not survive a power cut."""
    connection.execute("PRAGMA synchronous = OFF")


def _empty(engine: Engine) -> None:
    """Delete from the tables that have rows: many times faster than cloning or truncating them all.

    As a replica, PostgreSQL fires no trigger, so append-only tables can be emptied as well.
    """
    with engine.begin() as connection:
        tables = [
            name for name in sa.inspect(connection).get_table_names() if name != "alembic_version"
        ]
        look = " UNION ALL ".join(
            f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in tables
        )
        filled = connection.exec_driver_sql(look).scalars().all()
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for name in filled:
            connection.exec_driver_sql(f'DELETE FROM "{name}"')
