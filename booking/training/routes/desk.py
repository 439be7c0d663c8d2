"""Pages of those who train: who waits, who may operate, decisions about one person."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.instruments.routes.management import Kept, kept_card
from booking.kernel.errors import NotFound
from booking.training.actions.grant import Terms, decline, grant, renew
from booking.training.actions.sessions import Plan, plan
from booking.training.forms import SessionForm, TermForm, WhyForm
from booking.training.queries.desk import (
    Candidate,
    Trained,
    candidate,
    candidates,
    place_of_grant,
    planned_sessions,
    trained_on,
    trained_one,
)
from booking.training.queries.standing import needs_of
from booking.training.states import OPEN
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.paging import Window, WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Trainer = Annotated[Actor, requires(Permission.TRAINING_GRANT)]
_DESK, _REQUEST, _GRANT = (f"training/{name}.html" for name in ("desk", "request", "grant"))
_ONE_REQUEST = "/manage/training/requests/{training_request_id}"
_ONE_GRANT = "/manage/training/grants/{training_grant_id}"


@router.get("/manage/instruments/{instrument_id}/training", name="training_desk")
def desk(
    instrument_id: int,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    window: WindowDep,
    actor: Trainer,
) -> Response:
    shown = _desk(session, instrument_id, actor, clock=clock, window=window)
    return page.render(_DESK, **shown, form=blank(seats=4))


@router.post("/manage/instruments/{instrument_id}/training", name="training_plan")
def plan_session(
    instrument_id: int,
    form: Annotated[Filled[SessionForm], filled_in(SessionForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Trainer,
) -> Response:
    shown = _desk(uow.session, instrument_id, actor, clock=clock, window=Window())
    page.if_refused(_DESK, **shown, form=form)
    told = form.checked
    wanted = Plan(
        span=told.span,
        seats=told.seats,
        place=told.place,
        trainer=told.trainer,
        closes=told.closes,
    )
    made = plan(uow, instrument_id, wanted, actor=actor, now=clock.now())
    return page.redirect("training_session", made.key)


@router.get(_ONE_REQUEST, name="training_request")
def request_page(
    training_request_id: int, session: Reading, page: PageDep, actor: Trainer
) -> Response:
    shown = _request(session, training_request_id, actor)
    return page.render(_REQUEST, **shown, form=blank(), term_form=blank())


@router.post(f"{_ONE_REQUEST}/grant", name="training_grant")
def grant_one(
    training_request_id: int,
    form: Annotated[Filled[TermForm], filled_in(TermForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Trainer,
) -> Response:
    shown = _request(uow.session, training_request_id, actor)
    page.if_refused(_REQUEST, **shown, form=blank(), term_form=form)
    terms = Terms(valid_to=form.checked.valid_to)
    made = grant(uow, training_request_id, terms, actor=actor, now=clock.now())
    return page.redirect("training_desk", made.instrument_id)


@router.post(f"{_ONE_REQUEST}/refusal", name="training_decline")
def decline_one(
    training_request_id: int,
    form: Annotated[Filled[WhyForm], filled_in(WhyForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Trainer,
) -> Response:
    shown = _request(uow.session, training_request_id, actor)
    page.if_refused(_REQUEST, **shown, form=form, term_form=blank())
    reason = form.checked.reason
    made = decline(uow, training_request_id, reason, actor=actor, now=clock.now())
    return page.redirect("training_desk", made.instrument_id)


@router.get(_ONE_GRANT, name="training_permission")
def grant_page(
    training_grant_id: int, session: Reading, page: PageDep, clock: ClockDep, actor: Trainer
) -> Response:
    shown = _grant(session, training_grant_id, actor, clock=clock)
    form = blank(valid_to=shown["trained"].valid_to)
    return page.render(_GRANT, **shown, form=form)


@router.post(f"{_ONE_GRANT}/renewal", name="training_renew")
def renew_one(
    training_grant_id: int,
    form: Annotated[Filled[TermForm], filled_in(TermForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Trainer,
) -> Response:
    page.if_refused(_GRANT, **_grant(uow.session, training_grant_id, actor, clock=clock), form=form)
    valid_to = form.checked.valid_to
    made = renew(uow, training_grant_id, valid_to, actor=actor, now=clock.now())
    return page.redirect("training_desk", made.instrument_id)


def trained_card(session: Session, instrument_id: int, actor: Actor) -> Kept:
    """The card for somebody who says who may operate it; for anybody else there is none here."""
    return kept_card(session, instrument_id, actor, permission=Permission.TRAINING_GRANT)


def trained_seen_by(
    session: Session, grant_id: int, actor: Actor, *, now: datetime
) -> tuple[Kept, Trained]:
    """A permission and its card, for somebody who may revoke it."""
    place = place_of_grant(session, grant_id)
    if place is None:
        raise NotFound(training_grant_id=grant_id)
    kept = _of_ours(session, place, actor, training_grant_id=grant_id)
    needs = needs_of(session, place, now)
    return kept, trained_one(session, grant_id, unused_days=needs.unused_days)


def _desk(
    session: Session, instrument_id: int, actor: Actor, *, clock: ClockDep, window: Window
) -> dict[str, Any]:
    kept, now = trained_card(session, instrument_id, actor), clock.now()
    needs = needs_of(session, instrument_id, now)
    found = trained_on(
        session,
        instrument_id,
        unused_days=needs.unused_days,
        after_id=window.after_id or 0,
        limit=window.take,
    )
    cut = window.cut(found, key=lambda row: (row.grant_id,))
    return {
        "kept": kept,
        "needs": needs,
        "candidates": candidates(session, instrument_id),
        "sessions": planned_sessions(session, instrument_id),
        "trained": cut.items,
        "next_cursor": cut.next_cursor,
        "now": now,
    }


def _request(session: Session, request_id: int, actor: Actor) -> dict[str, Any]:
    found: Candidate | None = candidate(session, request_id)
    if found is None:
        raise NotFound(training_request_id=request_id)
    kept = _of_ours(session, found.instrument_id, actor, training_request_id=request_id)
    return {"kept": kept, "asked": found, "is_open": found.state in OPEN}


def _grant(session: Session, grant_id: int, actor: Actor, *, clock: ClockDep) -> dict[str, Any]:
    kept, trained = trained_seen_by(session, grant_id, actor, now=clock.now())
    return {"kept": kept, "trained": trained, "now": clock.now()}


def _of_ours(session: Session, instrument_id: int, actor: Actor, **asked: object) -> Kept:
    """The card; where it is none of theirs, what was asked for is not there."""
    try:
        return trained_card(session, instrument_id, actor)
    except NotFound:
        raise NotFound(**asked) from None
