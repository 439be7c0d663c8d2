"""An invoice is recorded once, checked by somebody else, and never edited."""

from dataclasses import replace

import pytest

from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.invoices.actions.judge_invoice import check_invoice, void_invoice
from booking.invoices.actions.record_invoice import record_invoice
from booking.invoices.actions.record_payment import record_payment
from booking.invoices.errors import (
    InvoiceKnown,
    PaperCheckedByRecorder,
    PaperIllegalStep,
    PaperLeanedOn,
    PaperNotSensible,
)
from booking.invoices.queries.invoices import PapersWanted, invoice_seen_by, invoices_seen_by
from booking.invoices.queries.matches import charges_of_invoice
from booking.invoices.states import PaperState
from booking.kernel.errors import Forbidden, NotFound
from tests.factories.accounts import make_lab_person, make_member, make_staff
from tests.factories.instruments import make_lab
from tests.factories.invoices import (
    NOW,
    Dealing,
    credit_note,
    invoice_told,
    make_invoice,
    payment_told,
)
from tests.factories.organisations import make_organisation

WHY = "金额录错"


@pytest.mark.parametrize("who", ["buyer", "seller", "finance"])
def test_either_party_or_the_centre_records(uow: UnitOfWork, dealing: Dealing, who: str) -> None:
    told = invoice_told(dealing)
    made = record_invoice(uow, told, actor=getattr(dealing, who), now=NOW)
    assert (made.state, made.number) == (PaperState.RECORDED, told.number)
    assert made.total_fen == made.net_fen + made.tax_fen == 100_000


def test_a_number_stands_once_on_the_whole_platform(uow: UnitOfWork, dealing: Dealing) -> None:
    told = invoice_told(dealing)
    record_invoice(uow, told, actor=dealing.seller, now=NOW)
    with pytest.raises(InvoiceKnown):
        record_invoice(uow, told, actor=dealing.buyer, now=NOW)
    other = make_organisation(uow)
    stolen = replace(told, organisation_id=other.key, buyer_uscc=other.uscc or "")
    buyer = make_member(uow, other.key, Role.COMPANY_ADMIN)
    with pytest.raises(InvoiceKnown):
        record_invoice(uow, stolen, actor=buyer, now=NOW)


def test_what_was_voided_can_be_recorded_anew(uow: UnitOfWork, dealing: Dealing) -> None:
    told = invoice_told(dealing)
    wrong = record_invoice(uow, told, actor=dealing.seller, now=NOW)
    void_invoice(uow, wrong.reference, WHY, actor=dealing.seller, now=NOW)
    anew = record_invoice(uow, told, actor=dealing.seller, now=NOW)
    assert anew.reference != wrong.reference
    assert (wrong.state, wrong.state_reason) == (PaperState.VOIDED, WHY)


def test_an_invoice_to_somebody_else_is_refused(uow: UnitOfWork, dealing: Dealing) -> None:
    other = make_organisation(uow)
    told = invoice_told(dealing, buyer_uscc=other.uscc)
    with pytest.raises(PaperNotSensible) as refused:
        record_invoice(uow, told, actor=dealing.seller, now=NOW)
    (violation,) = refused.value.violations
    assert violation.params["written"] == other.uscc
    assert violation.params["expected"] == dealing.company.uscc


def test_the_centres_finance_checks_and_nobody_else(uow: UnitOfWork, dealing: Dealing) -> None:
    made = make_invoice(uow, dealing)
    for who in (dealing.buyer, dealing.seller, make_staff(uow, Role.AUDITOR)):
        with pytest.raises(Forbidden):
            check_invoice(uow, made.reference, actor=who, now=NOW)
    check_invoice(uow, made.reference, actor=dealing.finance, now=NOW)
    assert (made.state, made.checked_by) == (PaperState.CHECKED, dealing.finance.id)
    with pytest.raises(PaperIllegalStep):
        check_invoice(uow, made.reference, actor=dealing.finance, now=NOW)


def test_nobody_checks_what_they_recorded(uow: UnitOfWork, dealing: Dealing) -> None:
    made = record_invoice(uow, invoice_told(dealing), actor=dealing.finance, now=NOW)
    with pytest.raises(PaperCheckedByRecorder):
        check_invoice(uow, made.reference, actor=dealing.finance, now=NOW)
    check_invoice(uow, made.reference, actor=make_staff(uow, Role.FINANCE), now=NOW)


