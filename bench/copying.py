"""A long past, a full week: copies of one booking that was made by the deed users call."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import count, islice
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session, col

from booking.instruments.models.hold import SlotHold
from booking.instruments.models.unit import Unit
from booking.kernel.timespan import TimeSpan
from booking.reservations.models.reservation import Reservation

_AT_ONCE: Final = 5_000
_RESERVATION: Final[sa.Table] = Reservation.__table__  # type: ignore[attr-defined]  # SQLModel's
_HOLD: Final[sa.Table] = SlotHold.__table__  # type: ignore[attr-defined]  # SQLModel's
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Copy:
    """Where and when, and what else is different."""

    instrument_id: int
    span: TimeSpan
    changes: Mapping[str, object]


def copy_bookings(
    session: Session, original: Reservation, copies: Iterable[Copy], *, held: bool = True
) -> int:
    """Write them, each on the only place of its instrument, and the time they hold."""
    places = session.execute(sa.select(col(Unit.instrument_id), col(Unit.id)))
    units = {row[0]: row[1] for row in places}
    written, rows = 0, _rows(original, copies, units)
    while some := list(islice(rows, _AT_ONCE)):
        session.execute(sa.insert(_RESERVATION), some)
        if held:
            session.execute(sa.insert(_HOLD), [_hold(row) for row in some])
        written += len(some)
    return written


def _rows(
    original: Reservation, copies: Iterable[Copy], units: Mapping[int, int]
) -> Iterator[dict[str, object]]:
    same = original.model_dump(exclude={"id"})
    before = original.starts_at - original.free_cancel_until
    for copy in copies:
        yield {
            **same,
            "number": f"R000000-{next(_numbers)}",
            "instrument_id": copy.instrument_id,
            "unit_id": units[copy.instrument_id],
            "starts_at": copy.span.start,
            "ends_at": copy.span.end,
            "missed_from": copy.span.start + timedelta(minutes=30),
            "free_cancel_until": copy.span.start - before,
            **copy.changes,
        }


def _hold(row: Mapping[str, object]) -> dict[str, object]:
    return {
        "unit_id": row["unit_id"],
        "starts_at": row["starts_at"],
        "ends_at": row["ends_at"],
        "reservation_number": row["number"],
    }


def gather_figures(engine: Engine) -> None:
    """What autovacuum does a minute after a load, so that plans are those of a running house."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("VACUUM")
