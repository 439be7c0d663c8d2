"""The trail as a file, of any length, that proves itself without us.

For a row, `hash` must be the SHA-256 of `previous_hash`, a new line, and `content`; the
`previous_hash` of a position must be the `hash` of the position before.
"""

from collections.abc import Iterator
from typing import Final

from sqlalchemy.engine import Engine

from booking.audit.queries.entries import Wanted
from booking.audit.queries.proof import ProvableRow, provable
from booking.web.downloads import Cell, csv_lines
from booking.web.json import rfc3339
from booking.web.workbooks import xlsx_chunks

HEADER: Final = (
    *("id", "at", "event", "subject", "actor_id", "actor", "on_behalf_of", "cause"),
    *("request_id", "position", "previous_hash", "hash", "content"),
)


def trail_csv(engine: Engine, wanted: Wanted) -> Iterator[bytes]:
    """Line by line."""
    return csv_lines(HEADER, map(_cells, provable(engine, wanted)))


def trail_xlsx(engine: Engine, wanted: Wanted) -> Iterator[bytes]:
    """A workbook; what does not fit on a sheet goes on on the next one."""
    return xlsx_chunks("audit", HEADER, map(_cells, provable(engine, wanted)))


def _cells(row: ProvableRow) -> tuple[Cell, ...]:
    return (
        *(row.id, rfc3339(row.at), row.name, row.subject, row.actor_id, row.actor),
        *(row.on_behalf_of, row.cause, row.request_id),
        *(row.position, row.previous, row.hash, row.content),
    )
