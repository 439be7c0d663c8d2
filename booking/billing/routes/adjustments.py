"""Pages: change what a charge comes to, what waits for a second person, and the limit."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.billing.actions.adjust import (
    adjust,
    approve_adjustment,
    may_adjust,
    refuse_adjustment,
    set_limit,
)
from booking.billing.forms import AdjustForm, DecisionForm, LimitForm
from booking.billing.queries.charges import (
    WATCHES,
    ChargeDetail,
    charge_seen_by,
    waiting_adjustments,
)
from booking.billing.queries.standing import adjustments_of, corrections_of, limit_in_force
from booking.billing.rules import shown
from booking.kernel.money import yuan
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.paging import Window, WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Adjuster = Annotated[Actor, requires(Permission.CHARGE_ADJUST)]
Keeper = Annotated[Actor, requires(Permission.BILLING_MANAGE)]
Watcher = Annotated[Actor, requires(*WATCHES)]
CHARGE_PAGE = "billing/charge.html"
_QUEUE = "billing/adjustments.html"


@router.get("/charges/adjustments", name="charge_adjustments")
def queue(session: Reading, page: PageDep, window: WindowDep, actor: Watcher) -> Response:
    """What waits for a second person, and how much one may take off alone."""
    held = limit_in_force(session)
    form = blank(amount=yuan(held.limit_fen))
    return page.render(_QUEUE, form=form, **_queue(session, actor, window))


@router.post("/charges/adjustments/limit", name="charge_adjustment_limit")
def limit(
    form: Annotated[Filled[LimitForm], filled_in(LimitForm)],
    uow: Transaction,
    page: PageDep,
    window: WindowDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    """Another limit, from now on."""
    page.if_refused(_QUEUE, form=form, **_queue(uow.session, actor, window))
    told = form.checked
    set_limit(uow, told.amount, actor=actor, now=clock.now(), note=told.note)
    return page.redirect("charge_adjustments")


@router.post("/charges/adjustments/{adjustment_id}/approval", name="charge_adjustment_approve")
def approve(
    adjustment_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Adjuster
) -> Response:
    """The second person agrees."""
    approve_adjustment(uow, adjustment_id, actor=actor, now=clock.now())
    return page.redirect("charge_adjustments")


@router.post("/charges/adjustments/{adjustment_id}/refusal", name="charge_adjustment_refuse")
def refuse(
    adjustment_id: int,
    form: Annotated[Filled[DecisionForm], filled_in(DecisionForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Adjuster,
) -> Response:
    """The second person does not."""
    reason = form.checked.reason
    refuse_adjustment(uow, adjustment_id, actor=actor, now=clock.now(), reason=reason)
    return page.redirect("charge_adjustments")


@router.post("/charges/{number}/adjustments", name="charge_adjust")
def change(
    number: str,
    form: Annotated[Filled[AdjustForm], filled_in(AdjustForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Adjuster,
) -> Response:
    """Bring a charge to another amount; a second person may have to agree."""
    found = charge_seen_by(uow.session, number, actor)
    page.if_refused(CHARGE_PAGE, form=form, **charge_shown(uow.session, found, actor))
    told = form.checked
    adjust(uow, number, told.amount, actor=actor, now=clock.now(), reason=told.reason)
    return page.redirect("charge", number)


def charge_shown(session: Session, charge: ChargeDetail, actor: Actor) -> dict[str, Any]:
    """A charge with what was entered against it, and what its reader may do."""
    adjusts = may_adjust(
        actor,
        provider_id=charge.provider_id,
        lab_id=charge.lab_id,
        organisation_id=charge.organisation_id,
    )
    watches = adjusts or actor.reach(Permission.CHARGE_READ).everywhere
    return {
        "charge": charge,
        "lines": shown(charge.lines),
        "corrections": corrections_of(session, [charge.id]).get(charge.id, ()),
        "asked": adjustments_of(session, charge.id) if watches else (),
        "adjusts": adjusts,
        "limit_fen": limit_in_force(session).limit_fen if adjusts else 0,
    }


def _queue(session: Session, actor: Actor, window: Window) -> dict[str, Any]:
    rows = waiting_adjustments(session, actor, after_id=window.after_id, limit=window.take)
    cut = window.cut(rows, key=lambda row: (row.id,))
    return {
        "cut": cut,
        "limit": limit_in_force(session),
        "decides": actor.may(Permission.CHARGE_ADJUST),
        "sets_limit": actor.may(Permission.BILLING_MANAGE),
    }
