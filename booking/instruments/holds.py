"""Taking and giving back units' time: the only writer of `slot_hold`.

The database refuses overlaps; here its refusal becomes SlotTaken. PostgreSQL is asked with
ON CONFLICT DO NOTHING (a plain INSERT into an exclusion constraint deadlocks in bursts on one
slot), SQLite answers by its trigger. To move is to release and to take again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from booking.db.exclusion import NAME
from booking.db.transactions import UnitOfWork
from booking.db.types import UtcDateTime
from booking.instruments.errors import SlotTaken
from booking.instruments.models.tables import HOLD, UNIT
from booking.instruments.queries.holds import conflicts_on, free_units
from booking.kernel.timespan import TimeSpan

_TAKE: Final = {
    "postgresql": postgresql.insert(HOLD).on_conflict_do_nothing().returning(HOLD.c.id),
    "sqlite": sa.insert(HOLD).returning(HOLD.c.id),
}
# Rows of holds refer to units; only takers of several units wait for each other here.
_QUEUE: Final = (
    sa.select(UNIT.c.id)
    .where(UNIT.c.id.in_(sa.bindparam("units", expanding=True, type_=sa.BigInteger())))
    .order_by(UNIT.c.id)
    .with_for_update(key_share=True)
)
_LEAST: Final = timedelta(minutes=1)
# Every check-out asks these, so they are built once.
_HELD_FOR: Final = sa.select(HOLD.c.id, HOLD.c.starts_at, HOLD.c.ends_at).where(
    (HOLD.c.reservation_number == sa.bindparam("number"))
    | (HOLD.c.closure_id == sa.bindparam("closure"))
)
_SHORTEN: Final = (
    sa.update(HOLD)
    .where(HOLD.c.id == sa.bindparam("hold"))
    .values(ends_at=sa.bindparam("until", type_=UtcDateTime()))
)


@dataclass(frozen=True, slots=True)
class HoldReason:
    """What time is held for: exactly one of a reservation or a closure."""

    reservation_number: str | None = None
    closure_id: int | None = None

    @classmethod
    def reservation(cls, number: str) -> "HoldReason":
        return cls(reservation_number=number)

    @classmethod
    def closure(cls, closure_id: int) -> "HoldReason":
        return cls(closure_id=closure_id)

    def row(self, unit_id: int, span: TimeSpan) -> dict[str, object]:
        return {
            "unit_id": unit_id,
            "starts_at": span.start,
            "ends_at": span.end,
            "reservation_number": self.reservation_number,
            "closure_id": self.closure_id,
        }

    def matches(self) -> sa.ColumnElement[bool]:
        if self.closure_id is not None:
            return HOLD.c.closure_id == self.closure_id
        return HOLD.c.reservation_number == self.reservation_number


def take_hold(
    uow: UnitOfWork, candidates: Sequence[int], span: TimeSpan, *, reason: HoldReason
) -> int:
    """Hold the first unit that is free, in order of id, and say which; SlotTaken when none is."""
    session = uow.session
    wanted = sorted(candidates)
    # With one unit the INSERT itself is the question; with several, only the free ones are tried.
    for unit_id in wanted if len(wanted) == 1 else free_units(session, wanted, span):
        if _inserted(session, [reason.row(unit_id, span)]):
            return unit_id
    raise SlotTaken(conflicts_on(session, wanted, span))


def queue_for_units(uow: UnitOfWork, unit_ids: Iterable[int]) -> None:
    """Wait for whoever takes several of these units, lowest id first.

    Whoever takes more than one, or gives back before taking, queues before touching any hold; so
    nobody waits for a hold while somebody waits for his.
    """
    uow.session.execute(_QUEUE, {"units": sorted(unit_ids)})


def take_together(
    uow: UnitOfWork,
    candidates: Sequence[int],
    span: TimeSpan,
    *,
    others: Sequence[int],
    reason: HoldReason,
) -> int:
    """Hold one of the candidates and every other unit, or nothing; say which candidate."""
    if not others:
        return take_hold(uow, candidates, span, reason=reason)
    session = uow.session
    queue_for_units(uow, [*candidates, *others])
    free = set(free_units(session, [*candidates, *others], span))
    for place in sorted(free.intersection(candidates)) if free.issuperset(others) else ():
        wanted = sorted([place, *others])
        taken = _inserted(session, [reason.row(unit_id, span) for unit_id in wanted])
        if len(taken) == len(wanted):
            return place
        # Somebody who takes one unit only came between.
        _give_back(session, taken)
    busy = [*others, *(() if free.intersection(candidates) else candidates)]
    raise SlotTaken(conflicts_on(session, busy, span))


def take_holds(
    uow: UnitOfWork, unit_ids: Sequence[int], span: TimeSpan, *, reason: HoldReason
) -> None:
    """Hold every unit or none, lowest id first, so that two takers never wait for each other."""
    session = uow.session
    wanted = sorted(unit_ids)
    queue_for_units(uow, wanted)
    taken = _inserted(session, [reason.row(unit_id, span) for unit_id in wanted])
    if len(taken) < len(wanted):
        conflicts = conflicts_on(session, wanted, span, besides=taken)
        _give_back(session, taken)
        raise SlotTaken(conflicts)


def take_closures(uow: UnitOfWork, unit_ids: Sequence[int], spans: Mapping[int, TimeSpan]) -> None:
    """Hold every unit for every closure's span, or nothing at all: one statement for a series."""
    rows = [
        HoldReason.closure(closure_id).row(unit_id, span)
        for unit_id in sorted(unit_ids)
        for closure_id, span in sorted(spans.items(), key=lambda item: item[1])
    ]
    queue_for_units(uow, unit_ids)
    taken = _inserted(uow.session, rows) if rows else []
    if len(taken) < len(rows):
        whole = TimeSpan(min(s.start for s in spans.values()), max(s.end for s in spans.values()))
        conflicts = conflicts_on(uow.session, sorted(unit_ids), whole, besides=taken)
        _give_back(uow.session, taken)
        raise SlotTaken(conflicts)


