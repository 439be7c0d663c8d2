"""Many rows at once, in the quickest way each database has; values as their text says them."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import cast

import psycopg
from sqlmodel import Session

# What both databases read as it stands; a day is ISO text, a document JSON text.
Value = str | int | bool | None
# Enough to be quick, few enough to be light.
_AT_ONCE = 2000


def write_many(
    session: Session, table: str, columns: Sequence[str], *, rows: Iterable[Sequence[Value]]
) -> None:
    """Append rows to a table; names come from code, never from outside.

    The rows may be made on the way, but not by asking this session: it is busy taking them.
    """
    connection = session.connection()
    named = ", ".join(columns)
    if connection.dialect.name == "postgresql":
        driver = cast("psycopg.Connection[object]", connection.connection.driver_connection)
        with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({named}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(columns))
    more = iter(rows)
    while written := [tuple(row) for row in islice(more, _AT_ONCE)]:
        connection.exec_driver_sql(f"INSERT INTO {table} ({named}) VALUES ({marks})", written)  # noqa: S608 - names come from code
