"""Answer whoever asks for an exchange: both bookings take each other's time, or neither does."""

from dataclasses import dataclass
from datetime import datetime

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.instruments.holds import HoldReason, queue_for_units, release_holds
from booking.instruments.queries.terms import booking_terms
from booking.instruments.rules.tariff import ItemNotPriced
from booking.instruments.rules.terms import BookingTerms
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.agreeing import Changed, agree_anew
from booking.reservations.actions.ask_swap import must_be_open, open_swap
from booking.reservations.actions.asking_life import Told, swap_fact
from booking.reservations.actions.holding import hold
from booking.reservations.actions.joint_order import demand_order
from booking.reservations.actions.life import enter, fact
from booking.reservations.actions.reschedule import plain
from booking.reservations.actions.rights import behalf, demand_right, reads, uses
from booking.reservations.actions.taking import Ask, allow, judge_by
from booking.reservations.asked import SwapAccepted, SwapDeclined, SwapLapsed
from booking.reservations.errors import (
    AskOver,
    JointOrderBroken,
    LabDecides,
    NothingToSwap,
    ReservationRefused,
    SwapImpossible,
)
from booking.reservations.events import ReservationMoved
from booking.reservations.models.proposal import ReservationSwap
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.asks import reservations_by_id
from booking.reservations.queries.joint import queue_for_joints
from booking.reservations.queries.loading import Loaded, queue_for_instrument
from booking.reservations.queries.standing import standing_of
from booking.reservations.queries.terms import KeptTerms
from booking.reservations.queries.units import Helpers, helpers_held_for
from booking.reservations.rules.alternatives import LOOK_AHEAD
from booking.reservations.states import Action, AskState, State


def accept_swap(uow: UnitOfWork, swap_id: int, *, actor: Actor, now: datetime) -> Reservation:
    """Exchange the times, by every rule for both as it is now. What speaks against it on the
    other side is not told."""
    swap, asking, asked = _to_answer(uow, swap_id, actor=actor, now=now)
    before = {one.reservation.number: one.span for one in (asking, asked)}
    changes = _exchange(uow, asking, asked, actor=actor, now=now)
    swap.state, swap.ended_at = AskState.ACCEPTED, now
    uow.session.flush()
    told = Told(actor_id=actor.id, cause="")
    uow.announce(SwapAccepted(**swap_fact(swap, (asking, asked), now=now, told=told)))
    for one in (asking, asked):
        number = one.reservation.number
        changed = {**changes[number], "span": (plain(before[number]), plain(one.span))}
        moved = fact(
            one,
            now=now,
            actor_id=actor.id,
            changes=changed,
            on_behalf_of=behalf(actor, one) if one is asked else "",
        )
        uow.announce(ReservationMoved(**moved))
    return asked.reservation


def decline_swap(uow: UnitOfWork, swap_id: int, *, actor: Actor, now: datetime) -> Reservation:
    """Keep one's own time."""
    swap, asking, asked = _to_answer(uow, swap_id, actor=actor, now=now)
    swap.state, swap.ended_at = AskState.DECLINED, now
    uow.session.flush()
    told = Told(actor_id=actor.id, cause="")
    uow.announce(SwapDeclined(**swap_fact(swap, (asking, asked), now=now, told=told)))
    return asked.reservation


def lapse_swap(uow: UnitOfWork, swap: ReservationSwap, *, now: datetime) -> None:
    """Nobody answered: both keep what they have."""
    both = reservations_by_id(uow.session, [swap.asking_id, swap.asked_id])
    asking, asked = both[swap.asking_id], both[swap.asked_id]
    swap.state, swap.ended_at = AskState.LAPSED, now
    uow.session.flush()
    told = Told(actor_id=None, cause="")
    for sides in ((asking, asked), (asked, asking)):
        uow.announce(SwapLapsed(**swap_fact(swap, sides, now=now, told=told)))


