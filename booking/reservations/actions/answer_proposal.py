"""Answer another time that the lab proposes: take it without a gap, decline it, or let it lapse."""

from datetime import datetime

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.instruments.holds import HoldReason, queue_for_units, release_holds
from booking.instruments.queries.terms import booking_terms
from booking.kernel.errors import codes_of
from booking.reservations.actions.asking_life import (
    Told,
    end_proposal,
    proposal_fact,
    proposed_span,
)
from booking.reservations.actions.holding import hold
from booking.reservations.actions.joint_order import demand_order
from booking.reservations.actions.life import enter, fact
from booking.reservations.actions.propose_time import accessories_on, ask_elsewhere, open_proposal
from booking.reservations.actions.reschedule import plain
from booking.reservations.actions.reserve import moment_columns, price_columns
from booking.reservations.actions.rights import behalf, demand_right, uses
from booking.reservations.actions.taking import Judged, judge_by
from booking.reservations.asked import ProposalAccepted, ProposalDeclined, ProposalLapsed
from booking.reservations.errors import AskOver, ReservationRefused
from booking.reservations.events import ReservationMoved
from booking.reservations.models.proposal import ReservationProposal
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.asks import units_of_proposal
from booking.reservations.queries.loading import Loaded, queue_for_instrument
from booking.reservations.queries.standing import standing_of
from booking.reservations.queries.units import helpers_held_for
from booking.reservations.rules.alternatives import LOOK_AHEAD
from booking.reservations.states import Action, AskState, State

Changed = dict[str, tuple[object, object]]


def accept_proposal(
    uow: UnitOfWork, proposal_id: int, *, actor: Actor, now: datetime
) -> Reservation:
    """Move there, by every rule that the lab could not set aside; free, and promised with it."""
    proposal, booked = _to_answer(uow, proposal_id, actor=actor, now=now)
    reservation, before = booked.reservation, booked.span
    demand_order(uow.session, reservation, proposed_span(proposal))
    changes = _entered(reservation, now=now)
    judged = _released(uow, proposal, booked, now=now)
    changes |= _allowed(reservation, proposal, judged)
    accessories = accessories_on(uow.session, reservation, proposal.instrument_id)
    release_holds(uow, HoldReason.reservation(reservation.number))
    reservation.unit_id = hold(
        uow, judged, reservation.number, first=proposal.unit_id, accessories=accessories
    )
    changes |= _agreed(reservation, judged, now=now)
    changes["span"] = (plain(before), plain(booked.span))
    proposal.state, proposal.ended_at = AskState.ACCEPTED, now
    uow.session.flush()
    told = proposal_fact(proposal, booked, now=now, told=Told(actor_id=actor.id, cause=""))
    uow.announce(ProposalAccepted(**told))
    moved = fact(
        booked,
        now=now,
        actor_id=actor.id,
        cause=proposal.reason,
        changes=changes,
        on_behalf_of=behalf(actor, booked),
    )
    uow.announce(ReservationMoved(**moved))
    return reservation


def decline_proposal(
    uow: UnitOfWork, proposal_id: int, *, actor: Actor, now: datetime
) -> Reservation:
    """Stay with what is booked."""
    proposal, booked = _to_answer(uow, proposal_id, actor=actor, now=now)
    end_proposal(uow, proposal, AskState.DECLINED, now=now)
    told = proposal_fact(proposal, booked, now=now, told=Told(actor_id=actor.id, cause=""))
    uow.announce(ProposalDeclined(**told))
    return booked.reservation


def lapse_proposal(
    uow: UnitOfWork, proposal: ReservationProposal, booked: Loaded, *, now: datetime
) -> None:
    """Nobody answered: what is booked stays."""
    end_proposal(uow, proposal, AskState.LAPSED, now=now)
    told = proposal_fact(proposal, booked, now=now, told=Told(actor_id=None, cause=""))
    uow.announce(ProposalLapsed(**told))


def _to_answer(
    uow: UnitOfWork, proposal_id: int, *, actor: Actor, now: datetime
) -> tuple[ReservationProposal, Loaded]:
    proposal, booked = open_proposal(uow.session, proposal_id, actor)
    demand_right(uses(actor, booked), Permission.RESERVATION_USE)
    if now >= proposal.lapses_at:
        raise AskOver
    return proposal, booked


def _entered(reservation: Reservation, *, now: datetime) -> Changed:
    """The lab has promised the time by proposing it."""
    changes = enter(reservation, Action.MOVE, now=now)
    if reservation.state is State.REQUESTED:
        changes |= enter(reservation, Action.APPROVE, now=now)
    return changes


def _released(
    uow: UnitOfWork, proposal: ReservationProposal, booked: Loaded, *, now: datetime
) -> Judged:
    """Give back what the proposal holds, and judge its time.

    Whoever is counted and every unit is waited for before anything is given back.
    """
    session, reservation, span = uow.session, booked.reservation, proposed_span(proposal)
    for one in sorted({proposal.instrument_id, reservation.instrument_id}):
        queue_for_instrument(session, one)
    standing_of(
        session,
        reservation.organisation_id,
        holder_id=reservation.holder_id,
        instrument_id=proposal.instrument_id,
        lock=True,
        now=now,
    )
    where = (proposal.instrument_id, span)
    ask = ask_elsewhere(session, reservation, where, reason=proposal.reason)
    terms = booking_terms(session, proposal.instrument_id, span, around=LOOK_AHEAD, now=now)
    units = {
        *(reservation.unit_id, proposal.unit_id),
        *terms.unit_ids,
        *terms.part_unit_ids,
        *terms.operator_ids,
        *helpers_held_for(session, reservation.number).all,
        *units_of_proposal(session, proposal.key),
    }
    queue_for_units(uow, units)
    release_holds(uow, HoldReason.proposal(proposal.key))
    return judge_by(session, ask, terms, now=now)


def _allowed(reservation: Reservation, proposal: ReservationProposal, judged: Judged) -> Changed:
    """The lab's reason stands against what the lab may set aside; the rest is refused."""
    broken = judged.broken()
    if hard := tuple(one for one in broken if not one.overridable):
        raise ReservationRefused(hard)
    if not broken:
        return {}
    reservation.override_reason = proposal.reason
    return {"set_aside": (None, list(codes_of(broken)))}


def _agreed(reservation: Reservation, judged: Judged, *, now: datetime) -> Changed:
    """New price and moments; whom the lab asked to move may still cancel as for a new booking."""
    was = (reservation.quoted_fen, reservation.instrument_id)
    columns = price_columns(judged, reservation.samples, reservation.consumables)
    columns |= moment_columns(judged, waits=False, now=now)
    span = judged.demand.span
    columns |= {"starts_at": span.start, "ends_at": span.end}
    columns |= {"instrument_id": judged.ask.instrument_id, "stays_late": False}
    for name, value in columns.items():
        setattr(reservation, name, value)
    now_is = (reservation.quoted_fen, reservation.instrument_id)
    names = ("quoted_fen", "instrument_id")
    return {
        name: (before, after)
        for name, before, after in zip(names, was, now_is, strict=True)
        if before != after
    }
