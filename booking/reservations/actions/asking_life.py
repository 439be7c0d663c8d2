"""Ending what is asked of those who have booked, and telling of it."""

from datetime import datetime
from typing import TypedDict

from booking.db.transactions import UnitOfWork
from booking.instruments.holds import HoldReason, queue_for_units, release_holds
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.life import Fact, fact
from booking.reservations.models.proposal import ReservationProposal, ReservationSwap
from booking.reservations.queries.asks import units_of_proposal
from booking.reservations.queries.loading import Loaded
from booking.reservations.states import AskState


class ProposalFact(Fact):
    """What every fact about a proposal tells."""

    proposal_id: int
    proposed_on: int
    proposed: TimeSpan


class SwapFact(Fact):
    """What one side is told of an exchange."""

    swap_id: int
    wanted: TimeSpan
    is_asking: bool


class Told(TypedDict):
    """By whom and why."""

    actor_id: int | None
    cause: str


def end_proposal(
    uow: UnitOfWork, proposal: ReservationProposal, state: AskState, *, now: datetime
) -> None:
    """What it held is given back; whoever waits for it is found when the fact is announced."""
    proposal.state, proposal.ended_at = state, now
    uow.session.flush()
    queue_for_units(uow, units_of_proposal(uow.session, proposal.key))
    release_holds(uow, HoldReason.proposal(proposal.key))


def proposed_span(proposal: ReservationProposal) -> TimeSpan:
    return TimeSpan(proposal.starts_at, proposal.ends_at)


def proposal_fact(
    proposal: ReservationProposal, booked: Loaded, *, now: datetime, told: Told
) -> ProposalFact:
    """What is told about a proposal and its booking."""
    state = proposal.state
    before = None if state is AskState.OPEN else AskState.OPEN.value
    changes = {"proposal": (before, state.value)}
    return ProposalFact(
        **fact(booked, now=now, changes=changes, **told),
        proposal_id=proposal.key,
        proposed_on=proposal.instrument_id,
        proposed=proposed_span(proposal),
    )


def swap_fact(
    swap: ReservationSwap, sides: tuple[Loaded, Loaded], *, now: datetime, told: Told
) -> SwapFact:
    """What is told of one booking, the first of the sides, about an exchange with the second."""
    own, other = sides
    before = None if swap.state is AskState.OPEN else AskState.OPEN.value
    changes = {"swap": (before, swap.state.value)}
    return SwapFact(
        **fact(own, now=now, changes=changes, **told),
        swap_id=swap.key,
        wanted=other.span,
        is_asking=own.reservation.key == swap.asking_id,
    )
