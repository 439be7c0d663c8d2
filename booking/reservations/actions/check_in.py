"""Begin using an instrument: from confirmed to in use."""

from datetime import datetime

from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.instruments.holds import HoldReason, queue_for_units, release_holds, take_holds
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.life import enter, fact
from booking.reservations.actions.rights import behalf, demand_right, hosts, locked_for, uses
from booking.reservations.actions.taking import Ask, judge
from booking.reservations.errors import (
    CodeMissing,
    ReservationRefused,
    TooEarly,
    TooLate,
    UnitInUse,
)
from booking.reservations.events import UseStarted
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from booking.reservations.queries.terms import afterwards_terms
from booking.reservations.queries.units import units_held_for
from booking.reservations.rules.booking import EARLY_RULES
from booking.reservations.rules.overrun import EARLY
from booking.reservations.states import Action


def check_in(
    uow: UnitOfWork, number: str, *, actor: Actor, now: datetime, at_place: bool = False
) -> Reservation:
    """Somebody is there; at most one use is open on a unit.

    `at_place`: who checks in has shown the code that is to be seen only there.
    """
    booked = locked_for(uow.session, number, actor)
    reservation = booked.reservation
    by_host = hosts(actor, booked)
    demand_right(by_host or uses(actor, booked), Permission.RESERVATION_HOST)
    if not (by_host or at_place) and code_needed(uow.session, reservation):
        raise CodeMissing(instrument_id=reservation.instrument_id)
    changes = enter(reservation, Action.CHECK_IN, now=now)
    if now < reservation.starts_at - EARLY:
        raise TooEarly(from_=reservation.starts_at - EARLY)
    if now >= reservation.ends_at:
        raise TooLate(ended_at=reservation.ends_at)
    uow.session.flush()
    if now < reservation.starts_at:
        _take_time_before(uow, reservation, now=now)
    _open_session(uow, reservation, actor=actor, now=now)
    changes["started_at"] = (None, now.isoformat())
    uow.announce(
        UseStarted(
            **fact(
                booked,
                now=now,
                actor_id=actor.id,
                changes=changes,
                on_behalf_of=behalf(actor, booked),
            ),
            by_host=by_host,
        )
    )
    return reservation


def code_needed(session: Session, reservation: Reservation) -> bool:
    """Whether its people check in with the code of the lab's screen only."""
    return afterwards_terms(session, reservation.policy_id).code_at_place


def _take_time_before(uow: UnitOfWork, reservation: Reservation, *, now: datetime) -> None:
    """Hold the time from now on, with everything that the booking holds.

    Where reserved time is charged, this is too.
    What it keeps free before itself is its own already; what others keep free is theirs.
    """
    reason, number = HoldReason.reservation(reservation.number), reservation.number
    held = units_held_for(uow.session, [number])[number]
    start, end = min(s.start for s in held.values()), max(s.end for s in held.values())
    if now >= start:
        return
    earlier = Ask.again(reservation, span=TimeSpan(now, reservation.ends_at))
    judged = judge(uow.session, earlier, now=now, lock=False)
    if broken := judged.broken(EARLY_RULES):
        raise ReservationRefused(broken)
    queue_for_units(uow, held)
    release_holds(uow, reason)
    take_holds(uow, sorted(held), TimeSpan(now, end), reason=reason)


def _open_session(
    uow: UnitOfWork, reservation: Reservation, *, actor: Actor, now: datetime
) -> None:
    row = {
        "reservation_id": reservation.key,
        "instrument_id": reservation.instrument_id,
        "unit_id": reservation.unit_id,
        "started_at": now,
        "samples": reservation.samples,
        "consumables": reservation.consumables,
        "started_by": actor.id,
    }
    if not insert_unless_exists(uow.session, UsageSession, [row]):
        raise UnitInUse(unit_id=reservation.unit_id)
