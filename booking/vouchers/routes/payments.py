"""Pages: what providers are owed for vouchers, as a list and a file; that one was paid."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.db.transactions import read_session
from booking.kernel.clock import local
from booking.kernel.errors import NotFound
from booking.kernel.money import yuan
from booking.kernel.periods import Period
from booking.ledger.forms import RowId, period_named
from booking.vouchers.actions.pay_provider import record_payment
from booking.vouchers.forms import PaymentForm, PeriodQuery
from booking.vouchers.queries.payments import voucher_payments
from booking.vouchers.queries.redemptions import OwedRow, owed_by, owed_in_all, redeemed_in
from booking.web.clock import ClockDep
from booking.web.downloads import CSV, csv_lines, files_of, streamed
from booking.web.forms import Filled, blank, filled_in
from booking.web.i18n import gettext
from booking.web.paging import WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.LEDGER_READ)]
Payer = Annotated[Actor, requires(Permission.VOUCHER_PAY)]
_NEW = "vouchers/new_payment.html"
_AT_ONCE = 500


@router.get("/voucher-redemptions", name="voucher_redemptions")
def owed(
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    window: WindowDep,
    actor: Reader,
    period: PeriodQuery = "",
) -> Response:
    """What is owed to each provider, by default for this month."""
    asked = _asked(period, clock.now())
    place = window.place(str, int)
    rows = redeemed_in(session, asked, after=place, limit=window.take)
    return page.render(
        "vouchers/redemptions.html",
        period=asked,
        form=blank(period=asked.code),
        cut=window.cut(rows, key=lambda row: (row.provider, row.provider_id)),
        paging_on=place is not None,
        total=owed_in_all(session, asked),
        pays=actor.may(Permission.VOUCHER_PAY),
    )


@router.get("/voucher-redemptions.csv", name="voucher_redemptions_csv", responses=files_of(CSV))
def owed_csv(
    request: Request, clock: ClockDep, actor: Reader, period: PeriodQuery = ""
) -> Response:
    """What the list shows, all of it, as a file."""
    asked = _asked(period, clock.now())
    header = [
        gettext("Provider"),
        gettext("Bookings"),
        gettext("Redeemed in the period (yuan)"),
        gettext("Not paid yet (yuan)"),
    ]
    lines = csv_lines(
        header,
        (
            (row.provider, row.bookings, *(_amount(fen) for fen in (row.owed_fen, row.unpaid_fen)))
            for row in _rows(request, asked)
        ),
    )
    return streamed(lines, filename=f"voucher-redemptions-{asked.code}.csv", media_type=CSV)


def _amount(fen: int) -> Decimal:
    return Decimal(yuan(fen))


def _rows(request: Request, period: Period) -> Iterator[OwedRow]:
    with read_session(request.app.state.read_engine) as session:
        after = None
        while rows := redeemed_in(session, period, after=after, limit=_AT_ONCE):
            yield from rows
            after = rows[-1].provider, rows[-1].provider_id


@router.get("/voucher-payments", name="voucher_payments")
def index(session: Reading, page: PageDep, window: WindowDep, actor: Reader) -> Response:
    """Whom was paid how much, the newest first."""
    rows = voucher_payments(session, before_id=window.after_id, limit=window.take)
    return page.render(
        "vouchers/payments.html",
        cut=window.cut(rows, key=lambda row: (row.id,)),
        paging_on=window.after is not None,
    )


@router.get("/voucher-payments/new", name="voucher_payment_new")
def ask(
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Payer,
    provider: Annotated[RowId, Query()],
    period: PeriodQuery = "",
) -> Response:
    """The amount stands there: a provider is paid all that is owed up to then."""
    told = _told(session, provider, _asked(period, clock.now()))
    today = local(clock.now()).date().isoformat()
    return page.render(_NEW, form=blank(amount=yuan(told["row"].unpaid_fen), paid_on=today), **told)


@router.post("/voucher-payments", name="voucher_payment_create")
def create(
    form: Annotated[Filled[PaymentForm], filled_in(PaymentForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Payer,
) -> Response:
    """Record it, once."""
    if form.model is not None:
        asked = form.model
        told = _told(uow.session, asked.provider_id, Period.parse(asked.period))
        page.if_refused(_NEW, form=form, **told)
    record_payment(uow, form.checked.paid(), actor=actor, now=clock.now())
    return page.redirect("voucher_payments")


def _told(session: Session, provider_id: int, period: Period) -> dict[str, Any]:
    row = owed_by(session, provider_id, period)
    if row is None:
        raise NotFound(provider_id=provider_id)
    return {"row": row, "period": period}


def _asked(period: str, now: datetime) -> Period:
    return period_named(period) or Period.month_at(now)
