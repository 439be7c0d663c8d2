"""Ask whoever has booked a time to exchange it for one's own, without learning who that is."""

from datetime import datetime

from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.asking_life import Told, swap_fact
from booking.reservations.actions.life import illegal
from booking.reservations.actions.rights import demand_right, reads, uses
from booking.reservations.actions.taking import Ask, allow, judge
from booking.reservations.asked import SwapAsked, SwapWithdrawn
from booking.reservations.errors import AskOpen, AskOver, LabDecides, NothingToSwap
from booking.reservations.models.proposal import ReservationSwap
from booking.reservations.queries.asks import (
    asks_for_swap,
    booked_by_others,
    reservations_for_update,
    swap_named,
)
from booking.reservations.queries.loading import Loaded, reservation_by_number
from booking.reservations.queries.units import helpers_held_for
from booking.reservations.rules.asking import stands_until
from booking.reservations.states import Action, AskState, State


def ask_swap(
    uow: UnitOfWork, number: str, wanted: TimeSpan, *, actor: Actor, now: datetime
) -> ReservationSwap:
    """Both keep what they have until the other side agrees."""
    own, other = _sides(uow.session, number, wanted, actor=actor)
    reservation = own.reservation
    demand_right(uses(actor, own), Permission.RESERVATION_USE)
    if reservation.state is not State.CONFIRMED:
        raise illegal(reservation, Action.MOVE)
    lapses_at = stands_until(own.span, other.span, asked_at=now)
    if lapses_at is None or not still_there(other, wanted):
        raise NothingToSwap
    if asks_for_swap(uow.session, reservation.key):
        raise AskOpen
    helpers = helpers_held_for(uow.session, number)
    # Whoever operates then, operates for the other booking: that is looked at when both agree.
    ask = Ask.again(
        reservation,
        span=other.span,
        operators=helpers.operators,
        accessories=helpers.accessories,
    )
    judged = judge(uow.session, ask, now=now)
    allow(uow.session, judged, actor=actor)
    # Refuses what has no price at that time.
    judged.quote(reservation.samples, reservation.consumables)
    if judged.must_be_approved(actor):
        raise LabDecides
    swap = ReservationSwap(
        asking_id=reservation.key,
        asked_id=other.reservation.key,
        asked_by=actor.id,
        asked_at=now,
        lapses_at=lapses_at,
    )
    uow.session.add(swap)
    uow.session.flush()
    told = Told(actor_id=actor.id, cause="")
    for sides in ((own, other), (other, own)):
        uow.announce(SwapAsked(**swap_fact(swap, sides, now=now, told=told), lapses_at=lapses_at))
    return swap


def withdraw_swap(uow: UnitOfWork, swap_id: int, *, actor: Actor, now: datetime) -> ReservationSwap:
    """Whoever asked does not want it any more."""
    swap, asking, asked = open_swap(uow.session, swap_id)
    if not reads(actor, asking):
        raise NotFound(swap_id=swap_id)
    demand_right(uses(actor, asking), Permission.RESERVATION_USE)
    must_be_open(swap)
    swap.state, swap.ended_at = AskState.WITHDRAWN, now
    uow.session.flush()
    told = Told(actor_id=actor.id, cause="")
    for sides in ((asking, asked), (asked, asking)):
        withdrawn = swap_fact(swap, sides, now=now, told=told)
        uow.announce(SwapWithdrawn(**withdrawn, by_this_side=withdrawn["is_asking"]))
    return swap


def open_swap(session: Session, swap_id: int) -> tuple[ReservationSwap, Loaded, Loaded]:
    """An exchange with who asks and who is asked; both bookings locked, and then it itself."""
    named = swap_named(session, swap_id)
    both = reservations_for_update(session, [named.asking_id, named.asked_id])
    swap = swap_named(session, swap_id, lock=True)
    return swap, both[swap.asking_id], both[swap.asked_id]


def must_be_open(swap: ReservationSwap) -> None:
    """Refuse what was answered before."""
    if swap.state is not AskState.OPEN:
        raise AskOver


def still_there(other: Loaded, wanted: TimeSpan) -> bool:
    """Whether a booking is promised and lies in the time that is wanted."""
    return other.reservation.state is State.CONFIRMED and other.span.overlaps(wanted)


def _sides(
    session: Session, number: str, wanted: TimeSpan, *, actor: Actor
) -> tuple[Loaded, Loaded]:
    """The own booking and the one that fills most of the wanted time, both locked."""
    seen = reservation_by_number(session, number)
    if not reads(actor, seen):
        raise NotFound(number=number)
    demand_right(uses(actor, seen), Permission.RESERVATION_USE)
    key = seen.reservation.key
    there = booked_by_others(session, seen.reservation.instrument_id, wanted, but=key)
    if not there:
        raise NothingToSwap
    nearest, _ = max(there, key=lambda one: (_shared(one[1], wanted), -one[0]))
    both = reservations_for_update(session, [key, nearest])
    return both[key], both[nearest]


def _shared(one: TimeSpan, other: TimeSpan) -> float:
    both = one.clipped(other)
    return both.length.total_seconds() if both else 0
