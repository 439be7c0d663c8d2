"""Pages of one training session: its people, that it was held, that it is called off."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.errors import NotFound
from booking.training.actions.sessions import cancel, hold, seat, unseat
from booking.training.forms import HoldForm, SeatForm, WhyForm
from booking.training.queries.desk import candidates, session_row
from booking.training.routes.desk import trained_card
from booking.training.states import RequestState
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Trainer = Annotated[Actor, requires(Permission.TRAINING_GRANT)]
_PAGE = "training/session.html"
_HERE = "/manage/training/sessions/{training_session_id}"


@router.get(_HERE, name="training_session")
def session_page(
    training_session_id: int, session: Reading, page: PageDep, clock: ClockDep, actor: Trainer
) -> Response:
    return page.render(_PAGE, **_shown(session, training_session_id, actor, clock=clock))


@router.post(f"{_HERE}/people", name="training_seat")
def put_on(
    training_session_id: int,
    form: Annotated[Filled[SeatForm], filled_in(SeatForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Trainer,
) -> Response:
    shown = _shown(uow.session, training_session_id, actor, clock=clock)
    page.if_refused(_PAGE, **{**shown, "form": form})
    seat(uow, training_session_id, form.checked.people, actor=actor, now=clock.now())
    return page.redirect("training_session", training_session_id)


@router.post("/manage/training/requests/{training_request_id}/removal", name="training_unseat")
def take_off(
    training_request_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Trainer
) -> Response:
    session_id = unseat(uow, training_request_id, actor=actor, now=clock.now())
    return page.redirect("training_session", session_id)


@router.post(f"{_HERE}/result", name="training_hold")
def note_result(
    training_session_id: int,
    form: Annotated[Filled[HoldForm], filled_in(HoldForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Trainer,
) -> Response:
    shown = _shown(uow.session, training_session_id, actor, clock=clock)
    page.if_refused(_PAGE, **{**shown, "hold_form": form})
    told, now = form.checked, clock.now()
    held = hold(uow, training_session_id, told.passed, valid_to=told.valid_to, actor=actor, now=now)
    return page.redirect("training_desk", held.instrument_id)


@router.post(f"{_HERE}/cancellation", name="training_cancel")
def call_off(
    training_session_id: int,
    form: Annotated[Filled[WhyForm], filled_in(WhyForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Trainer,
) -> Response:
    shown = _shown(uow.session, training_session_id, actor, clock=clock)
    page.if_refused(_PAGE, **{**shown, "cancel_form": form})
    reason = form.checked.reason
    called_off = cancel(uow, training_session_id, reason, actor=actor, now=clock.now())
    return page.redirect("training_desk", called_off.instrument_id)


def _shown(session: Session, session_id: int, actor: Actor, *, clock: ClockDep) -> dict[str, Any]:
    found = session_row(session, session_id)
    if found is None:
        raise NotFound(training_session_id=session_id)
    try:
        kept = trained_card(session, found.instrument_id, actor)
    except NotFound:
        raise NotFound(training_session_id=session_id) from None
    asking, now = candidates(session, found.instrument_id), clock.now()
    there = [one for one in asking if one.session_id == session_id]
    return {
        "kept": kept,
        "found": found,
        "there": there,
        "waiting": [one for one in asking if one.state is RequestState.WAITING],
        "has_begun": found.starts_at <= now,
        "is_over": found.ends_at <= now,
        "form": blank(),
        "hold_form": blank(passed=[one.request_id for one in there]),
        "cancel_form": blank(),
    }
