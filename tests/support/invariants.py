"""What must always be true of bookings (`domain.md` §9), asked of the database itself."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.audit.jobs import chain_entries
from booking.audit.models import AuditEntry
from booking.checking import credit, money, time
from booking.checking.report import broken
from booking.db.transactions import UnitOfWork
from booking.instruments.models.calendar import Closure
from booking.instruments.models.hold import SlotHold
from booking.reservations.actions.change_joint import STEP_LOST
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from booking.reservations.states import HOLDING, State

# Facts that only the clock announces.
_BY_CLOCK = {
    *("proposal.lapsed", "swap.lapsed"),
    # What nobody asks any more when the clock has ended the booking.
    *("proposal.withdrawn", "swap.withdrawn"),
    *("reservation.expired", "reservation.hindered", "reservation.missed"),
    *("use.ended", "use.settled"),
}


_AT_EVERY_STEP = (*time.PROOFS, *money.PROOFS, *credit.PROOFS)

_TOLD = (
    sa.select(
        col(AuditEntry.subject),
        col(AuditEntry.name),
        col(AuditEntry.actor_id),
        col(AuditEntry.cause),
        col(AuditEntry.changes),
    )
    .where(col(AuditEntry.subject).like("reservation:%"))
    .order_by(col(AuditEntry.id))
)


def assert_sound(session: Session) -> None:
    """What no step may break: holds and their reasons, uses, money, credit, and what is told."""
    wrong: dict[str, list[Any]] = {search.__name__: [*search(session)] for search in _SEARCHES}
    wrong |= {proof.name: [*proof.find(session)] for proof in _AT_EVERY_STEP}
    wrong = {name: found for name, found in wrong.items() if found}
    assert not wrong, wrong


def assert_sound_at_the_end(uow: UnitOfWork, *, now: datetime) -> None:
    """Every proof there is, when the trail is chained."""
    chain_entries(uow, now)
    wrong = [str(finding) for finding in broken(uow.session)]
    assert not wrong, wrong


def overlapping_holds(session: Session) -> list[tuple[int, int]]:
    """Pairs of holds that share a moment of a unit."""
    rows = session.execute(
        sa.select(
            col(SlotHold.unit_id),
            col(SlotHold.id),
            col(SlotHold.starts_at),
            col(SlotHold.ends_at),
        ).order_by(col(SlotHold.unit_id), col(SlotHold.starts_at))
    ).all()
    return [(a.id, b.id) for a, b in pairwise(rows) if a.unit_id == b.unit_id and b[2] < a[3]]


def holds_without_reason(session: Session) -> Sequence[str]:
    """Reservations that gave their time back and hold some all the same."""
    gone = sorted(set(State) - HOLDING)
    return (
        session.execute(
            sa.select(col(Reservation.number))
            .join(SlotHold, col(SlotHold.reservation_number) == col(Reservation.number))
            .where(col(Reservation.state).in_(gone))
        )
        .scalars()
        .all()
    )


def reasons_without_hold(session: Session) -> Sequence[str]:
    """Reservations whose time nothing holds, and planned closures likewise."""
    held = sa.select(col(SlotHold.reservation_number)).where(
        col(SlotHold.reservation_number).is_not(None)
    )
    reservations = session.execute(
        sa.select(col(Reservation.number)).where(
            col(Reservation.state).in_(sorted(HOLDING)), col(Reservation.number).not_in(held)
        )
    ).scalars()
    closed = sa.select(col(SlotHold.closure_id)).where(col(SlotHold.closure_id).is_not(None))
    closures = session.execute(
        sa.select(col(Closure.id)).where(
            col(Closure.kind) != "fault",
            col(Closure.lifted_at).is_(None),
            col(Closure.id).not_in(closed),
        )
    ).scalars()
    return [*reservations, *(f"closure {closure_id}" for closure_id in closures)]


def half_written(session: Session) -> Sequence[str]:
    """Uses whose row and reservation tell different stories."""
    using = sa.select(col(UsageSession.reservation_id)).where(col(UsageSession.ended_at).is_(None))
    used = sa.select(col(UsageSession.reservation_id)).where(
        col(UsageSession.ended_at).is_not(None)
    )
    after = [State.COMPLETED, State.DISPUTED, State.SETTLED]
    wrong = sa.or_(
        (col(Reservation.state) == State.IN_USE) != col(Reservation.id).in_(using),
        col(Reservation.state).in_(after) != col(Reservation.id).in_(used),
    )
    return session.execute(sa.select(col(Reservation.number)).where(wrong)).scalars().all()


def untold_changes(session: Session) -> list[str]:
    """Reservations whose recorded changes of state do not lead from nothing to where they are."""
    told: dict[str, list[sa.Row[Any]]] = {}
    for entry in session.execute(_TOLD):
        told.setdefault(entry.subject.removeprefix("reservation:"), []).append(entry)
    states = session.execute(sa.select(col(Reservation.number), col(Reservation.state)))
    return [number for number, state in states if not _leads_to(told.get(number, []), state.value)]


def _leads_to(entries: Sequence[sa.Row[Any]], state: str) -> bool:
    steps = [entry.changes["state"] for entry in entries if "state" in entry.changes]
    path = [before for before, _ in steps] + [state]
    known = all(entry.actor_id is not None or _by_clock(entry) for entry in entries)
    return known and path[0] is None and path[1:] == [after for _, after in steps]


def _by_clock(entry: sa.Row[Any]) -> bool:
    # With a step to which nobody answered, the others of a joint booking end.
    return entry.name in _BY_CLOCK or entry.cause == STEP_LOST


_SEARCHES = (
    overlapping_holds,
    holds_without_reason,
    reasons_without_hold,
    half_written,
    untold_changes,
)
