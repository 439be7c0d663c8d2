"""Pages: what one's provider is owed for vouchers, as a list and a file."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Request, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.db.transactions import read_session
from booking.kernel.clock import local
from booking.kernel.money import yuan
from booking.kernel.periods import Period
from booking.ledger.forms import period_named
from booking.vouchers.forms import PeriodQuery
from booking.vouchers.queries.owed import OwedLine, owed_lines, owed_to
from booking.web.clock import ClockDep
from booking.web.downloads import CSV, csv_lines, files_of, streamed
from booking.web.forms import blank
from booking.web.i18n import gettext
from booking.web.paging import WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading

router = APIRouter()

Provider = Annotated[Actor, requires(Permission.VOUCHER_CLAIM_READ)]
_AT_ONCE = 500


@router.get("/voucher-claims", name="voucher_claims")
def index(
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    window: WindowDep,
    actor: Provider,
    period: PeriodQuery = "",
) -> Response:
    """What was redeemed at one's labs in a period, by default this month, and what is unpaid."""
    asked = period_named(period) or Period.month_at(clock.now())
    rows = owed_lines(session, actor, asked, after_id=window.after_id, limit=window.take)
    return page.render(
        "vouchers/claims.html",
        period=asked,
        form=blank(period=asked.code),
        cut=window.cut(rows, key=lambda row: (row.id,)),
        paging_on=window.after is not None,
        total=owed_to(session, actor, asked),
    )


@router.get("/voucher-claims.csv", name="voucher_claims_csv", responses=files_of(CSV))
def as_csv(
    request: Request, clock: ClockDep, actor: Provider, period: PeriodQuery = ""
) -> Response:
    """What the list shows, all of it, as a file."""
    asked = period_named(period) or Period.month_at(clock.now())
    header = [
        gettext("Day"),
        gettext("Provider"),
        gettext("Booking"),
        gettext("Amount (yuan)"),
        gettext("Number"),
        gettext("Paid on"),
        gettext("Bank transaction number"),
    ]
    lines = csv_lines(header, (_cells(row) for row in _rows(request, actor, asked)))
    return streamed(lines, filename=f"voucher-claims-{asked.code}.csv", media_type=CSV)


def _cells(row: OwedLine) -> tuple[str | Decimal, ...]:
    return (
        local(row.made_at).date().isoformat(),
        row.provider,
        row.booking,
        Decimal(yuan(row.amount_fen)),
        row.payment or "",
        row.paid_on.isoformat() if row.paid_on else "",
        row.bank_reference or "",
    )


def _rows(request: Request, actor: Actor, period: Period) -> Iterator[OwedLine]:
    with read_session(request.app.state.read_engine) as session:
        after = None
        while rows := owed_lines(session, actor, period, after_id=after, limit=_AT_ONCE):
            yield from rows
            after = rows[-1].id
