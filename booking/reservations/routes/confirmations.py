"""Use to confirm, for both sides: the figures, one press to agree, a way to object."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import RESERVATION_PARTIES, Permission
from booking.reservations.actions.confirm import confirm
from booking.reservations.actions.dispute import resolve
from booking.reservations.forms import ConfirmForm
from booking.reservations.forms.outcomes import ResolveForm
from booking.reservations.queries.lists import awaiting_word_of
from booking.reservations.routes.cards import card_of, figures_of
from booking.web.clock import ClockDep
from booking.web.forms import Filled, filled_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.RESERVATION_READ)]
Party = Annotated[Actor, requires(*RESERVATION_PARTIES)]

PAGE = "reservations/confirmations.html"


@router.get("/confirmations", name="confirmations")
def index(session: Reading, page: PageDep, clock: ClockDep, actor: Reader) -> Response:
    """Uses that wait for the reader's word, those that settle first on top."""
    return page.render(PAGE, fragment="queue", **_queue(session, actor, now=clock.now()))


@router.post("/reservations/{number}/confirmation", name="reservation_confirm")
def agree(
    number: str,
    form: Annotated[Filled[ConfirmForm], filled_in(ConfirmForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Party,
) -> Response:
    """Agree; figures that came along put the record right first."""
    queue = _queue(uow.session, actor, now=clock.now(), typed={number: form})
    page.if_refused(PAGE, fragment="queue", **queue)
    figures = form.checked
    record = figures.record() if figures.model_fields_set else None
    confirm(uow, number, actor=actor, now=clock.now(), record=record)
    return page.redirect("confirmations")


@router.post("/reservations/{number}/resolution", name="reservation_resolve")
def clear_up(
    number: str,
    form: Annotated[Filled[ResolveForm], filled_in(ResolveForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Annotated[Actor, requires(Permission.RESERVATION_DECIDE)],
) -> Response:
    """Settle a dispute; both sides confirm anew."""
    queue = _queue(uow.session, actor, now=clock.now(), typed={number: form})
    page.if_refused(PAGE, fragment="queue", **queue)
    outcome = form.checked
    now = clock.now()
    resolve(uow, number, actor=actor, now=now, reason=outcome.reason, outcome=outcome.outcome)
    return page.redirect("confirmations")


def _queue(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    typed: Mapping[str, Filled[Any]] | None = None,
) -> dict[str, Any]:
    """The cards and the figures in their forms: as recorded, or as somebody has typed them."""
    cards = [card_of(seen, actor, now=now) for seen in awaiting_word_of(session, actor)]
    recorded = {card.seen.number: figures_of(card.seen) for card in cards}
    return {"cards": cards, "forms": {**recorded, **(typed or {})}}
