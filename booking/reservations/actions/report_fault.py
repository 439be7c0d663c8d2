"""The holder of a booking says what is wrong with the instrument."""

from datetime import datetime, timedelta
from typing import Final

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.faults import Report, note_report
from booking.instruments.errors import NotToReport
from booking.instruments.models.fault import Fault
from booking.reservations.actions.rights import demand_right, hosts, locked_for, uses
from booking.reservations.states import State

BEFOREHAND: Final = timedelta(days=1)


def report_fault_of_booking(
    uow: UnitOfWork, number: str, what: str, *, actor: Actor, now: datetime
) -> Fault:
    """While it is in use, or when it begins within a day."""
    booked = locked_for(uow.session, number, actor)
    demand_right(uses(actor, booked) or hosts(actor, booked), Permission.RESERVATION_USE)
    reservation = booked.reservation
    if not may_report(reservation.state, reservation.starts_at, now):
        raise NotToReport(number=number)
    report = Report(what, number)
    return note_report(uow, reservation.instrument_id, report, actor=actor, now=now)


def may_report(state: State, starts_at: datetime, now: datetime) -> bool:
    """Whether the time of a booking is near enough to see what is wrong."""
    return state is State.IN_USE or (state is State.CONFIRMED and starts_at <= now + BEFOREHAND)
