"""Record that a provider was paid for vouchers: all that is owed up to a day, and nothing twice."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.kernel.ids import reference
from booking.ledger.actions.post import Leg, post
from booking.ledger.models import AccountKind
from booking.vouchers.errors import (
    BankReferenceTaken,
    NothingOwed,
    OtherAmountOwed,
    PaidTomorrow,
    PeriodAhead,
)
from booking.vouchers.events import ProviderPaid
from booking.vouchers.models import VoucherPayment, VoucherPaymentLine
from booking.vouchers.queries.payments import provider_for_update, unpaid_of
from booking.vouchers.rules.paying import Paid

_LINES: Final[sa.Table] = VoucherPaymentLine.__table__  # type: ignore[attr-defined]  # by SQLModel


def record_payment(uow: UnitOfWork, paid: Paid, *, actor: Actor, now: datetime) -> str:
    """Everything owed up to the end of the period, redemptions and what came back; its number.

    Whoever comes second waits for the provider's row, and finds nothing left to be paid.
    """
    actor.must(Permission.VOUCHER_PAY)
    if paid.paid_on > local(now).date():
        raise PaidTomorrow(day=paid.paid_on)
    if paid.period.first > local(now).date():
        raise PeriodAhead(period=paid.period.code)
    provider_for_update(uow.session, paid.provider_id)
    owed = unpaid_of(uow.session, paid.provider_id, period=paid.period)
    _must_be(sum(amount for _, amount in owed), paid)
    number = reference("P", now)
    row = {
        "number": number,
        "provider_id": paid.provider_id,
        "period": paid.period.code,
        "amount_fen": paid.amount_fen,
        "paid_on": paid.paid_on,
        "bank_reference": paid.bank_reference,
        "note": paid.note,
        "made_by": actor.known_id,
        "made_at": now,
    }
    if not (written := insert_unless_exists(uow.session, VoucherPayment, [row])):
        raise BankReferenceTaken(reference=paid.bank_reference)
    lines = [
        {"payment_id": written[0], "movement_id": key, "amount_fen": amount} for key, amount in owed
    ]
    uow.session.execute(sa.insert(_LINES), lines)
    _post(uow, number, paid, now=now)
    uow.announce(
        ProviderPaid(
            at=now,
            subject=f"voucher_payment:{number}",
            actor_id=actor.known_id,
            cause=paid.bank_reference,
            changes={"amount_fen": (None, paid.amount_fen)},
            number=number,
            provider_id=paid.provider_id,
            amount_fen=paid.amount_fen,
        )
    )
    return number


def _post(uow: UnitOfWork, number: str, paid: Paid, *, now: datetime) -> None:
    """Money leaves the centre for the provider; neither has anything of the other for it then."""
    owner, amount = paid.provider_id, paid.amount_fen
    legs = [
        Leg(AccountKind.VOUCHER_PAYABLE, owner, amount),
        Leg(AccountKind.BANK, owner, -amount),
        Leg(AccountKind.BANK, owner, amount),
        Leg(AccountKind.VOUCHER_CLAIM, owner, -amount),
    ]
    post(uow, f"voucher-payment:{number}", legs, at=now, memo=paid.bank_reference)


def _must_be(owed_fen: int, paid: Paid) -> None:
    if owed_fen <= 0:
        raise NothingOwed(period=paid.period.code)
    if owed_fen != paid.amount_fen:
        raise OtherAmountOwed(owed_fen=owed_fen, paid_fen=paid.amount_fen)
