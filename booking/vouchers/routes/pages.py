"""Pages: vouchers with their sums, one with its movements."""

from typing import Annotated

from fastapi import APIRouter, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.vouchers.queries.owed import honours_any
from booking.vouchers.queries.vouchers import (
    movements_of,
    sums_seen_by,
    voucher_seen_by,
    vouchers_seen_by,
)
from booking.web.paging import WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.VOUCHER_READ)]


@router.get("/vouchers", name="vouchers")
def index(session: Reading, page: PageDep, window: WindowDep, actor: Reader) -> Response:
    """The vouchers that you may see, with their totals."""
    place = window.place(str)
    after = None if place is None else place[0]
    rows = vouchers_seen_by(session, actor, after=after, limit=window.take)
    return page.render(
        "vouchers/vouchers.html",
        cut=window.cut(rows, key=lambda row: (row.number,)),
        sums=sums_seen_by(session, actor),
        paging_on=after is not None,
        issues=actor.may(Permission.VOUCHER_ISSUE),
        owes=actor.may(Permission.LEDGER_READ),
        claims=honours_any(session, actor.organisations_giving(Permission.VOUCHER_CLAIM_READ)),
    )


@router.get("/vouchers/{number}", name="voucher")
def show(number: str, session: Reading, page: PageDep, actor: Reader) -> Response:
    """One voucher."""
    row = voucher_seen_by(session, number, actor)
    return page.render(
        "vouchers/voucher.html", voucher=row, movements=movements_of(session, row.id)
    )
