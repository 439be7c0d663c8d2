"""In its present days the demo has vouchers in every state, and money paid in advance."""

import pytest
import sqlalchemy as sa
from sqlmodel import select

from booking.accounts.providers.local import passwords
from booking.billing.models import ChargeCorrection
from booking.jobs.books import broken_books
from booking.ledger.models import PrepaidAccount
from booking.seeding.funding import activate_for_demo
from booking.seeding.loading import load
from booking.seeding.vouching import vouch
from booking.vouchers.models import Voucher, VoucherPayment
from tests.seeding.test_dealing import MONTHS
from tests.seeding.test_sharing import SEED
from tests.support.clock import moment

pytestmark = pytest.mark.slow

NOW = moment("2026-11-26T11:00")


def test_vouchers_are_given_set_aside_redeemed_paid_and_about_to_end(uow):
    opened = NOW - 4 * MONTHS
    register = load(uow, SEED, now=opened, demo_people=passwords("cheapest"))
    people = register.people["finance@example.com"], register.people["admin@example.com"]
    activate_for_demo(uow, SEED, persons=people, now=opened)
    vouch(uow, SEED, register, now=NOW)
    vouchers = list(uow.session.exec(select(Voucher).order_by(sa.text("id"))))
    assert len(vouchers) == 4
    ending, cited = vouchers[0], vouchers[1]
    assert (ending.valid_to - NOW.date()).days < 30
    assert cited.encumbered_fen > 0
    assert cited.redeemed_fen > 0
    (paid,) = uow.session.exec(select(VoucherPayment))
    assert 0 < paid.amount_fen < cited.redeemed_fen
    assert [one.amount_fen < 0 for one in uow.session.exec(select(ChargeCorrection))] == [True]
    (account,) = uow.session.exec(select(PrepaidAccount))
    assert account.balance_fen == 400_000
    assert list(broken_books(uow.session)) == []
