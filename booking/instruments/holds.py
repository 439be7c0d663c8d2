"""Taking and giving back units' time: the only writer of `slot_hold`.

The database refuses overlaps; here its refusal becomes SlotTaken. PostgreSQL is asked with
ON CONFLICT DO NOTHING (a plain INSERT into an exclusion constraint deadlocks in bursts on one
slot), SQLite answers by its trigger. To move is to release and to take again.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from booking.db.exclusion import NAME
from booking.db.transactions import UnitOfWork
from booking.db.types import UtcDateTime
from booking.instruments.errors import SlotTaken
from booking.instruments.models.tables import HOLD
from booking.instruments.queries.hold_rows import HELD_FOR, QUEUE, QUEUE_NOW, closed_since
from booking.instruments.queries.holds import conflicts_on, free_units
from booking.instruments.rules.freed import Freed, gave_back
from booking.kernel.timespan import TimeSpan

_TOLD: Final = (HOLD.c.id, HOLD.c.reservation_number)
_TAKE: Final = {
    "postgresql": postgresql.insert(HOLD).on_conflict_do_nothing().returning(*_TOLD),
    "sqlite": sa.insert(HOLD).returning(*_TOLD),
}
_WHAT: Final = (HOLD.c.unit_id, HOLD.c.starts_at, HOLD.c.ends_at)
_REASONS: Final = ("reservation_number", "closure_id", "offer_id", "proposal_id")
_FREED: Final = "freed"
_LEAST: Final = timedelta(minutes=1)
_SHORTEN: Final = (
    sa.update(HOLD)
    .where(HOLD.c.id == sa.bindparam("hold"))
    .values(ends_at=sa.bindparam("until", type_=UtcDateTime()))
)


@dataclass(frozen=True, slots=True)
class HoldReason:
    """What time is held for: exactly one of these."""

    reservation_number: str | None = None
    closure_id: int | None = None
    offer_id: int | None = None
    proposal_id: int | None = None

    @classmethod
    def reservation(cls, number: str) -> "HoldReason":
        return cls(reservation_number=number)

    @classmethod
    def closure(cls, closure_id: int) -> "HoldReason":
        return cls(closure_id=closure_id)

    @classmethod
    def offer(cls, offer_id: int) -> "HoldReason":
        return cls(offer_id=offer_id)

    @classmethod
    def proposal(cls, proposal_id: int) -> "HoldReason":
        return cls(proposal_id=proposal_id)

    def row(self, unit_id: int, span: TimeSpan) -> dict[str, Any]:
        row: dict[str, Any] = {"unit_id": unit_id, "starts_at": span.start, "ends_at": span.end}
        return row | {name: getattr(self, name) for name in _REASONS}

    def matches(self) -> sa.ColumnElement[bool]:
        given = {name: getattr(self, name) for name in _REASONS}
        return sa.and_(*(HOLD.c[name] == key for name, key in given.items() if key is not None))


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
    uow.session.execute(QUEUE, {"units": sorted(unit_ids)})


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
    queue_for_units(uow, unit_ids)
    _take_all(uow.session, [reason.row(unit_id, span) for unit_id in sorted(unit_ids)])


def take_many(
    uow: UnitOfWork, wanted: Mapping[str, tuple[Sequence[int], TimeSpan]]
) -> frozenset[str]:
    """Hold every unit for each booking, by number, or none of its; the bookings that got theirs.

    For whoever has queued for all the units, found them free, and may lose to single takers only.
    """
    rows = [
        HoldReason.reservation(number).row(unit_id, span)
        for number, (unit_ids, span) in wanted.items()
        for unit_id in unit_ids
    ]
    taken = _tried(uow.session, sorted(rows, key=lambda row: (row["unit_id"], row["starts_at"])))
    got = Counter(number for _, number in taken)
    lost = {number for number, (unit_ids, _) in wanted.items() if got[number] < len(unit_ids)}
    _give_back(uow.session, [hold_id for hold_id, number in taken if number in lost])
    return frozenset(wanted.keys() - lost)


def take_closures(uow: UnitOfWork, unit_ids: Sequence[int], spans: Mapping[int, TimeSpan]) -> None:
    """Hold every unit for every closure's span, or nothing at all: one statement for a series."""
    rows = [
        HoldReason.closure(closure_id).row(unit_id, span)
        for unit_id in sorted(unit_ids)
        for closure_id, span in sorted(spans.items(), key=lambda item: item[1])
    ]
    queue_for_units(uow, unit_ids)
    if rows:
        _take_all(uow.session, rows)


def close_like(uow: UnitOfWork, unit_ids: Sequence[int], *, another: int, since: datetime) -> None:
    """Close new places from a moment on whenever another place is closed; nobody holds them."""
    rows = [
        HoldReason.closure(row.closure_id).row(
            unit_id, TimeSpan(max(row.starts_at, since), row.ends_at)
        )
        for row in closed_since(uow.session, another, since)
        for unit_id in sorted(unit_ids)
    ]
    if rows:
        _inserted(uow.session, rows)


