"""Viewing the site as somebody else: begin, and stop."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from booking.access.actor import Actor
from booking.access.guards import arriving, requires
from booking.access.permissions import Permission
from booking.accounts.actions.view_as import stop_viewing, view_as
from booking.accounts.forms import ReasonForm
from booking.web.clock import ClockDep
from booking.web.forms import Filled, filled_in
from booking.web.rendering import PageDep
from booking.web.sessions import session_token
from booking.web.transactions import Transaction

router = APIRouter()


@router.post("/people/{user_id}/guise", name="guise_take")
def begin(
    user_id: int,
    form: Annotated[Filled[ReasonForm], filled_in(ReasonForm)],
    request: Request,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Annotated[Actor, requires(Permission.PEOPLE_MANAGE)],
) -> Response:
    secret, reason = session_token(request) or "", form.checked.reason
    view_as(uow, user_id, reason, secret=secret, actor=actor, now=clock.now())
    return page.redirect_to("/")


@router.post("/guise/end", name="guise_end")
def stop(
    request: Request,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Annotated[Actor, arriving],
) -> Response:
    """Back to oneself."""
    secret = session_token(request) or ""
    stop_viewing(uow, secret=secret, actor=actor, now=clock.now())
    return page.redirect_to("/")
