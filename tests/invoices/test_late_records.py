"""Invoices and payments that are checked, taken back or given back after a use was settled."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlmodel import col, select

from booking.billing.models import Charge
from booking.checking.report import broken
from booking.db.transactions import UnitOfWork
from booking.invoices.actions.judge_invoice import void_invoice
from booking.invoices.actions.judge_payment import void_payment
from booking.invoices.actions.keep_invoices import keep_invoices
from booking.invoices.models import Invoice, Payment
from booking.kernel.periods import Period
from booking.subsidies.actions.review_statement import lock_settlement
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.models.statement import StatementLine
from tests.factories.corrections import now_costs
from tests.factories.invoices import Dealing, credit_note, make_invoice, make_payment
from tests.factories.settled_uses import make_programme
from tests.subsidies.requests import programme
from tests.support.clock import moment

FIRST = date(2026, 10, 1)
EARLY, FIRST_TIME, LATE, THEN = (moment(f"2026-12-{day:02d}T09:00") for day in (1, 5, 8, 10))


@pytest.fixture(autouse=True)
def kept(uow: UnitOfWork, dealing: Dealing) -> None:
    keep_invoices(uow, FIRST, "自十月起", actor=dealing.finance, now=EARLY)


def settled(uow: UnitOfWork, month: str, *, late: bool = False) -> int:
    now = THEN if late else FIRST_TIME
    view = settle_period(uow, Period.parse(month), actor_id=None, now=now)
    if view.statements:
        lock_settlement(uow, month, actor_id=None, now=now)
    return view.totals["payable_fen"]


def corrections(uow: UnitOfWork) -> list[tuple[int, object]]:
    query = (
        select(StatementLine)
        .where(col(StatementLine.corrects_id).is_not(None), col(StatementLine.live))
        .order_by(col(StatementLine.id))
    )
    return [(one.payable_fen, one.detail["correction"]) for one in uow.session.exec(query)]


def paid_in_part(uow: UnitOfWork, dealing: Dealing, charge: Charge) -> tuple[Invoice, Payment]:
    """600 of 1000 are invoiced and paid before it is settled."""
    invoice = make_invoice(uow, dealing, "600.00", charge=charge, checked=True, now=EARLY)
    return invoice, make_payment(uow, dealing, "600.00", invoice=invoice, checked=True, now=EARLY)


def the_rest_is_paid(uow: UnitOfWork, dealing: Dealing, charge: Charge) -> None:
    invoice = make_invoice(uow, dealing, "400.00", charge=charge, checked=True, now=LATE)
    make_payment(uow, dealing, "400.00", invoice=invoice, checked=True, now=LATE)


def test_an_invoice_checked_late_is_paid_with_the_next_statement(
    uow: UnitOfWork, dealing: Dealing
) -> None:
    make_programme(uow, programme())
    charge = dealing.use(uow)
    paid_in_part(uow, dealing, charge)
    assert settled(uow, "2026-10") == 18_000
    the_rest_is_paid(uow, dealing, charge)
    assert settled(uow, "2026-11", late=True) == 12_000
    assert corrections(uow) == [(12_000, {"why": ["amount"]})]
    assert settled(uow, "2026-12", late=True) == 0
    assert [found for found in broken(uow.session) if found.invariant in (4, 6)] == []


TakenBack = Callable[[UnitOfWork, Dealing, Invoice, Payment], object]


def _invoice_voided(uow: UnitOfWork, dealing: Dealing, invoice: Invoice, _: Payment) -> object:
    return void_invoice(uow, invoice.reference, "开错", actor=dealing.finance, now=LATE)


def _payment_voided(uow: UnitOfWork, dealing: Dealing, _: Invoice, payment: Payment) -> object:
    return void_payment(uow, payment.reference, "退汇", actor=dealing.finance, now=LATE)


def _refunded(uow: UnitOfWork, dealing: Dealing, invoice: Invoice, payment: Payment) -> object:
    return make_payment(
        uow,
        dealing,
        "-200.00",
        invoice=invoice,
        original=payment.reference,
        checked=True,
        now=LATE,
    )


def _keeping_ends(uow: UnitOfWork, dealing: Dealing, _: Invoice, __: Payment) -> None:
    keep_invoices(uow, None, "暂停", actor=dealing.finance, now=LATE)


@pytest.mark.parametrize(
    ("happens", "difference", "why"),
    [
        (_invoice_voided, -18_000, ["amount", "dates"]),
        (_payment_voided, -18_000, ["amount", "dates"]),
        (_refunded, -6_000, ["amount"]),
        (_keeping_ends, 12_000, ["amount", "dates"]),
    ],
)
@pytest.mark.parametrize("dated_by", ["service_end", "payment"])
def test_what_no_longer_is_recorded_goes_back_with_the_next_statement(
    uow: UnitOfWork,
    dealing: Dealing,
    happens: TakenBack,
    difference: int,
    why: list[str],
    dated_by: str,
) -> None:
    make_programme(uow, programme(dated_by=dated_by))
    papers = paid_in_part(uow, dealing, dealing.use(uow))
    assert settled(uow, "2026-11") == 18_000
    happens(uow, dealing, *papers)
    assert settled(uow, "2026-12", late=True) == difference
    assert sum(fen for fen, _ in corrections(uow)) == difference
    assert all(told == {"why": why} for _, told in corrections(uow))
    assert [found for found in broken(uow.session) if found.invariant in (4, 6)] == []


def test_drawing_up_an_older_period_again_hides_nothing(uow: UnitOfWork, dealing: Dealing) -> None:
    make_programme(uow, programme())
    charge = dealing.use(uow)
    paid_in_part(uow, dealing, charge)
    assert settled(uow, "2026-10") == 18_000
    the_rest_is_paid(uow, dealing, charge)
    settle_period(uow, Period.parse("2026-10"), actor_id=None, now=moment("2026-12-20T09:00"))
    assert settled(uow, "2026-11", late=True) == 12_000


def test_a_contract_that_became_what_was_paid_is_corrected(
    uow: UnitOfWork, dealing: Dealing
) -> None:
    make_programme(uow, programme(base="contract"))
    charge = dealing.use(uow)
    paid_in_part(uow, dealing, charge)
    assert settled(uow, "2026-10") == 30_000
    now_costs(uow, charge, 60_000, now=LATE)
    assert settled(uow, "2026-11", late=True) == -12_000


def test_a_credit_note_for_what_became_cheaper_changes_it_once(
    uow: UnitOfWork, dealing: Dealing
) -> None:
    make_programme(uow, programme())
    charge = dealing.use(uow)
    invoice = make_invoice(uow, dealing, charge=charge, checked=True, now=EARLY)
    make_payment(uow, dealing, invoice=invoice, checked=True, now=EARLY)
    assert settled(uow, "2026-10") == 30_000
    now_costs(uow, charge, 60_000, now=LATE)
    credit_note(uow, dealing, invoice, "-400.00", charge=charge, checked=True, now=LATE)
    assert settled(uow, "2026-11", late=True) == -12_000
    assert settled(uow, "2026-12", late=True) == 0
