"""JSON: another time that the lab proposes, and exchanges with whoever has booked another one."""

from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import RESERVATION_PARTIES, Permission
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.answer_proposal import accept_proposal, decline_proposal
from booking.reservations.actions.answer_swap import accept_swap, decline_swap
from booking.reservations.actions.ask_swap import ask_swap, withdraw_swap
from booking.reservations.actions.propose_time import Proposed, propose_time, withdraw_proposal
from booking.reservations.actions.rights import is_users
from booking.reservations.api.answers import Answer, answer_of, version_of
from booking.reservations.forms.changes import ProposalBody, SwapBody
from booking.reservations.models.proposal import ReservationProposal
from booking.reservations.queries.asks import (
    ProposalSeen,
    SwapSeen,
    proposal_seen,
    swaps_seen,
)
from booking.reservations.queries.lists import reservation_seen_by
from booking.web.clock import ClockDep
from booking.web.idempotency import Once
from booking.web.json import rfc3339
from booking.web.transactions import Reading, Transaction

router = APIRouter(tags=["reservations"])

Reader = Annotated[Actor, requires(Permission.RESERVATION_READ)]
Decider = Annotated[Actor, requires(Permission.RESERVATION_DECIDE)]
Party = Annotated[Actor, requires(*RESERVATION_PARTIES)]


@router.get("/reservations/{number}/asks")
def index(number: str, session: Reading, actor: Reader) -> Response:
    """What is asked about a booking now: the lab's proposal, and exchanges, which only its own
    people see. Of the other side of an exchange its time is told, and nothing else."""
    seen = reservation_seen_by(session, number, actor)
    proposal = proposal_seen(session, seen.id)
    uses = is_users(actor, holder_id=seen.holder_id, organisation_id=seen.organisation_id)
    swaps = swaps_seen(session, seen.id) if uses else ()
    return JSONResponse(
        {
            "proposal": _proposal_answer(proposal) if proposal else None,
            "swaps": [_swap_answer(one) for one in swaps],
        }
    )


@router.post("/reservations/{number}/proposals", status_code=201)
def propose(
    number: str,
    body: ProposalBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Decider,
) -> Response:
    """Another time, on an instrument of the same lab; it is held until it is answered or lapses."""
    wanted = Proposed(span=body.span, reason=body.reason, instrument_id=body.instrument_id)

    def deed() -> tuple[int, Answer]:
        made = propose_time(uow, number, wanted, actor=actor, now=clock.now())
        return 201, _state_answer(made)

    return once.answer(deed)


@router.post("/proposals/{proposal_id}/acceptance")
def accept(
    proposal_id: int, uow: Transaction, once: Once, clock: ClockDep, actor: Party
) -> Response:
    """Move there, free of charge."""
    return once.answer(
        lambda: (
            200,
            answer_of(uow.session, accept_proposal(uow, proposal_id, actor=actor, now=clock.now())),
        ),
        tag=version_of,
    )


@router.post("/proposals/{proposal_id}/refusal")
def decline(
    proposal_id: int, uow: Transaction, once: Once, clock: ClockDep, actor: Party
) -> Response:
    """Stay with what is booked."""
    return once.answer(
        lambda: (
            200,
            answer_of(
                uow.session, decline_proposal(uow, proposal_id, actor=actor, now=clock.now())
            ),
        ),
        tag=version_of,
    )


@router.delete("/proposals/{proposal_id}", status_code=204)
def withdraw(proposal_id: int, uow: Transaction, clock: ClockDep, actor: Decider) -> None:
    """The lab takes it back."""
    withdraw_proposal(uow, proposal_id, actor=actor, now=clock.now())


@router.post("/reservations/{number}/swaps", status_code=201)
def ask(
    number: str, body: SwapBody, uow: Transaction, once: Once, clock: ClockDep, actor: Party
) -> Response:
    """Ask whoever has booked most of a time on the same instrument to exchange it."""

    def deed() -> tuple[int, Answer]:
        made = ask_swap(uow, number, body.span, actor=actor, now=clock.now())
        told = next(one for one in swaps_seen(uow.session, made.asking_id) if one.is_asking)
        return 201, _swap_answer(told)

    return once.answer(deed)


@router.post("/swaps/{swap_id}/acceptance")
def agree(swap_id: int, uow: Transaction, once: Once, clock: ClockDep, actor: Party) -> Response:
    """Exchange the times; answers with one's own booking."""
    return once.answer(
        lambda: (
            200,
            answer_of(uow.session, accept_swap(uow, swap_id, actor=actor, now=clock.now())),
        ),
        tag=version_of,
    )


@router.post("/swaps/{swap_id}/refusal")
def keep(swap_id: int, uow: Transaction, once: Once, clock: ClockDep, actor: Party) -> Response:
    """Keep one's own time."""
    return once.answer(
        lambda: (
            200,
            answer_of(uow.session, decline_swap(uow, swap_id, actor=actor, now=clock.now())),
        ),
        tag=version_of,
    )


@router.delete("/swaps/{swap_id}", status_code=204)
def take_back(swap_id: int, uow: Transaction, clock: ClockDep, actor: Party) -> None:
    """Whoever asked does not want it any more."""
    withdraw_swap(uow, swap_id, actor=actor, now=clock.now())


def _state_answer(made: ReservationProposal) -> Answer:
    return {
        "id": made.key,
        "instrument_id": made.instrument_id,
        **_span_answer(TimeSpan(made.starts_at, made.ends_at)),
        "reason": made.reason,
        "lapses_at": rfc3339(made.lapses_at),
    }


def _proposal_answer(seen: ProposalSeen) -> Answer:
    return {
        "id": seen.id,
        "instrument_id": seen.instrument_id,
        **_span_answer(seen.span),
        "reason": seen.reason,
        "lapses_at": rfc3339(seen.lapses_at),
    }


def _swap_answer(seen: SwapSeen) -> Answer:
    return {
        "id": seen.id,
        "asked_by_us": seen.is_asking,
        **_span_answer(seen.wanted),
        "lapses_at": rfc3339(seen.lapses_at),
    }


def _span_answer(span: TimeSpan) -> Answer:
    return {"starts_at": rfc3339(span.start), "ends_at": rfc3339(span.end)}
