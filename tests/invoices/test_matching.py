"""An invoice pays once: shares of charges and of payments never exceed either side."""

from datetime import date

import pytest

from booking.db.transactions import UnitOfWork
from booking.invoices.actions.judge_invoice import check_invoice, void_invoice
from booking.invoices.actions.keep_invoices import keep_invoices
from booking.invoices.actions.match_charges import chargeable, match_charges, unmatch_charge
from booking.invoices.actions.match_invoices import match_invoices, payable, unmatch_invoice
from booking.invoices.errors import PaperFixed, PaperNotSensible
from booking.invoices.queries.invoices import invoice_row
from booking.invoices.queries.matches import (
    OpenCharge,
    charges_of_invoice,
    invoices_of_payment,
)
from booking.invoices.queries.payments import payment_row
from booking.invoices.queries.records import Uninvoiced, uninvoiced
from booking.invoices.rules.matching import Share, proposed
from booking.kernel.errors import NotFound
from tests.factories.corrections import now_costs
from tests.factories.invoices import (
    NOW,
    Dealing,
    credit_note,
    make_dealing,
    make_invoice,
    make_payment,
)
from tests.support.clock import moment

LATER = moment("2026-12-05T09:00")
MANY = ["300.00", "500.00", "200.00"]


def share(number: str, amount_fen: int) -> Share:
    return Share(number, amount_fen)


def test_one_invoice_for_many_charges_and_many_for_one(uow: UnitOfWork, dealing: Dealing) -> None:
    charges = [dealing.use(uow, amount) for amount in MANY]
    whole = make_invoice(uow, dealing, "800.00")
    shares = [share(charges[0].number, 30_000), share(charges[1].number, 50_000)]
    match_charges(uow, whole.reference, shares, actor=dealing.seller, now=NOW)
    for total in ("50.00", "150.00"):
        make_invoice(uow, dealing, total, charge=charges[2])
    assert invoice_row(uow.session, whole.reference).left_fen == 0
    assert list(chargeable(uow.session, whole)) == []


@pytest.mark.parametrize(
    ("total", "wanted", "expected"),
    [
        ("1000.00", 100_001, {"match.beyond_open", "match.beyond_whole"}),
        ("2000.00", 100_001, {"match.beyond_open"}),
        ("500.00", 60_000, {"match.beyond_whole"}),
        ("500.00", -1, {"match.beyond_open", "match.beyond_whole"}),
    ],
)
def test_more_than_there_is_is_refused(
    uow: UnitOfWork, dealing: Dealing, total: str, wanted: int, expected: set[str]
) -> None:
    charge, invoice = dealing.use(uow), make_invoice(uow, dealing, total)
    with pytest.raises(PaperNotSensible) as refused:
        match_charges(
            uow, invoice.reference, [share(charge.number, wanted)], actor=dealing.seller, now=NOW
        )
    assert {violation.code for violation in refused.value.violations} == expected


def test_what_a_charge_comes_to_after_corrections_is_open(
    uow: UnitOfWork, dealing: Dealing
) -> None:
    keep_invoices(uow, date(2026, 10, 1), "自十月起", actor=dealing.finance, now=NOW)
    cheaper, dearer, gone = (dealing.use(uow) for _ in range(3))
    original = make_invoice(uow, dealing, charge=cheaper, checked=True)
    for charge, to_fen in ((cheaper, 60_000), (dearer, 130_000), (gone, 0)):
        now_costs(uow, charge, to_fen, now=NOW)
    invoice = make_invoice(uow, dealing, "1300.00")
    (found,) = chargeable(uow.session, invoice)
    assert (found.number, found.open_fen, found.amount_fen) == (dearer.number, 130_000, 130_000)
    assert uninvoiced(uow.session, before=LATER) == Uninvoiced(1, 130_000)
    match_charges(uow, invoice.reference, [found_share(found)], actor=dealing.seller, now=NOW)
    check_invoice(uow, invoice.reference, actor=dealing.finance, now=NOW)
    assert uninvoiced(uow.session, before=LATER) == Uninvoiced()
    (match,) = charges_of_invoice(uow.session, original.key)
    assert (match.amount_fen, match.whole_fen) == (100_000, 60_000)
    note = credit_note(uow, dealing, original, "-400.00", charge=cheaper, checked=True)
    assert charges_of_invoice(uow.session, note.key)[0].amount_fen == -40_000


def found_share(found: OpenCharge) -> Share:
    return share(found.number, found.open_fen)


def test_a_charge_of_others_is_no_charge(uow: UnitOfWork, dealing: Dealing) -> None:
    foreign = make_dealing(uow).use(uow)
    invoice = make_invoice(uow, dealing)
    with pytest.raises(PaperNotSensible) as refused:
        match_charges(
            uow, invoice.reference, [share(foreign.number, 1)], actor=dealing.finance, now=NOW
        )
    assert [violation.code for violation in refused.value.violations] == ["match.not_open"]


