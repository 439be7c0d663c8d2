"""Signing in by a provider elsewhere: there, back, and taking back that it counts."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from booking.access.actor import Actor
from booking.access.guards import PUBLIC, signed_in
from booking.accounts.actions.sign_in import Arrival, HalfWay, NewSession
from booking.accounts.actions.sign_in_by_provider import sign_in_by_provider, unlink
from booking.accounts.errors import NoAccount
from booking.accounts.forms import LONGEST_WAY
from booking.accounts.identity import SealDep, address_of
from booking.accounts.providers.oidc import HANDSHAKE_FOR, Departure, Provider, Told
from booking.accounts.routes.signing import (
    SIGN_IN,
    browser_of,
    label_of,
    lifetime_of,
    way_on,
)
from booking.accounts.rules import safe_next
from booking.kernel.errors import BookingError, NotFound
from booking.web.clock import ClockDep
from booking.web.forms import blank
from booking.web.problems import problem_of
from booking.web.rendering import PageDep
from booking.web.sessions import HANDSHAKE, carry, drop
from booking.web.transactions import Transaction

router = APIRouter()

Visitor = Annotated[Actor | None, PUBLIC]


def _provider(request: Request) -> Provider:
    provider: Provider | None = request.app.state.identity_provider
    if provider is None:
        raise NotFound
    return provider


ProviderDep = Annotated[Provider, Depends(_provider)]


async def _departure(
    provider: ProviderDep,
    clock: ClockDep,
    seal: SealDep,
    next: Annotated[str, Query(max_length=LONGEST_WAY)] = "",
) -> Departure | BookingError:
    """Asked of the provider before the route begins: routes do not wait for others."""
    try:
        return await provider.departure(safe_next(next) or "", seal=seal, now=clock.now())
    except BookingError as refused:
        return refused


async def _arrival(
    request: Request, provider: ProviderDep, clock: ClockDep, seal: SealDep
) -> Told | BookingError:
    handshake = request.cookies.get(HANDSHAKE, "")
    try:
        return await provider.arrival(request.query_params, handshake, seal=seal, now=clock.now())
    except BookingError as refused:
        return refused


@router.get("/sign-in/provider", name="sign_in_provider")
def depart(
    departure: Annotated[Departure | BookingError, Depends(_departure)],
    request: Request,
    page: PageDep,
    visitor: Visitor,
) -> Response:
    """To the provider."""
    if isinstance(departure, BookingError):
        page.if_refused(SIGN_IN, form=blank(), ended="", provider=label_of(request))
        return page.problem(problem_of(departure))
    response = RedirectResponse(departure.address, 303)
    kept = departure.handshake
    carry(response, HANDSHAKE, kept, request=request, lasting=HANDSHAKE_FOR)
    return response


@router.get("/sign-in/provider/callback", name="sign_in_provider_back")
def arrive(
    told: Annotated[Told | BookingError, Depends(_arrival)],
    request: Request,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    visitor: Visitor,
) -> Response:
    """Back with the provider's word; who is not known here is told what to do."""
    page.if_refused(SIGN_IN, form=blank(), ended="", provider=label_of(request))
    if isinstance(told, BookingError):
        response = page.problem(problem_of(told))
    else:
        came = Arrival(0, address_of(request), browser_of(request), lifetime_of(request))
        opened = sign_in_by_provider(uow, told, came, now=clock.now())
        if isinstance(opened, NewSession | HalfWay):
            response = way_on(page, opened, safe_next(told.next))
        elif isinstance(opened, NoAccount):
            response = page.render("accounts/no_account.html", status=403, email=told.email)
        else:
            response = page.problem(problem_of(opened))
    drop(response, HANDSHAKE, request=request)
    return response


@router.post("/account/identities/{link_id}/removal", name="account_identity_unlink")
def unlink_now(
    link_id: int,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Annotated[Actor, signed_in],
) -> Response:
    unlink(uow, link_id, actor=actor, now=clock.now())
    return page.redirect("account")
