"""A payment is recorded once per bank transaction; checked, it is posted, once."""

import pytest

from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.invoices.actions.judge_payment import check_payment, void_payment
from booking.invoices.actions.record_payment import record_payment
from booking.invoices.errors import PaperCheckedByRecorder, PaperLeanedOn, PaymentKnown
from booking.invoices.queries.invoices import PapersWanted
from booking.invoices.queries.payments import PaymentRow, payment_seen_by, payments_seen_by
from booking.invoices.states import PaperState
from booking.kernel.errors import Forbidden, NotFound
from booking.ledger.models import AccountKind
from booking.ledger.queries.balances import balance, unbalanced_postings
from tests.factories.accounts import make_member
from tests.factories.invoices import NOW, Dealing, make_payment, payment_told
from tests.factories.organisations import make_organisation


def books(uow: UnitOfWork, dealing: Dealing) -> tuple[int, int]:
    return (
        balance(uow.session, AccountKind.BANK, dealing.provider.key),
        balance(uow.session, AccountKind.RECEIVABLE, dealing.company.key),
    )


def test_what_is_checked_is_posted_once(uow: UnitOfWork, dealing: Dealing) -> None:
    made = make_payment(uow, dealing)
    assert books(uow, dealing) == (0, 0)
    check_payment(uow, made.reference, actor=dealing.finance, now=NOW)
    assert books(uow, dealing) == (100_000, -100_000)
    assert unbalanced_postings(uow.session) == []


def test_what_is_voided_is_posted_back_if_it_was_posted(uow: UnitOfWork, dealing: Dealing) -> None:
    unchecked, checked = make_payment(uow, dealing), make_payment(uow, dealing, checked=True)
    void_payment(uow, unchecked.reference, "重复", actor=dealing.buyer, now=NOW)
    with pytest.raises(Forbidden):
        void_payment(uow, checked.reference, "重复", actor=dealing.buyer, now=NOW)
    void_payment(uow, checked.reference, "重复", actor=dealing.finance, now=NOW)
    assert books(uow, dealing) == (0, 0)
    assert checked.state is PaperState.VOIDED


def test_a_refund_goes_the_other_way(uow: UnitOfWork, dealing: Dealing) -> None:
    payment = make_payment(uow, dealing, checked=True)
    make_payment(uow, dealing, "-400.00", original=payment.reference, checked=True)
    assert books(uow, dealing) == (60_000, -60_000)
    with pytest.raises(PaperLeanedOn):
        void_payment(uow, payment.reference, "重复", actor=dealing.finance, now=NOW)


@pytest.mark.parametrize("number", ["TX 1", "ＴＸ1", " TX1"])
def test_a_transaction_of_a_bank_is_recorded_once(
    uow: UnitOfWork, dealing: Dealing, number: str
) -> None:
    make_payment(uow, dealing, bank_transaction_number="TX1")
    with pytest.raises(PaymentKnown):
        make_payment(uow, dealing, "5.00", bank_transaction_number=number)
    make_payment(uow, dealing, bank="示例第二银行", bank_transaction_number=number)


def test_nobody_checks_what_they_recorded(uow: UnitOfWork, dealing: Dealing) -> None:
    made = record_payment(uow, payment_told(dealing), actor=dealing.finance, now=NOW)
    with pytest.raises(PaperCheckedByRecorder):
        check_payment(uow, made.reference, actor=dealing.finance, now=NOW)


def test_strangers_find_nothing(uow: UnitOfWork, dealing: Dealing) -> None:
    made = make_payment(uow, dealing)
    stranger = make_member(uow, make_organisation(uow).key, Role.COMPANY_ADMIN)
    with pytest.raises(NotFound):
        payment_seen_by(uow.session, made.reference, stranger)
    with pytest.raises(NotFound):
        check_payment(uow, made.reference, actor=stranger, now=NOW)
    listed: list[list[PaymentRow]] = [
        list(payments_seen_by(uow.session, who, PapersWanted(), before_id=None, limit=9))
        for who in (stranger, dealing.seller, dealing.buyer)
    ]
    assert [len(rows) for rows in listed] == [0, 1, 1]
