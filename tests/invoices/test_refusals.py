"""What the database refuses, whoever writes: past every deed, in plain SQL."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from booking.billing.models import Charge
from booking.db.transactions import UnitOfWork
from booking.invoices.models import INVOICE, INVOICE_MATCH, PAYMENT, PAYMENT_MATCH
from tests.factories.corrections import now_costs
from tests.factories.invoices import (
    NOW,
    Dealing,
    credit_note,
    make_dealing,
    make_invoice,
    make_payment,
)

MATCHED = {"live": True, "matched_at": NOW}


def refused(uow: UnitOfWork, statement: sa.Executable, why: str) -> None:
    with pytest.raises(DatabaseError, match=why), uow.session.begin_nested():
        uow.session.execute(statement)


def match(invoice_id: int, charge: Charge, amount_fen: int) -> sa.Executable:
    given = {"invoice_id": invoice_id, "charge_id": charge.key, "amount_fen": amount_fen}
    return sa.insert(INVOICE_MATCH).values(**given, **MATCHED)


def test_an_invoice_is_not_edited(uow: UnitOfWork, dealing: Dealing) -> None:
    made = make_invoice(uow, dealing, checked=True)
    mine = INVOICE.c.id == made.key
    for values in ({"total_fen": 1}, {"number": "1"}, {"organisation_id": 1}):
        refused(uow, sa.update(INVOICE).where(mine).values(**values), "append_only")
    refused(uow, sa.delete(INVOICE).where(mine), "append_only")
    back = sa.update(INVOICE).where(mine).values(state="recorded")
    refused(uow, back, "invoice_step")


def test_sums_signs_and_numbers_are_kept(uow: UnitOfWork, dealing: Dealing) -> None:
    made = make_invoice(uow, dealing)
    row = {column.name: getattr(made, column.name) for column in INVOICE.c if column.name != "id"}
    other = {**row, "reference": "V0", "number": "1"}
    refused(uow, sa.insert(INVOICE).values(**{**row, "reference": "V0"}), "(?i)uq_invoice|unique")
    for changes, why in (
        ({"total_fen": 1}, "sums"),
        ({"net_fen": -1, "tax_fen": 0, "total_fen": -1}, "credit"),
        ({"checked_by": 1, "recorded_by": 1}, "two_people"),
    ):
        refused(uow, sa.insert(INVOICE).values(**{**other, **changes}), why)
    beyond = {"net_fen": -100_001, "tax_fen": 0, "total_fen": -100_001, "original_id": made.key}
    refused(uow, sa.insert(INVOICE).values(**{**other, **beyond}), "invoice_contrary")
    strange = {**beyond, "net_fen": -1, "total_fen": -1}
    strange["organisation_id"] = make_dealing(uow).company.key
    refused(uow, sa.insert(INVOICE).values(**{**other, **strange}), "invoice_contrary")


def test_no_more_is_invoiced_than_there_is(uow: UnitOfWork, dealing: Dealing) -> None:
    charge, invoice = dealing.use(uow), make_invoice(uow, dealing, "1500.00")
    refused(uow, match(invoice.key, charge, 100_001), "invoice_match_shares")
    small = make_invoice(uow, dealing, "500.00")
    refused(uow, match(small.key, charge, 50_001), "invoice_match_shares")
    uow.session.execute(match(small.key, charge, 50_000))
    refused(uow, match(invoice.key, charge, 50_001), "invoice_match_shares")
    refused(uow, match(invoice.key, charge, -1), "invoice_match_shares")
    foreign = make_dealing(uow).use(uow)
    refused(uow, match(invoice.key, foreign, 1), "invoice_match_shares")


def test_a_charge_is_invoiced_for_what_it_comes_to_after_corrections(
    uow: UnitOfWork, dealing: Dealing
) -> None:
    charge, invoice = dealing.use(uow), make_invoice(uow, dealing, "1500.00")
    now_costs(uow, charge, 120_000)
    refused(uow, match(invoice.key, charge, 120_001), "invoice_match_shares")
    uow.session.execute(match(invoice.key, charge, 120_000))
    now_costs(uow, charge, 50_000)
    small = make_invoice(uow, dealing, "1.00")
    refused(uow, match(small.key, charge, 1), "invoice_match_shares")
    # A credit note takes back what is too much, or part of it; when it ends, that is open again.
    note = credit_note(uow, dealing, invoice, "-300.00", charge=charge)
    refused(uow, match(small.key, charge, 1), "invoice_match_shares")
    end = sa.update(INVOICE_MATCH).values(live=False)
    mine = INVOICE_MATCH.c.invoice_id == invoice.key
    refused(uow, end.where(mine), "invoice_match_shares")
    uow.session.execute(end.where(INVOICE_MATCH.c.invoice_id == note.key))
    uow.session.execute(end.where(mine))
    uow.session.execute(match(small.key, charge, 100))


def test_a_credit_note_that_ends_does_not_invoice_a_charge_twice(
    uow: UnitOfWork, dealing: Dealing
) -> None:
    charge = dealing.use(uow)
    original = make_invoice(uow, dealing, charge=charge)
    note = credit_note(uow, dealing, original, "-1000.00", charge=charge)
    make_invoice(uow, dealing, charge=charge)
    end = sa.update(INVOICE_MATCH).values(live=False)
    refused(uow, end.where(INVOICE_MATCH.c.invoice_id == note.key), "invoice_match_shares")


def test_a_match_only_ends_and_never_below_what_was_taken_back(
    uow: UnitOfWork, dealing: Dealing
) -> None:
    charge = dealing.use(uow)
    original = make_invoice(uow, dealing, charge=charge)
    note = credit_note(uow, dealing, original, "-400.00", charge=charge)
    mine = INVOICE_MATCH.c.invoice_id == original.key
    refused(uow, sa.update(INVOICE_MATCH).where(mine).values(amount_fen=1), "append_only")
    end = sa.update(INVOICE_MATCH).values(live=False)
    refused(uow, end.where(mine), "invoice_match_shares")
    uow.session.execute(end.where(INVOICE_MATCH.c.invoice_id == note.key))
    uow.session.execute(end.where(mine))
    revive = sa.update(INVOICE_MATCH).where(mine).values(live=True)
    refused(uow, revive, "append_only")


def test_what_is_shared_out_is_not_voided_and_what_is_voided_not_shared(
    uow: UnitOfWork, dealing: Dealing
) -> None:
    charge = dealing.use(uow)
    invoice = make_invoice(uow, dealing, charge=charge)
    void = sa.update(INVOICE).values(state="voided")
    refused(uow, void.where(INVOICE.c.id == invoice.key), "invoice_step")
    empty = make_invoice(uow, dealing)
    uow.session.execute(void.where(INVOICE.c.id == empty.key))
    other = dealing.use(uow)
    refused(uow, match(empty.key, other, 1), "invoice_match_shares")
    again = sa.update(INVOICE).where(INVOICE.c.id == empty.key).values(state="recorded")
    refused(uow, again, "append_only|invoice_step")


def test_no_more_is_paid_than_there_is(uow: UnitOfWork, dealing: Dealing) -> None:
    invoice = make_invoice(uow, dealing, "500.00")
    payment = make_payment(uow, dealing, "800.00")

    def pays(payment_id: int, amount_fen: int) -> sa.Executable:
        given = {"payment_id": payment_id, "invoice_id": invoice.key, "amount_fen": amount_fen}
        return sa.insert(PAYMENT_MATCH).values(**given, **MATCHED)

    refused(uow, pays(payment.key, 50_001), "payment_match_shares")
    refused(uow, pays(make_payment(uow, make_dealing(uow)).key, 1), "payment_match_shares")
    uow.session.execute(pays(payment.key, 50_000))
    void = sa.update(PAYMENT).where(PAYMENT.c.id == payment.key).values(state="voided")
    refused(uow, void, "payment_step")
    refused(uow, sa.delete(PAYMENT).where(PAYMENT.c.id == payment.key), "append_only")
