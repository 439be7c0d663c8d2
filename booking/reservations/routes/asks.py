"""What is asked about a booking: the lab's proposal of another time, exchanges with others."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import RESERVATION_PARTIES, Permission
from booking.reservations.actions.answer_proposal import accept_proposal, decline_proposal
from booking.reservations.actions.answer_swap import accept_swap, decline_swap
from booking.reservations.actions.ask_swap import ask_swap, withdraw_swap
from booking.reservations.actions.expect_price import expected_price
from booking.reservations.actions.propose_time import Proposed, propose_time, withdraw_proposal
from booking.reservations.forms import SpanForm
from booking.reservations.forms.changes import ProposalForm
from booking.reservations.queries.asks import (
    ProposalSeen,
    SwapSeen,
    instruments_of_lab,
    number_of_proposal,
    number_of_swap,
    proposal_seen,
    swaps_seen,
)
from booking.reservations.queries.lists import reservation_seen_by
from booking.reservations.routes.cards import Card, card_of
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.moments import instant_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.RESERVATION_READ)]
Decider = Annotated[Actor, requires(Permission.RESERVATION_DECIDE)]
Party = Annotated[Actor, requires(*RESERVATION_PARTIES)]
_ASKS = "reservations/asks.html"
_PROPOSE = "reservations/propose.html"
_SWAP = "reservations/swap.html"


class Begun(BaseModel):
    """What a form begins with."""

    start: str = ""
    end: str = ""
    instrument: Annotated[str, Field(max_length=19)] = ""
    reason: Annotated[str, Field(max_length=500)] = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A proposal or an exchange with what the booking would cost then, where that is known."""

    what: ProposalSeen | SwapSeen
    total_fen: int | None


@router.get("/reservations/{number}/asks", name="reservation_asks")
def index(number: str, session: Reading, page: PageDep, clock: ClockDep, actor: Reader) -> Response:
    """What waits for an answer; its part alone for the booking's page."""
    card = card_of(reservation_seen_by(session, number, actor), actor, now=clock.now())
    fragment = page.target("asks")
    return page.render(_ASKS, fragment=fragment, **_shown(session, card, clock))


@router.get("/reservations/{number}/proposal", name="proposal_new")
def to_propose(
    number: str,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Decider,
    begun: Annotated[Begun, Query()],
) -> Response:
    """Which time, on which instrument, and why; begins with what the address says of it."""
    seen = reservation_seen_by(session, number, actor)
    card = card_of(seen, actor, now=clock.now())
    form = blank(
        starts_at=instant_in(begun.start) or seen.starts_at,
        ends_at=instant_in(begun.end) or seen.ends_at,
        instrument_id=begun.instrument or seen.instrument_id,
        reason=begun.reason,
    )
    return page.render(_PROPOSE, card=card, form=form, instruments=_choice(session, card))


@router.post("/reservations/{number}/proposal", name="proposal_make")
def propose(
    number: str,
    form: Annotated[Filled[ProposalForm], filled_in(ProposalForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Decider,
) -> Response:
    """The time is held from now on; a refusal shows the form again."""
    now = clock.now()
    card = card_of(reservation_seen_by(uow.session, number, actor), actor, now=now)
    page.if_refused(_PROPOSE, card=card, form=form, instruments=_choice(uow.session, card))
    told = form.checked
    wanted = Proposed(span=told.span, reason=told.reason, instrument_id=told.instrument_id)
    propose_time(uow, number, wanted, actor=actor, now=now)
    return page.redirect("reservation", number)


@router.post("/proposals/{proposal_id}/acceptance", name="proposal_accept")
def accept(
    proposal_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Party
) -> Response:
    """Move there."""
    made = accept_proposal(uow, proposal_id, actor=actor, now=clock.now())
    return page.redirect("reservation", made.number)


@router.post("/proposals/{proposal_id}/refusal", name="proposal_decline")
def decline(
    proposal_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Party
) -> Response:
    """Stay with what is booked."""
    made = decline_proposal(uow, proposal_id, actor=actor, now=clock.now())
    return page.redirect("reservation", made.number)


@router.post("/proposals/{proposal_id}/withdrawal", name="proposal_withdraw")
def withdraw(
    proposal_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Decider
) -> Response:
    """The lab takes it back."""
    withdraw_proposal(uow, proposal_id, actor=actor, now=clock.now())
    return page.redirect("reservation", number_of_proposal(uow.session, proposal_id))


@router.get("/reservations/{number}/swap", name="swap_new")
def to_swap(
    number: str, session: Reading, page: PageDep, clock: ClockDep, actor: Reader
) -> Response:
    """Which occupied time is wanted instead."""
    card = card_of(reservation_seen_by(session, number, actor), actor, now=clock.now())
    return page.render(_SWAP, card=card, form=blank())


@router.post("/reservations/{number}/swap", name="swap_ask")
def ask(
    number: str,
    form: Annotated[Filled[SpanForm], filled_in(SpanForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Party,
) -> Response:
    """Whoever has booked it is asked; a refusal shows the form again."""
    now = clock.now()
    card = card_of(reservation_seen_by(uow.session, number, actor), actor, now=now)
    page.if_refused(_SWAP, card=card, form=form)
    ask_swap(uow, number, form.checked.span, actor=actor, now=now)
    return page.redirect("reservation", number)


@router.post("/swaps/{swap_id}/acceptance", name="swap_accept")
def agree(swap_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Party) -> Response:
    """Exchange the times."""
    made = accept_swap(uow, swap_id, actor=actor, now=clock.now())
    return page.redirect("reservation", made.number)


@router.post("/swaps/{swap_id}/refusal", name="swap_decline")
def keep(swap_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Party) -> Response:
    """Keep one's own time."""
    made = decline_swap(uow, swap_id, actor=actor, now=clock.now())
    return page.redirect("reservation", made.number)


@router.post("/swaps/{swap_id}/withdrawal", name="swap_withdraw")
def take_back(
    swap_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Party
) -> Response:
    """Whoever asked does not want it any more."""
    withdraw_swap(uow, swap_id, actor=actor, now=clock.now())
    return page.redirect("reservation", number_of_swap(uow.session, swap_id))


def _shown(session: Session, card: Card, clock: ClockDep) -> dict[str, Any]:
    """Exchanges only for the booking's own people: nobody else is told of them."""
    seen, now = card.seen, clock.now()
    proposal = proposal_seen(session, seen.id)
    swaps = swaps_seen(session, seen.id) if card.uses else ()
    return {
        "card": card,
        "proposal": proposal
        and Asked(
            proposal,
            expected_price(session, seen, proposal.span, on=proposal.instrument_id, now=now),
        ),
        "swaps": [
            Asked(one, expected_price(session, seen, one.wanted, on=seen.instrument_id, now=now))
            for one in swaps
        ],
    }


def _choice(session: Session, card: Card) -> list[tuple[int, str]]:
    return [(one, name) for one, name, _ in instruments_of_lab(session, card.seen.lab_id)]
