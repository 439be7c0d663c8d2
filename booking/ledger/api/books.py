"""JSON: accounts with what they hold, and an account's entries."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.timespan import TimeSpan
from booking.ledger.forms import period_named
from booking.ledger.models import AccountKind
from booking.ledger.queries.pages import account_of, accounts, entries_of_account
from booking.web.json import AwareMoment, YuanOut
from booking.web.paging import WindowDep
from booking.web.transactions import Reading

router = APIRouter(tags=["ledger"])

Reader = Annotated[Actor, requires(Permission.LEDGER_READ)]


class AccountOut(BaseModel):
    """An account: what it held before the period, what moved, what it holds after."""

    id: int
    kind: AccountKind
    organisation_id: int
    opening: YuanOut
    debit: YuanOut
    credit: YuanOut
    closing: YuanOut


class AccountList(BaseModel):
    """Every account."""

    items: list[AccountOut]


class PostedOut(BaseModel):
    """Positive is debit, negative credit."""

    id: int
    at: AwareMoment
    reference: str
    memo: str
    amount: YuanOut


class PostedList(BaseModel):
    """A piece of the list, newest first."""

    items: list[PostedOut]
    next_cursor: str | None


@router.get("/ledger/accounts")
def index(
    session: Reading,
    actor: Reader,
    period: Annotated[str, Query(max_length=8)] = "",
    kind: AccountKind | None = None,
) -> AccountList:
    """Every account with what it holds; of all time unless a period is named."""
    items = [
        AccountOut(
            id=row.id,
            kind=row.kind,
            organisation_id=row.organisation_id,
            opening=row.opening_fen,
            debit=row.debit_fen,
            credit=row.credit_fen,
            closing=row.closing_fen,
        )
        for row in accounts(session, _span(period), kind=kind)
    ]
    return AccountList(items=items)


@router.get("/ledger/accounts/{account_id}/entries")
def entries(
    account_id: int,
    session: Reading,
    window: WindowDep,
    actor: Reader,
    period: Annotated[str, Query(max_length=8)] = "",
) -> PostedList:
    """What was posted to one account."""
    account_of(session, account_id)
    span = _span(period)
    rows = entries_of_account(
        session, account_id, span, before_id=window.after_id, limit=window.take
    )
    cut = window.cut(rows, key=lambda row: (row.id,))
    items = [
        PostedOut(
            id=row.id, at=row.at, reference=row.reference, memo=row.memo, amount=row.amount_fen
        )
        for row in cut.items
    ]
    return PostedList(items=items, next_cursor=cut.next_cursor)


def _span(code: str) -> TimeSpan | None:
    found = period_named(code)
    return found.span if found else None
