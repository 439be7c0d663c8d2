"""What settlement reads: the records of a use, where the centre keeps invoices."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from booking.billing.models import Charge
from booking.db.transactions import UnitOfWork
from booking.invoices.actions.judge_invoice import check_invoice, void_invoice
from booking.invoices.actions.keep_invoices import keep_invoices
from booking.invoices.actions.match_charges import match_charges
from booking.invoices.queries.records import Recorded, kept_since, recorded_of, uninvoiced
from booking.invoices.rules.matching import Share
from booking.kernel.errors import Forbidden
from booking.kernel.periods import Period
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.actions.simulate import Asked, what_if
from booking.subsidies.models.statement import StatementLine
from booking.subsidies.queries.blockers import Blocker, Named, of_records
from booking.subsidies.queries.past_uses import past_uses
from booking.subsidies.queries.uses import unsettled_uses
from booking.subsidies.rules.line import Line
from booking.subsidies.rules.programme import DatedBy
from booking.subsidies.rules.reading import read_programme
from tests.factories.invoices import (
    NOW,
    Dealing,
    credit_note,
    make_invoice,
    make_payment,
)
from tests.factories.settled_uses import make_programme
from tests.subsidies.requests import programme
from tests.support.clock import moment

FIRST = date(2026, 10, 1)
SETTLED = moment("2026-12-05T09:00")
AFTER = date(2026, 12, 1)


@pytest.fixture
def kept(uow: UnitOfWork, dealing: Dealing) -> None:
    keep_invoices(uow, FIRST, "自十月起", actor=dealing.finance, now=NOW)


def lines(uow: UnitOfWork, *, until: date = AFTER, **changes: Any) -> list[Line]:
    terms = read_programme({**programme(), **changes})
    return unsettled_uses(uow.session, {terms.id: [terms]}, until=until).lines[terms.id]


def paid_in_full(uow: UnitOfWork, dealing: Dealing, charge: Charge) -> None:
    invoice = make_invoice(uow, dealing, charge=charge, checked=True)
    make_payment(uow, dealing, invoice=invoice, checked=True)


def test_where_none_are_kept_the_confirmed_amount_stands_for_all(
    uow: UnitOfWork, dealing: Dealing
) -> None:
    dealing.use(uow)
    (line,) = lines(uow)
    assert (line.contract_amount, line.invoice_amount, line.paid_amount) == (100_000,) * 3
    assert line.invoice_date == line.payment_date == date(2026, 10, 9)


@pytest.mark.usefixtures("kept")
def test_amounts_and_days_come_from_what_is_checked(uow: UnitOfWork, dealing: Dealing) -> None:
    charge = dealing.use(uow)
    for total, day in (("300.00", 2), ("200.00", 12)):
        part = make_invoice(
            uow, dealing, total, charge=charge, checked=True, issued_on=date(2026, 11, day)
        )
        make_payment(
            uow, dealing, "100.00", invoice=part, checked=True, paid_on=date(2026, 11, day + 1)
        )
    make_invoice(uow, dealing, "400.00", charge=charge)
    (line,) = lines(uow)
    assert (line.contract_amount, line.invoice_amount, line.paid_amount) == (
        100_000,
        50_000,
        20_000,
    )
    assert (line.invoice_date, line.payment_date) == (date(2026, 11, 12), date(2026, 11, 13))


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("changes", "waits_for"),
    [
        ({"base": "min_of_all"}, "payment"),
        ({"base": "paid"}, "payment"),
        ({"base": "invoice"}, "invoice"),
        ({"base": "contract"}, ""),
        ({"base": "contract", "dated_by": "invoice"}, "invoice"),
        ({"base": "contract", "dated_by": "payment"}, "payment"),
    ],
)
def test_a_use_waits_for_the_records_that_count(
    uow: UnitOfWork, dealing: Dealing, changes: dict[str, Any], waits_for: str
) -> None:
    charge = dealing.use(uow)
    seen = [len(lines(uow, **changes))]
    invoice = make_invoice(uow, dealing, charge=charge, checked=True)
    seen.append(len(lines(uow, **changes)))
    make_payment(uow, dealing, invoice=invoice, checked=True)
    seen.append(len(lines(uow, **changes)))
    assert seen == {"": [1, 1, 1], "invoice": [0, 1, 1], "payment": [0, 0, 1]}[waits_for]


@pytest.mark.usefixtures("kept")
def test_what_is_dated_by_the_payment_falls_into_its_month(
    uow: UnitOfWork, dealing: Dealing
) -> None:
    paid_in_full(uow, dealing, dealing.use(uow))
    assert lines(uow, dated_by="payment", until=date(2026, 11, 10)) == []
    assert len(lines(uow, dated_by="payment", until=date(2026, 11, 11))) == 1


@pytest.mark.usefixtures("kept")
def test_credit_notes_and_refunds_lessen_amounts_and_move_no_day(
    uow: UnitOfWork, dealing: Dealing
) -> None:
    charge = dealing.use(uow)
    invoice = make_invoice(uow, dealing, charge=charge, checked=True)
    payment = make_payment(uow, dealing, invoice=invoice, checked=True)
    credit_note(
        uow, dealing, invoice, "-400.00", charge=charge, checked=True, issued_on=date(2026, 11, 20)
    )
    (line,) = lines(uow)
    assert (line.invoice_amount, line.paid_amount) == (60_000, 60_000)
    make_payment(uow, dealing, "-500.00", invoice=invoice, checked=True, original=payment.reference)
    (line,) = lines(uow)
    assert (line.invoice_amount, line.paid_amount) == (60_000, 50_000)
    assert line.invoice_date == date(2026, 11, 2)


def test_what_was_confirmed_before_needs_no_records(uow: UnitOfWork, dealing: Dealing) -> None:
    keep_invoices(uow, date(2026, 10, 10), "自十月十日起", actor=dealing.finance, now=NOW)
    dealing.use(uow, ended="2026-10-09T16:00")
    dealing.use(uow, ended="2026-10-10T16:00")
    assert len(lines(uow)) == 1
    keep_invoices(uow, None, "暂停", actor=dealing.finance, now=NOW)
    assert kept_since(uow.session) is None
    assert len(lines(uow)) == 2


def test_only_the_centres_finance_sets_it(uow: UnitOfWork, dealing: Dealing) -> None:
    for who in (dealing.buyer, dealing.seller):
        with pytest.raises(Forbidden):
            keep_invoices(uow, FIRST, "?", actor=who, now=NOW)


def test_what_was_paid_falls_to_the_charges_of_an_invoice_in_proportion(
    uow: UnitOfWork, dealing: Dealing
) -> None:
    small, large = dealing.use(uow, "1.00"), dealing.use(uow, "2.00")
    invoice = make_invoice(uow, dealing, "3.00")
    shares = [Share(small.number, 100), Share(large.number, 200)]
    match_charges(uow, invoice.reference, shares, actor=dealing.seller, now=NOW)
    check_invoice(uow, invoice.reference, actor=dealing.finance, now=NOW)
    make_payment(uow, dealing, "1.00", invoice=invoice, checked=True)
    found = recorded_of(uow.session, sa.select(col(Charge.id)))
    assert found == {small.key: Recorded(100, 33), large.key: Recorded(200, 66)}


@pytest.mark.usefixtures("kept")
def test_a_month_is_settled_by_its_records(uow: UnitOfWork, dealing: Dealing) -> None:
    make_programme(uow, programme())
    first, second = dealing.use(uow), dealing.use(uow)
    paid_in_full(uow, dealing, first)
    invoice = make_invoice(uow, dealing, "700.00", charge=second, checked=True)
    wrong = make_invoice(uow, dealing, "300.00", charge=second, checked=True)
    void_invoice(uow, wrong.reference, "开错", actor=dealing.finance, now=NOW)
    make_payment(uow, dealing, "700.00", invoice=invoice, checked=True)
    settle_period(uow, Period.parse("2026-10"), actor_id=None, now=SETTLED)
    found = uow.session.exec(
        select(StatementLine.base_fen).order_by(col(StatementLine.charge_id))
    ).all()
    assert list(found) == [100_000, 70_000]


@pytest.mark.usefixtures("kept")
def test_the_desk_names_what_waits_for_invoices(uow: UnitOfWork, dealing: Dealing) -> None:
    paid_in_full(uow, dealing, dealing.use(uow))
    bare, later = dealing.use(uow), dealing.use(uow, ended="2026-11-09T16:00")
    (found,) = of_records(uow.session, Period.parse("2026-10"))
    named = [Named(f"/charges/{bare.number}", bare.number)]
    assert found == Blocker("invoices_missing", 1, named)
    (found,) = of_records(uow.session, Period.parse("2026-11"))
    assert [one.name for one in found.first] == [bare.number, later.number]


def test_where_no_invoices_are_kept_none_is_missed(uow: UnitOfWork, dealing: Dealing) -> None:
    dealing.use(uow)
    assert of_records(uow.session, Period.parse("2026-10")) == []


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("dated_by", ["service_end", "invoice", "payment"])
def test_what_if_reads_the_same_records(uow: UnitOfWork, dealing: Dealing, dated_by: str) -> None:
    year = programme(valid={"from": "2026-01-01", "to": "2026-12-31"}, dated_by=dated_by)
    charges = [dealing.use(uow, f"{n}00.00", ended=f"2026-10-0{n}T16:00") for n in range(1, 6)]
    for charge in charges[:3]:
        half = charge.amount_fen / 200
        invoice = make_invoice(uow, dealing, f"{half:.2f}", charge=charge, checked=True)
        make_payment(uow, dealing, f"{half:.2f}", invoice=invoice, checked=True)
    make_invoice(uow, dealing, "400.00", charge=charges[3], checked=True)
    settled = {line.line_id: line for line in lines(uow, until=date(2027, 1, 1), **year)}
    assert len(settled) == 3
    for size in (1, 2, 100):
        chunks = past_uses(uow.session, Period.parse("2026"), [as_dated(dated_by)], size=size)
        found = {line.line_id: line for chunk in chunks for line in chunk.lines}
        assert {
            key: line._replace(submitted_at=settled[key].submitted_at)
            for key, line in found.items()
            if key in settled
        } == settled
        assert all(not found[key].paid_amount for key in found.keys() - settled.keys())
    tried = what_if(uow.session, Asked(Period.parse("2026"), [year]))
    make_programme(uow, year)
    after = moment("2027-01-05T09:00")
    view = settle_period(uow, Period.parse("2026-12"), actor_id=None, now=after)
    assert tried["trial"]["payable_fen"] == view.totals["payable_fen"] == 9_000


def as_dated(name: str) -> DatedBy:
    return read_programme(programme(dated_by=name)).dated_by


@pytest.mark.usefixtures("kept")
def test_what_is_not_invoiced_is_counted(uow: UnitOfWork, dealing: Dealing) -> None:
    paid_in_full(uow, dealing, dealing.use(uow))
    make_invoice(uow, dealing, "400.00", charge=dealing.use(uow), checked=True)
    make_invoice(uow, dealing, charge=dealing.use(uow))
    found = uninvoiced(uow.session, before=SETTLED)
    assert (found.count, found.open_fen) == (2, 160_000)
    assert uninvoiced(uow.session, before=moment("2026-10-01T00:00")).count == 0


@contextmanager
def counted(uow: UnitOfWork) -> Iterator[list[str]]:
    said: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        said.append(statement)

    connection = uow.session.connection()
    sa.event.listen(connection, "before_cursor_execute", note)
    yield said
    sa.event.remove(connection, "before_cursor_execute", note)


@pytest.mark.usefixtures("kept")
def test_many_uses_cost_as_many_statements_as_one(uow: UnitOfWork, dealing: Dealing) -> None:
    numbers = []
    for _ in range(3):
        paid_in_full(uow, dealing, dealing.use(uow))
        with counted(uow) as said:
            lines(uow)
        numbers.append(len(said))
    assert numbers[0] == numbers[1] == numbers[2] <= 5