def test_what_is_checked_only_finance_voids(uow: UnitOfWork, dealing: Dealing) -> None:
    made = make_invoice(uow, dealing, charge=dealing.use(uow), checked=True)
    with pytest.raises(Forbidden):
        void_invoice(uow, made.reference, WHY, actor=dealing.seller, now=NOW)
    void_invoice(uow, made.reference, WHY, actor=dealing.finance, now=NOW)
    assert made.state is PaperState.VOIDED
    assert charges_of_invoice(uow.session, made.key) == []
    with pytest.raises(PaperIllegalStep):
        void_invoice(uow, made.reference, WHY, actor=dealing.finance, now=NOW)


def test_credit_notes_take_back_no_more_than_there_was(uow: UnitOfWork, dealing: Dealing) -> None:
    original = make_invoice(uow, dealing, "1000.00")
    credit_note(uow, dealing, original, "-400.00")
    with pytest.raises(PaperNotSensible) as refused:
        credit_note(uow, dealing, original, "-600.01")
    assert [v.code for v in refused.value.violations] == ["invoice.beyond_original"]
    rest = credit_note(uow, dealing, original, "-600.00")
    assert rest.original_id == original.key
    with pytest.raises(PaperNotSensible):
        credit_note(uow, dealing, rest, "-1.00")


def test_a_credit_note_may_name_its_original_by_number(uow: UnitOfWork, dealing: Dealing) -> None:
    original = make_invoice(uow, dealing)
    note = make_invoice(
        uow, dealing, "-1.00", original=f" {original.number[:4]} {original.number[4:]}"
    )
    assert note.original_id == original.key


def test_what_a_credit_note_refers_to_is_not_voided(uow: UnitOfWork, dealing: Dealing) -> None:
    original = make_invoice(uow, dealing)
    note = credit_note(uow, dealing, original, "-1.00")
    with pytest.raises(PaperLeanedOn):
        void_invoice(uow, original.reference, WHY, actor=dealing.seller, now=NOW)
    void_invoice(uow, note.reference, WHY, actor=dealing.seller, now=NOW)
    void_invoice(uow, original.reference, WHY, actor=dealing.seller, now=NOW)


def test_strangers_neither_record_nor_find(uow: UnitOfWork, dealing: Dealing) -> None:
    made = make_invoice(uow, dealing)
    strangers = (
        make_member(uow, make_organisation(uow).key, Role.COMPANY_ADMIN),
        make_lab_person(uow, make_lab(uow).key),
    )
    for who in strangers:
        with pytest.raises(NotFound):
            record_invoice(uow, invoice_told(dealing), actor=who, now=NOW)
        with pytest.raises(NotFound):
            record_payment(uow, payment_told(dealing), actor=who, now=NOW)
        with pytest.raises(NotFound):
            void_invoice(uow, made.reference, WHY, actor=who, now=NOW)
        with pytest.raises(NotFound):
            invoice_seen_by(uow.session, made.reference, who)
        seen = invoices_seen_by(uow.session, who, PapersWanted(), before_id=None, limit=9)
        assert list(seen) == []


def test_who_only_reads_records_nothing(uow: UnitOfWork, dealing: Dealing) -> None:
    for who in (make_member(uow, dealing.company.key), make_staff(uow, Role.AUDITOR)):
        with pytest.raises(Forbidden):
            record_invoice(uow, invoice_told(dealing), actor=who, now=NOW)


def test_both_parties_and_the_centre_see_it(uow: UnitOfWork, dealing: Dealing) -> None:
    made = make_invoice(uow, dealing)
    auditor = make_staff(uow, Role.AUDITOR)
    for who in (dealing.buyer, dealing.seller, dealing.finance, auditor):
        (row,) = invoices_seen_by(
            uow.session, who, PapersWanted(words=made.number), before_id=None, limit=9
        )
        assert (row.reference, row.left_fen) == (made.reference, 100_000)
    with pytest.raises(Forbidden):
        void_invoice(uow, made.reference, WHY, actor=auditor, now=NOW)
