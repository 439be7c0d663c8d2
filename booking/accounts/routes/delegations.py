"""Roles in somebody's place: given on one's own page, ended by either or by who manages people."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Request, Response

from booking.access.actor import Actor
from booking.access.guards import signed_in
from booking.accounts.actions.delegate import Absence, delegate, revoke_delegation
from booking.accounts.forms import DelegationForm
from booking.accounts.routes.account import TEMPLATE, own_shown
from booking.web.clock import ClockDep
from booking.web.forms import Filled, filled_in
from booking.web.rendering import PageDep
from booking.web.transactions import Transaction

router = APIRouter()

Oneself = Annotated[Actor, signed_in]


@router.post("/account/delegations", name="delegation_make")
def make(
    form: Annotated[Filled[DelegationForm], filled_in(DelegationForm)],
    request: Request,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Oneself,
) -> Response:
    own = own_shown(uow.session, request, actor, now=clock.now())
    page.if_refused(TEMPLATE, own=replace(own, absence=form))
    told = form.checked
    absence = Absence(
        membership_id=told.membership,
        email=told.delegate,
        first=told.first,
        last=told.last,
        reason=told.delegation_reason,
    )
    delegate(uow, absence, actor=actor, now=clock.now())
    return page.redirect("account")


@router.post("/delegations/{delegation_id}/revocation", name="delegation_revoke")
def end(
    delegation_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Oneself
) -> Response:
    gone = revoke_delegation(uow, delegation_id, actor=actor, now=clock.now())
    if actor.id in {gone.delegator_id, gone.delegate_id}:
        return page.redirect("account")
    if gone.organisation_id is None:
        return page.redirect("people")
    return page.redirect("members", gone.organisation_id)