def _to_answer(
    uow: UnitOfWork, swap_id: int, *, actor: Actor, now: datetime
) -> tuple[ReservationSwap, Loaded, Loaded]:
    swap, asking, asked = open_swap(uow.session, swap_id)
    if not reads(actor, asked):
        raise NotFound(swap_id=swap_id)
    demand_right(uses(actor, asked), Permission.RESERVATION_USE)
    must_be_open(swap)
    if now >= swap.lapses_at:
        raise AskOver
    if {asking.reservation.state, asked.reservation.state} != {State.CONFIRMED}:
        raise NothingToSwap
    return swap, asking, asked


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """A booking, and the time and place that it takes over."""

    booked: Loaded
    span: TimeSpan
    place: int
    terms: BookingTerms
    helpers: Helpers

    @property
    def units(self) -> set[int]:
        """Whatever it could take or give back."""
        terms = self.terms
        return {
            self.place,
            *terms.unit_ids,
            *terms.part_unit_ids,
            *terms.operator_ids,
            *self.helpers.all,
        }

    def give_back(self, uow: UnitOfWork) -> None:
        """Its own time is free; what counts it counts it at the other's already."""
        reservation = self.booked.reservation
        release_holds(uow, HoldReason.reservation(reservation.number))
        reservation.starts_at, reservation.ends_at = self.span.start, self.span.end

    def take(self, uow: UnitOfWork, *, actor: Actor, now: datetime) -> Changed:
        """The other's time under every rule, at a price of its own."""
        reservation = self.booked.reservation
        operators, accessories = self.helpers.operators, self.helpers.accessories
        ask = Ask.again(reservation, span=self.span, operators=operators, accessories=accessories)
        judged = judge_by(uow.session, ask, self.terms, now=now)
        allow(uow.session, judged, actor=actor)
        if judged.must_be_approved(actor):
            raise LabDecides
        reservation.unit_id = hold(
            uow, judged, reservation.number, first=self.place, accessories=accessories
        )
        return agree_anew(KeptTerms(uow.session), reservation, judged, actor=actor, now=now)


def _exchange(
    uow: UnitOfWork, asking: Loaded, asked: Loaded, *, actor: Actor, now: datetime
) -> dict[str, Changed]:
    """Wait for everybody in the usual order, give both back, take both anew."""
    queue_for_joints(uow.session, (asking.reservation, asked.reservation))
    demand_order(uow.session, asked.reservation, asking.span)
    try:
        demand_order(uow.session, asking.reservation, asked.span)
    except JointOrderBroken:
        raise SwapImpossible from None
    changes = {
        one.reservation.number: enter(one.reservation, Action.MOVE, now=now)
        for one in (asking, asked)
    }
    queue_for_instrument(uow.session, asked.reservation.instrument_id)
    for one in sorted((asking, asked), key=lambda side: side.reservation.organisation_id):
        standing_of(
            uow.session,
            one.reservation.organisation_id,
            holder_id=one.reservation.holder_id,
            instrument_id=one.reservation.instrument_id,
            lock=True,
            now=now,
        )
    theirs = _side(uow, asking, asked, now=now)
    ours = _side(uow, asked, asking, now=now)
    queue_for_units(uow, theirs.units | ours.units)
    for side in (theirs, ours):
        side.give_back(uow)
    uow.session.flush()
    changes[asked.reservation.number] |= ours.take(uow, actor=actor, now=now)
    try:
        changes[asking.reservation.number] |= theirs.take(uow, actor=actor, now=now)
    except (ReservationRefused, SlotTaken, LabDecides, ItemNotPriced):
        raise SwapImpossible from None
    return changes


def _side(uow: UnitOfWork, booked: Loaded, other: Loaded, *, now: datetime) -> _Side:
    terms = booking_terms(
        uow.session, booked.reservation.instrument_id, other.span, around=LOOK_AHEAD, now=now
    )
    return _Side(
        booked=booked,
        span=other.span,
        place=other.reservation.unit_id,
        terms=terms,
        helpers=helpers_held_for(uow.session, booked.reservation.number),
    )
