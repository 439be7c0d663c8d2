"""Signing in and out."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from booking.access.actor import Actor
from booking.access.guards import PUBLIC, signed_in
from booking.accounts.actions.sign_in import Browser, NewSession, sign_in, sign_out
from booking.accounts.forms import LONGEST_WAY, SignInForm
from booking.accounts.identity import PasswordsDep, claim_of, prove, settings_of
from booking.accounts.rules import safe_next
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.problems import problem_of
from booking.web.rendering import PageDep
from booking.web.sessions import forget, remember, session_token
from booking.web.transactions import Transaction

router = APIRouter()

_TEMPLATE = "accounts/sign_in.html"


@router.get("/sign-in", name="sign_in")
def sign_in_page(
    page: PageDep,
    visitor: Annotated[Actor | None, PUBLIC],
    next: Annotated[str, Query(max_length=LONGEST_WAY)] = "",
) -> Response:
    """The form; somebody who is signed in already goes on."""
    target = safe_next(next)
    if visitor is not None:
        return page.redirect_to(target or "/")
    return page.render(_TEMPLATE, form=blank(next=target or ""))


@router.post("/sign-in", name="sign_in_now")
def sign_in_now(
    form: Annotated[Filled[SignInForm], filled_in(SignInForm)],
    request: Request,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    passwords: PasswordsDep,
    visitor: Annotated[Actor | None, PUBLIC],
) -> Response:
    """A right password opens a session; a wrong one shows the form again and is counted."""
    page.if_refused(_TEMPLATE, form=form)
    told, now = form.checked, clock.now()
    claim = claim_of(request, told.email, told.password)
    proof = prove(request.app.state.engine, claim, passwords=passwords, now=now)
    lifetime = timedelta(hours=settings_of(request).session_hours)
    browser = Browser(request.headers.get("user-agent", ""), session_token(request))
    opened = sign_in(uow, proof, browser=browser, now=now, lifetime=lifetime)
    if not isinstance(opened, NewSession):
        return page.problem(problem_of(opened))
    response = page.redirect_to(safe_next(told.next) or "/")
    remember(response, opened.secret, request=request, lasting=lifetime)
    return response


@router.post("/sign-out", name="sign_out")
def sign_out_now(
    request: Request,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Annotated[Actor, signed_in],
) -> Response:
    """End this session."""
    if secret := session_token(request):
        sign_out(uow, secret, actor=actor, now=clock.now())
    response = page.redirect("sign_in")
    forget(response, request=request)
    return response
