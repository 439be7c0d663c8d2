"""SQLite has no time-out for statements: whoever takes too long is interrupted from inside."""

import time
from sqlite3 import Connection as SqliteConnection
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.pool import ConnectionPoolEntry

# Some milliseconds' worth of the virtual machine's instructions between two looks at the clock.
_INSTRUCTIONS: Final = 100_000
_ENDS: Final = "statement_ends"
UNHURRIED: Final = "takes_its_time"


def end_long_statements(engine: Engine, seconds: float) -> None:
    """Interrupt what runs longer, unless its transaction was told to take its time."""

    @sa.event.listens_for(engine, "connect")
    def watch(connection: SqliteConnection, entry: ConnectionPoolEntry) -> None:
        def is_late() -> bool:
            ends: float = entry.info.get(_ENDS, float("inf"))
            return time.monotonic() > ends

        connection.set_progress_handler(is_late, _INSTRUCTIONS)

    @sa.event.listens_for(engine, "before_cursor_execute")
    def begin(connection: Connection, *_: DBAPICursor) -> None:
        hurried = UNHURRIED not in connection.info
        connection.info[_ENDS] = time.monotonic() + seconds if hurried else float("inf")

    @sa.event.listens_for(engine, "commit")
    @sa.event.listens_for(engine, "rollback")
    def end(connection: Connection) -> None:
        connection.info.pop(UNHURRIED, None)
        connection.info.pop(_ENDS, None)
