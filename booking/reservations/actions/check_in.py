"""Begin using an instrument: from confirmed to in use."""

from datetime import datetime, timedelta

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.reservations.actions.life import enter, fact
from booking.reservations.actions.rights import behalf, demand_right, hosts, locked_for, uses
from booking.reservations.errors import TooEarly, TooLate, UnitInUse
from booking.reservations.events import UseStarted
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from booking.reservations.states import Action

# People come early; the time before the booking is theirs only if nobody else is still there.
EARLY = timedelta(minutes=30)


def check_in(uow: UnitOfWork, number: str, *, actor: Actor, now: datetime) -> Reservation:
    """Somebody is there; at most one use is open on a unit."""
    booked = locked_for(uow.session, number, actor)
    reservation = booked.reservation
    demand_right(hosts(actor, booked) or uses(actor, booked), Permission.RESERVATION_HOST)
    changes = enter(reservation, Action.CHECK_IN, now=now)
    if now < reservation.starts_at - EARLY:
        raise TooEarly(from_=reservation.starts_at - EARLY)
    if now >= reservation.ends_at:
        raise TooLate(ended_at=reservation.ends_at)
    uow.session.flush()
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
            )
        )
    )
    return reservation


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
