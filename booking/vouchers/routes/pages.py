"""Pages: vouchers with their sums, one with its movements, and what providers are owed."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.clock import local
from booking.kernel.periods import Period
from booking.ledger.forms import period_named
from booking.vouchers.queries.redemptions import owed_in_all, redeemed_in
from booking.vouchers.queries.vouchers import movements_of, voucher_seen_by, vouchers_seen_by
from booking.web.clock import ClockDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.VOUCHER_READ)]


@router.get("/vouchers", name="vouchers")
def index(session: Reading, page: PageDep, actor: Reader) -> Response:
    """The vouchers that you may see, with their totals."""
    rows = vouchers_seen_by(session, actor)
    return page.render(
        "vouchers/vouchers.html",
        vouchers=rows,
        available_fen=sum(row.available_fen for row in rows),
        encumbered_fen=sum(row.encumbered_fen for row in rows),
        redeemed_fen=sum(row.redeemed_fen for row in rows),
        issues=actor.may(Permission.VOUCHER_ISSUE),
        owes=actor.may(Permission.LEDGER_READ),
    )


@router.get("/vouchers/{number}", name="voucher")
def show(number: str, session: Reading, page: PageDep, actor: Reader) -> Response:
    """One voucher."""
    row = voucher_seen_by(session, number, actor)
    return page.render(
        "vouchers/voucher.html", voucher=row, movements=movements_of(session, row.id)
    )


@router.get("/voucher-redemptions", name="voucher_redemptions")
def owed(
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Annotated[Actor, requires(Permission.LEDGER_READ)],
    period: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """What is owed to each provider, by default for this month."""
    today = local(clock.now()).date()
    asked = period_named(period) or Period.month(today)
    rows = redeemed_in(session, asked)
    return page.render(
        "vouchers/redemptions.html", period=asked, rows=rows, total_fen=owed_in_all(rows)
    )
