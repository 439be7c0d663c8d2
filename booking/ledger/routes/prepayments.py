"""Pages: what companies have paid in advance, what changed it, and entering more."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.ledger.actions.prepay import Payment, refund, top_up
from booking.ledger.forms import RefundForm, TopUpForm
from booking.ledger.queries.prepaid import (
    holds_of,
    movements,
    prepaid_account_seen_by,
    prepaid_seen_by,
    providers_kept_by,
)
from booking.web.clock import ClockDep
from booking.web.filters import localised
from booking.web.forms import Filled, blank, filled_in
from booking.web.paging import Window, WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.PREPAYMENT_READ)]
Keeper = Annotated[Actor, requires(Permission.PREPAYMENT_MANAGE)]
_LIST, _ONE = "ledger/prepayments.html", "ledger/prepayment.html"


@router.get("/prepayments", name="prepayments")
def index(session: Reading, page: PageDep, actor: Reader) -> Response:
    """What one's company has with providers, or companies with one's provider."""
    return page.render(_LIST, form=blank(), **_listed(session, actor))


@router.post("/prepayments", name="prepayment_enter")
def enter(
    form: Annotated[Filled[TopUpForm], filled_in(TopUpForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    """A company has paid."""
    page.if_refused(_LIST, form=form, **_listed(uow.session, actor))
    told = form.checked
    paid = Payment(amount_fen=told.amount, bank_reference=told.bank_reference, note=told.note)
    account_id = top_up(
        uow, told.company, told.provider_id, paid=paid, actor=actor, now=clock.now()
    )
    return page.redirect("prepayment", account_id)


@router.get("/prepayments/{account_id}", name="prepayment")
def show(
    account_id: int, session: Reading, page: PageDep, window: WindowDep, actor: Reader
) -> Response:
    """One account: what changed it, and what is held for which booking."""
    return page.render(_ONE, form=blank(), **_shown(session, account_id, actor, window))


@router.post("/prepayments/{account_id}/refunds", name="prepayment_refund")
def pay_back(
    account_id: int,
    form: Annotated[Filled[RefundForm], filled_in(RefundForm)],
    uow: Transaction,
    page: PageDep,
    window: WindowDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    """The provider has paid back."""
    page.if_refused(_ONE, form=form, **_shown(uow.session, account_id, actor, window))
    told = form.checked
    paid = Payment(amount_fen=told.amount, bank_reference=told.bank_reference, note=told.note)
    refund(uow, account_id, paid=paid, actor=actor, now=clock.now())
    return page.redirect("prepayment", account_id)


def _listed(session: Session, actor: Actor) -> dict[str, Any]:
    return {
        "rows": prepaid_seen_by(session, actor),
        "providers": [
            (key, localised(name, name_en))
            for key, name, name_en in providers_kept_by(session, actor)
        ],
    }


def _shown(session: Session, account_id: int, actor: Actor, window: Window) -> dict[str, Any]:
    account = prepaid_account_seen_by(session, account_id, actor)
    rows = movements(session, account_id, before_id=window.after_id, limit=window.take)
    kept = {key for key, *_ in providers_kept_by(session, actor)}
    return {
        "account": account,
        "cut": window.cut(rows, key=lambda row: (row.id,)),
        "holds": holds_of(session, account_id),
        "keeps": account.provider_id in kept,
    }