def release_closures(uow: UnitOfWork, closure_ids: Sequence[int]) -> int:
    """Give back all time held for some closures; how many holds that were."""
    return _freed(uow, HOLD.c.closure_id.in_(closure_ids))


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


def release_bookings(uow: UnitOfWork, numbers: Sequence[str]) -> int:
    """Give back all time held for some reservations; how many holds that were."""
    return _freed(uow, HOLD.c.reservation_number.in_(numbers))


def release_holds(uow: UnitOfWork, reason: HoldReason) -> int:
    """Give back all time held for a reason; how many holds that were."""
    return _freed(uow, reason.matches())


def shorten_holds(uow: UnitOfWork, reason: HoldReason, *, by: timedelta) -> None:
    """Give back the end of each hold, after an early check-out; shrinking collides with nobody."""
    asked = {"number": reason.reservation_number, "closure": reason.closure_id}
    for hold_id, unit_id, starts_at, ends_at in uow.session.execute(HELD_FOR, asked).all():
        # Something was used, so something stays held.
        end = max(ends_at - by, starts_at + _LEAST)
        uow.session.execute(_SHORTEN, {"hold": hold_id, "until": end})
        _note(uow, unit_id, start=end, end=ends_at)


def end_holds_at(uow: UnitOfWork, reason: HoldReason, moment: datetime) -> None:
    """Give back what a reason holds from a moment on."""
    _freed(uow, reason.matches() & (HOLD.c.starts_at >= moment))
    reaching_over = reason.matches() & (HOLD.c.ends_at > moment)
    for held in uow.session.execute(sa.select(*_WHAT).where(reaching_over)).all():
        _note(uow, held.unit_id, start=moment, end=held.ends_at)
    uow.session.execute(sa.update(HOLD).where(reaching_over).values(ends_at=moment))


def freed_since(uow: UnitOfWork) -> tuple[Freed, ...]:
    """What was given back in this transaction since this was last asked."""
    freed: list[Freed] = uow.session.info.pop(_FREED, [])
    return tuple(freed)


def take_without_waiting(
    uow: UnitOfWork,
    candidates: Sequence[int],
    span: TimeSpan,
    *,
    others: Sequence[int],
    reason: HoldReason,
    freed: Sequence[Freed],
) -> None:
    """Hold one of the candidates and every other unit after giving back, or SlotTaken.

    Others may wait for us by then, so we wait for nobody: what we gave back stays ours until we
    commit, and of other time only what nobody queues for is tried."""
    session = uow.session
    free = set(free_units(session, [*candidates, *others], span))
    for place in sorted(free.intersection(candidates)) if free.issuperset(others) else ():
        wanted = sorted([place, *others])
        strange = [unit for unit in wanted if not gave_back(freed, unit, span)]
        if strange and len(session.scalars(QUEUE_NOW, {"units": strange}).all()) < len(strange):
            continue
        taken = _inserted(session, [reason.row(unit_id, span) for unit_id in wanted])
        if len(taken) == len(wanted):
            return
        _give_back(session, taken)
    raise SlotTaken(conflicts_on(session, sorted({*candidates, *others}), span))


def _freed(uow: UnitOfWork, which: sa.ColumnElement[bool]) -> int:
    rows = uow.session.execute(sa.delete(HOLD).where(which).returning(*_WHAT)).all()
    for row in rows:
        _note(uow, row.unit_id, start=row.starts_at, end=row.ends_at)
    return len(rows)


def _note(uow: UnitOfWork, unit_id: int, *, start: datetime, end: datetime) -> None:
    if start < end:
        uow.session.info.setdefault(_FREED, []).append(Freed(unit_id, TimeSpan(start, end)))


def _take_all(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    taken = _inserted(session, rows)
    if len(taken) < len(rows):
        units = sorted({row["unit_id"] for row in rows})
        start, end = min(row["starts_at"] for row in rows), max(row["ends_at"] for row in rows)
        conflicts = conflicts_on(session, units, TimeSpan(start, end), besides=taken)
        _give_back(session, taken)
        raise SlotTaken(conflicts)


def _inserted(session: Session, rows: Sequence[Mapping[str, object]]) -> list[int]:
    """Insert the holds; the ids of those that the database let pass."""
    return [hold_id for hold_id, _ in _tried(session, rows)]


def _tried(session: Session, rows: Sequence[Mapping[str, object]]) -> list[tuple[int, str | None]]:
    """The same, each with the reservation that it is for."""
    statement = _TAKE[session.get_bind().dialect.name]
    try:
        return [(row[0], row[1]) for row in session.execute(statement, list(rows))]
    except IntegrityError as refused:
        # SQLite undoes the whole statement and keeps the transaction.
        if NAME in str(refused.orig):
            return []
        raise


def _give_back(session: Session, hold_ids: Sequence[int]) -> None:
    if hold_ids:
        session.execute(sa.delete(HOLD).where(HOLD.c.id.in_(hold_ids)))