def close_like(uow: UnitOfWork, unit_ids: Sequence[int], *, another: int, since: datetime) -> None:
    """Close new places from a moment on whenever another place is closed; nobody holds them."""
    closed = sa.select(HOLD.c.starts_at, HOLD.c.ends_at, HOLD.c.closure_id).where(
        HOLD.c.unit_id == another, HOLD.c.closure_id.is_not(None), HOLD.c.ends_at > since
    )
    rows = [
        HoldReason.closure(row.closure_id).row(
            unit_id, TimeSpan(max(row.starts_at, since), row.ends_at)
        )
        for row in uow.session.execute(closed).all()
        for unit_id in sorted(unit_ids)
    ]
    if rows:
        _inserted(uow.session, rows)


def release_closures(uow: UnitOfWork, closure_ids: Sequence[int]) -> int:
    """Give back all time held for some closures; how many holds that were."""
    return _deleted(uow.session, HOLD.c.closure_id.in_(closure_ids))


def take_what_is_free(
    uow: UnitOfWork, free: Mapping[int, Sequence[TimeSpan]], *, reason: HoldReason
) -> int:
    """Hold each piece that is still free and leave the others; how many were taken.

    Only for what closes an instrument whether or not it gets the time, like a fault.
    """
    queue_for_units(uow, free)
    pieces = [(unit_id, piece) for unit_id in sorted(free) for piece in sorted(free[unit_id])]
    return sum(
        len(_inserted(uow.session, [reason.row(unit_id, piece)])) for unit_id, piece in pieces
    )


def release_holds(uow: UnitOfWork, reason: HoldReason) -> int:
    """Give back all time held for a reason; how many holds that were."""
    return _deleted(uow.session, reason.matches())


def shorten_holds(uow: UnitOfWork, reason: HoldReason, *, by: timedelta) -> None:
    """Give back the end of each hold, after an early check-out; shrinking collides with nobody."""
    asked = {"number": reason.reservation_number, "closure": reason.closure_id}
    for hold_id, starts_at, ends_at in uow.session.execute(_HELD_FOR, asked).all():
        # Something was used, so something stays held.
        end = max(ends_at - by, starts_at + _LEAST)
        uow.session.execute(_SHORTEN, {"hold": hold_id, "until": end})


def end_holds_at(uow: UnitOfWork, reason: HoldReason, moment: datetime) -> None:
    """Give back what a reason holds from a moment on."""
    _deleted(uow.session, reason.matches() & (HOLD.c.starts_at >= moment))
    reaching_over = reason.matches() & (HOLD.c.ends_at > moment)
    uow.session.execute(sa.update(HOLD).where(reaching_over).values(ends_at=moment))


def _inserted(session: Session, rows: Sequence[Mapping[str, object]]) -> list[int]:
    """Insert the holds; the ids of those that the database let pass."""
    statement = _TAKE[session.get_bind().dialect.name]
    try:
        return list(session.execute(statement, list(rows)).scalars())
    except IntegrityError as refused:
        # SQLite undoes the whole statement and keeps the transaction.
        if NAME in str(refused.orig):
            return []
        raise


def _give_back(session: Session, hold_ids: Sequence[int]) -> None:
    if hold_ids:
        _deleted(session, HOLD.c.id.in_(hold_ids))


def _deleted(session: Session, which: sa.ColumnElement[bool]) -> int:
    statement = sa.delete(HOLD).where(which).returning(HOLD.c.id)
    return len(session.execute(statement).all())
