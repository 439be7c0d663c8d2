"""The queue of requests, and the two answers to each."""

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.reservations.actions.decide import approve, reject
from booking.reservations.forms import ReasonForm
from booking.reservations.queries.lists import awaiting_decision_of
from booking.reservations.queries.series import waiting_series
from booking.reservations.routes.cards import card_of
from booking.web.clock import ClockDep
from booking.web.forms import Filled, filled_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

_QUEUE: Final = "reservations/approvals.html"

Decider = Annotated[Actor, requires(Permission.RESERVATION_DECIDE)]


@router.get("/approvals", name="approvals")
def index(session: Reading, page: PageDep, clock: ClockDep, actor: Decider) -> Response:
    """What waits for a decision, the most pressing first; a series is decided as one."""
    return page.render(_QUEUE, fragment="queue", **_shown(session, actor, now=clock.now()))


@router.post("/reservations/{number}/approval", name="reservation_approve")
def grant(
    number: str,
    form: Annotated[Filled[ReasonForm], filled_in(ReasonForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Decider,
) -> Response:
    """Promise the time; what speaks against it may yield to a reason."""
    now = clock.now()
    page.if_refused(_QUEUE, **_shown(uow.session, actor, now=now, refused=number))
    approve(uow, number, actor=actor, now=now, reason=form.checked.reason)
    return page.redirect("approvals")


@router.post("/reservations/{number}/rejection", name="reservation_reject")
def refuse(
    number: str,
    form: Annotated[Filled[ReasonForm], filled_in(ReasonForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Decider,
) -> Response:
    """Say no, with a reason."""
    reject(uow, number, actor=actor, now=clock.now(), reason=form.checked.reason)
    return page.redirect("approvals")


def _shown(session: Session, actor: Actor, *, now: datetime, refused: str = "") -> dict[str, Any]:
    rows = awaiting_decision_of(session, actor)
    series = waiting_series(session, {seen.series for seen in rows if seen.series})
    cards = [card_of(seen, actor, now=now) for seen in rows]
    return {"cards": cards, "series": series, "refused": refused}