def test_what_was_matched_wrongly_is_ended_and_matched_anew(
    uow: UnitOfWork, dealing: Dealing
) -> None:
    charge = dealing.use(uow)
    invoice = make_invoice(uow, dealing, charge=charge)
    (match,) = charges_of_invoice(uow.session, invoice.key)
    unmatch_charge(uow, invoice.reference, match.id, actor=dealing.buyer, now=NOW)
    with pytest.raises(NotFound):
        unmatch_charge(uow, invoice.reference, match.id, actor=dealing.buyer, now=NOW)
    match_charges(
        uow, invoice.reference, [share(charge.number, 100_000)], actor=dealing.buyer, now=NOW
    )
    assert invoice_row(uow.session, invoice.reference).matched_fen == 100_000


def test_what_is_checked_only_finance_shares_out(uow: UnitOfWork, dealing: Dealing) -> None:
    charge, invoice = dealing.use(uow), make_invoice(uow, dealing, checked=True)
    wanted = [share(charge.number, 100_000)]
    with pytest.raises(PaperFixed):
        match_charges(uow, invoice.reference, wanted, actor=dealing.seller, now=NOW)
    match_charges(uow, invoice.reference, wanted, actor=dealing.finance, now=NOW)


def test_a_credit_note_takes_back_what_its_original_is_for(
    uow: UnitOfWork, dealing: Dealing
) -> None:
    first, second = dealing.use(uow), dealing.use(uow)
    original = make_invoice(uow, dealing, charge=first)
    make_invoice(uow, dealing, charge=second)
    note = credit_note(uow, dealing, original, "-400.00")
    assert [one.number for one in chargeable(uow.session, note)] == [first.number]
    match_charges(
        uow, note.reference, [share(first.number, -40_000)], actor=dealing.seller, now=NOW
    )
    again = credit_note(uow, dealing, original, "-600.00")
    (left,) = chargeable(uow.session, again)
    assert left.open_fen == -60_000


def test_proposals_come_from_what_is_open(uow: UnitOfWork, dealing: Dealing) -> None:
    charges = [
        dealing.use(uow, amount, ended=f"2026-10-1{day}T16:00") for day, amount in enumerate(MANY)
    ]
    invoice = make_invoice(uow, dealing, "700.00")
    opens = [one.value for one in chargeable(uow.session, invoice)]
    found = [one.number for one in proposed(invoice.total_fen, opens)]
    assert found == [charges[1].number, charges[2].number]


def test_a_payment_is_for_invoices_of_the_same_two(uow: UnitOfWork, dealing: Dealing) -> None:
    first, second = (
        make_invoice(uow, dealing, total, issued_on=date(2026, 11, day))
        for day, total in ((1, "300.00"), (2, "500.00"))
    )
    make_invoice(uow, make_dealing(uow), "300.00")
    payment = make_payment(uow, dealing, "600.00")
    assert [one.reference for one in payable(uow.session, payment)] == [
        first.reference,
        second.reference,
    ]
    match_invoices(
        uow,
        payment.reference,
        [share(first.reference, 30_000), share(second.reference, 30_000)],
        actor=dealing.buyer,
        now=NOW,
    )
    assert payment_row(uow.session, payment.reference).left_fen == 0
    rest = make_payment(uow, dealing, "300.00")
    with pytest.raises(PaperNotSensible) as refused:
        match_invoices(
            uow, rest.reference, [share(second.reference, 20_001)], actor=dealing.buyer, now=NOW
        )
    assert [violation.code for violation in refused.value.violations] == ["match.beyond_open"]


def test_a_refund_is_for_what_was_paid(uow: UnitOfWork, dealing: Dealing) -> None:
    invoice = make_invoice(uow, dealing)
    payment = make_payment(uow, dealing, invoice=invoice)
    refund = make_payment(uow, dealing, "-400.00", original=payment.reference)
    (open_one,) = payable(uow.session, refund)
    assert (open_one.reference, open_one.open_fen) == (invoice.reference, -100_000)
    match_invoices(
        uow, refund.reference, [share(invoice.reference, -40_000)], actor=dealing.buyer, now=NOW
    )
    assert invoice_row(uow.session, invoice.reference).settled_fen == 60_000
    with pytest.raises(PaperNotSensible):
        make_payment(uow, dealing, "-600.01", original=payment.reference)


def test_a_voided_invoice_frees_charges_and_payments(uow: UnitOfWork, dealing: Dealing) -> None:
    charge = dealing.use(uow)
    invoice = make_invoice(uow, dealing, charge=charge)
    payment = make_payment(uow, dealing, invoice=invoice)
    void_invoice(uow, invoice.reference, "开错", actor=dealing.seller, now=NOW)
    assert invoices_of_payment(uow.session, payment.key) == []
    anew = make_invoice(uow, dealing, charge=charge)
    match_invoices(
        uow, payment.reference, [share(anew.reference, 100_000)], actor=dealing.buyer, now=NOW
    )
    (match,) = invoices_of_payment(uow.session, payment.key)
    unmatch_invoice(uow, payment.reference, match.id, actor=dealing.buyer, now=NOW)
    assert payment_row(uow.session, payment.reference).left_fen == 100_000
