"""JSON: what companies have paid in advance, and entering more."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.money import yuan
from booking.ledger.actions.prepay import Payment, refund, top_up
from booking.ledger.forms import RefundBody, TopUpBody
from booking.ledger.models import PrepaidKind
from booking.ledger.queries.prepaid import (
    PrepaidRow,
    holds_of,
    movements,
    prepaid_account_seen_by,
    prepaid_seen_by,
)
from booking.web.clock import ClockDep
from booking.web.idempotency import Once
from booking.web.json import AwareMoment, YuanOut
from booking.web.paging import WindowDep
from booking.web.transactions import Reading, Transaction

router = APIRouter(tags=["prepayments"])

Reader = Annotated[Actor, requires(Permission.PREPAYMENT_READ)]
Keeper = Annotated[Actor, requires(Permission.PREPAYMENT_MANAGE)]


class PrepaidOut(BaseModel):
    """What a company has with a provider; `held` is set aside for bookings."""

    id: int
    organisation_id: int
    provider_id: int
    balance: YuanOut
    held: YuanOut
    available: YuanOut


class PrepaidList(BaseModel):
    """Every account that the caller may know of."""

    items: list[PrepaidOut]


class MovementOut(BaseModel):
    """One change of the balance; positive is what the company has more."""

    id: int
    kind: PrepaidKind
    amount: YuanOut
    reference: str
    bank_reference: str
    made_at: AwareMoment


class HoldOut(BaseModel):
    """What is set aside for a booking."""

    reservation: str
    amount: YuanOut
    held_at: AwareMoment


class PrepaidInFull(PrepaidOut):
    """An account with what is held, and a piece of what changed it, newest first."""

    holds: list[HoldOut]
    movements: list[MovementOut]
    next_cursor: str | None


@router.get("/prepayments")
def index(session: Reading, actor: Reader) -> PrepaidList:
    """One's company's accounts with providers, or those of companies with one's provider."""
    rows = prepaid_seen_by(session, actor)
    return PrepaidList(items=[PrepaidOut.model_validate(_plain(row)) for row in rows])


@router.post("/prepayments", status_code=201)
def enter(
    body: TopUpBody, uow: Transaction, once: Once, clock: ClockDep, actor: Keeper
) -> Response:
    """A company has paid a provider in advance."""

    def act() -> tuple[int, dict[str, object]]:
        paid = Payment(amount_fen=body.amount, bank_reference=body.bank_reference, note=body.note)
        now = clock.now()
        made = top_up(uow, body.company, body.provider_id, paid=paid, actor=actor, now=now)
        return 201, _told(prepaid_account_seen_by(uow.session, made, actor))

    return once.answer(act)


@router.get("/prepayments/{account_id}")
def show(account_id: int, session: Reading, window: WindowDep, actor: Reader) -> PrepaidInFull:
    """One account."""
    row = prepaid_account_seen_by(session, account_id, actor)
    found = movements(session, account_id, before_id=window.after_id, limit=window.take)
    cut = window.cut(found, key=lambda one: (one.id,))
    return PrepaidInFull(
        **_plain(row),
        holds=[
            HoldOut(reservation=one.reference, amount=one.amount_fen, held_at=one.held_at)
            for one in holds_of(session, account_id)
        ],
        movements=[
            MovementOut(
                id=one.id,
                kind=one.kind,
                amount=one.amount_fen,
                reference=one.reference,
                bank_reference=one.bank_reference,
                made_at=one.made_at,
            )
            for one in cut.items
        ],
        next_cursor=cut.next_cursor,
    )


@router.post("/prepayments/{account_id}/refunds")
def pay_back(
    account_id: int,
    body: RefundBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    """The provider has paid back what was not held."""

    def act() -> tuple[int, dict[str, object]]:
        paid = Payment(amount_fen=body.amount, bank_reference=body.bank_reference, note=body.note)
        refund(uow, account_id, paid=paid, actor=actor, now=clock.now())
        return 200, _told(prepaid_account_seen_by(uow.session, account_id, actor))

    return once.answer(act)


def _plain(row: PrepaidRow) -> dict[str, int]:
    return {
        "id": row.id,
        "organisation_id": row.organisation_id,
        "provider_id": row.provider_id,
        "balance": row.balance_fen,
        "held": row.held_fen,
        "available": row.available_fen,
    }


def _told(row: PrepaidRow) -> dict[str, object]:
    sums = {"balance": row.balance_fen, "held": row.held_fen, "available": row.available_fen}
    return {**_plain(row), **{name: yuan(fen) for name, fen in sums.items()}}
