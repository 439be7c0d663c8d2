"""The lab proposes another time for a booking, which is held for it meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.instruments.holds import HoldReason, queue_for_units, take_what_is_free
from booking.instruments.queries.holds import conflicts_on, free_units, held_on
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.asking_life import Told, end_proposal, proposal_fact
from booking.reservations.actions.holding import operators_for
from booking.reservations.actions.joint_order import demand_order
from booking.reservations.actions.life import demand_reason, illegal
from booking.reservations.actions.rights import decides, demand_right, locked_for
from booking.reservations.actions.taking import Ask, Judged, allow, alternatives_of, judge
from booking.reservations.asked import ProposalWithdrawn, TimeProposed
from booking.reservations.errors import AskOpen, AskOver, NothingNew
from booking.reservations.models.proposal import ReservationProposal
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.asks import instruments_of_lab, open_proposal_of, proposal_named
from booking.reservations.queries.loading import Loaded, queue_for_instrument
from booking.reservations.queries.units import helpers_held_for, helpers_of
from booking.reservations.rules.asking import stands_until
from booking.reservations.states import Action, AskState, after


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """Which time, why, and on what; without an instrument on the booked one."""

    span: TimeSpan
    reason: str
    instrument_id: int | None = None


def propose_time(
    uow: UnitOfWork, number: str, wanted: Proposed, *, actor: Actor, now: datetime
) -> ReservationProposal:
    """Judge the time by every rule, the lab's reason setting aside what it may; hold it; tell."""
    booked = locked_for(uow.session, number, actor)
    demand_right(decides(actor, booked), Permission.RESERVATION_DECIDE)
    reservation, reason = booked.reservation, demand_reason(wanted.reason)
    instrument_id, lapses_at = _possible(uow.session, booked, wanted, now=now)
    demand_order(uow.session, reservation, wanted.span)
    for one in sorted({instrument_id, reservation.instrument_id}):
        queue_for_instrument(uow.session, one)
    ask = ask_elsewhere(uow.session, reservation, (instrument_id, wanted.span), reason=reason)
    judged = judge(uow.session, ask, now=now)
    allow(uow.session, judged, actor=actor)
    # Refuses what has no price there: nobody could accept it either.
    judged.quote(reservation.samples, reservation.consumables)
    accessories = accessories_on(uow.session, reservation, instrument_id)
    place, units = _units(uow, judged, reservation, accessories=accessories)
    proposal = ReservationProposal(
        reservation_id=reservation.key,
        instrument_id=instrument_id,
        unit_id=place,
        starts_at=wanted.span.start,
        ends_at=wanted.span.end,
        reason=reason,
        proposed_by=actor.id,
        proposed_at=now,
        lapses_at=lapses_at,
    )
    uow.session.add(proposal)
    uow.session.flush()
    _hold(uow, judged, proposal, units=units)
    told = proposal_fact(proposal, booked, now=now, told=Told(actor_id=actor.id, cause=reason))
    uow.announce(TimeProposed(**told, lapses_at=lapses_at))
    return proposal


def withdraw_proposal(
    uow: UnitOfWork, proposal_id: int, *, actor: Actor, now: datetime
) -> ReservationProposal:
    """The lab takes it back; the time is free again."""
    proposal, booked = open_proposal(uow.session, proposal_id, actor)
    demand_right(decides(actor, booked), Permission.RESERVATION_DECIDE)
    end_proposal(uow, proposal, AskState.WITHDRAWN, now=now)
    told = proposal_fact(proposal, booked, now=now, told=Told(actor_id=actor.id, cause=""))
    uow.announce(ProposalWithdrawn(**told))
    return proposal


def open_proposal(
    session: Session, proposal_id: int, actor: Actor
) -> tuple[ReservationProposal, Loaded]:
    """A proposal with its booking, which is locked: answers come one by one."""
    proposal, number = proposal_named(session, proposal_id)
    try:
        booked = locked_for(session, number, actor)
    except NotFound:
        raise NotFound(proposal_id=proposal_id) from None
    session.refresh(proposal)
    if proposal.state is not AskState.OPEN:
        raise AskOver
    return proposal, booked


def ask_elsewhere(
    session: Session, reservation: Reservation, where: tuple[int, TimeSpan], *, reason: str
) -> Ask:
    """The wish of a booking for a time on an instrument; whoever operates it stays only on the
    same one."""
    instrument_id, span = where
    same = instrument_id == reservation.instrument_id
    helpers = helpers_held_for(session, reservation.number)
    operators = helpers.operators if same else ()
    along = helpers.accessories
    ask = Ask.again(reservation, reason, span=span, operators=operators, accessories=along)
    return replace(ask, instrument_id=instrument_id)


def accessories_on(
    session: Session, reservation: Reservation, instrument_id: int
) -> tuple[int, ...]:
    """The accessories of a booking; NotFound when another instrument does not offer one."""
    accessories = helpers_held_for(session, reservation.number).accessories
    if instrument_id == reservation.instrument_id:
        return accessories
    return helpers_of(session, instrument_id, accessories).accessories


def _possible(
    session: Session, booked: Loaded, wanted: Proposed, *, now: datetime
) -> tuple[int, datetime]:
    """On which instrument, and until when it may be answered."""
    reservation = booked.reservation
    if after(reservation.state, Action.MOVE) is None:
        raise illegal(reservation, Action.MOVE)
    instrument_id = wanted.instrument_id or reservation.instrument_id
    same = instrument_id == reservation.instrument_id
    if not same and instrument_id not in {
        one for one, *_ in instruments_of_lab(session, booked.lab_id)
    }:
        raise NotFound(instrument_id=instrument_id)
    lapses_at = stands_until(booked.span, wanted.span, asked_at=now)
    if lapses_at is None or (same and wanted.span == booked.span):
        raise NothingNew
    if open_proposal_of(session, reservation.key):
        raise AskOpen
    return instrument_id, lapses_at


def _units(
    uow: UnitOfWork, judged: Judged, reservation: Reservation, *, accessories: tuple[int, ...]
) -> tuple[int, tuple[int, ...]]:
    """The place, the present one if it can be, and all units; what the booking has is not in its
    own way."""
    places = judged.terms.unit_ids
    others = (*judged.terms.part_unit_ids, *operators_for(uow.session, judged), *accessories)
    units, held = sorted({*places, *others}), judged.policy.held(judged.demand.span)
    queue_for_units(uow, units)
    free = set(free_units(uow.session, units, held, but=reservation.number))
    able = sorted(free.intersection(places), key=lambda one: (one != reservation.unit_id, one))
    if not able or not free.issuperset(others):
        busy = [one for one in units if one not in free]
        taken = SlotTaken(conflicts_on(uow.session, busy, held))
        taken.alternatives = alternatives_of(uow.session, judged)
        raise taken
    return able[0], (able[0], *others)


def _hold(
    uow: UnitOfWork, judged: Judged, proposal: ReservationProposal, *, units: Sequence[int]
) -> None:
    """Hold what the booking does not hold itself, or nothing."""
    held, number = judged.policy.held(judged.demand.span), judged.ask.number
    own: dict[int, list[TimeSpan]] = {unit: [] for unit in units}
    for _, one in held_on(uow.session, units, held):
        if one.reservation_number == number:
            own[one.unit_id].append(one.span)
    pieces = {unit: held.minus(spans) for unit, spans in own.items()}
    taken = take_what_is_free(uow, pieces, reason=HoldReason.proposal(proposal.key))
    if taken < sum(len(each) for each in pieces.values()):
        raise SlotTaken(conflicts_on(uow.session, units, held))
