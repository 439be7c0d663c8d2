"""A dispute: what both sides and the centre have said, who decides it; a record put right."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import RESERVATION_PARTIES, Permission
from booking.reservations.actions.correct_use import correct_use
from booking.reservations.actions.dispute import ask_centre, say
from booking.reservations.forms.outcomes import ResolveForm
from booking.reservations.forms.presence import MessageForm
from booking.reservations.queries.disputes import said_about
from booking.reservations.queries.lists import reservation_seen_by
from booking.reservations.routes.cards import card_of, figures_of
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.RESERVATION_READ)]
Party = Annotated[Actor, requires(*RESERVATION_PARTIES)]
Decider = Annotated[Actor, requires(Permission.RESERVATION_DECIDE)]
CORRECTION = "reservations/correction.html"
PAGE = "reservations/dispute.html"


@router.get("/reservations/{number}/messages", name="reservation_messages")
def thread(
    number: str, session: Reading, page: PageDep, clock: ClockDep, actor: Reader
) -> Response:
    """Everything that was said, the oldest first."""
    shown = _shown(session, number, actor, now=clock.now())
    return page.render(PAGE, form=blank(), **shown)


@router.post("/reservations/{number}/messages", name="reservation_say")
def answer(
    number: str,
    form: Annotated[Filled[MessageForm], filled_in(MessageForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Party,
) -> Response:
    """Say something."""
    now = clock.now()
    page.if_refused(PAGE, form=form, **_shown(uow.session, number, actor, now=now))
    say(uow, number, form.checked.text, actor=actor, now=now)
    return page.redirect("reservation_messages", number)


@router.post("/reservations/{number}/centre", name="reservation_ask_centre")
def refer(number: str, uow: Transaction, page: PageDep, clock: ClockDep, actor: Party) -> Response:
    """Leave the decision to the centre."""
    ask_centre(uow, number, actor=actor, now=clock.now())
    return page.redirect("reservation_messages", number)


@router.get("/reservations/{number}/correction", name="reservation_correction")
def to_correct(
    number: str, session: Reading, page: PageDep, clock: ClockDep, actor: Decider
) -> Response:
    """The figures of a use that is over, for the centre to put right."""
    shown = _shown(session, number, actor, now=clock.now())
    return page.render(CORRECTION, form=figures_of(shown["card"].seen), **shown)


@router.post("/reservations/{number}/correction", name="reservation_correct")
def put_right(
    number: str,
    form: Annotated[Filled[ResolveForm], filled_in(ResolveForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Decider,
) -> Response:
    """The centre puts them right; what was charged follows."""
    now = clock.now()
    page.if_refused(CORRECTION, form=form, **_shown(uow.session, number, actor, now=now))
    told = form.checked
    correct_use(uow, number, actor=actor, now=now, reason=told.reason, outcome=told.outcome)
    return page.redirect("reservation", number)


def _shown(session: Session, number: str, actor: Actor, *, now: datetime) -> dict[str, Any]:
    seen = reservation_seen_by(session, number, actor)
    return {"card": card_of(seen, actor, now=now), "said": said_about(session, seen.id)}
