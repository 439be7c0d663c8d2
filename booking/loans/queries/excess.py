"""What of paid draws is for no order any more, because their charges were corrected since."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import date, datetime
from fractions import Fraction
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.billing.models import Charge, ChargeCorrection
from booking.kernel.clock import local
from booking.loans.models import BankRecord, DrawRequest
from booking.loans.rules.balances import Draw, Excess
from booking.loans.rules.drawing import Corrected, excess_of
from booking.vouchers.models import VoucherMovement
from booking.vouchers.queries.redemptions import redeemed_until

_DRAW = DrawRequest


def redeemed_before(session: Session, charge_id: int, moment: datetime) -> int:
    """What a voucher had paid of a charge before a moment."""
    before = redeemed_until(col(Charge.reservation_id), col(VoucherMovement.made_at) < moment)
    return int(session.execute(sa.select(before).where(col(Charge.id) == charge_id)).scalar_one())


class _Paid(NamedTuple):
    record_id: int
    day: date
    amount_fen: int
    share: Fraction


def excess_by_record(
    session: Session, ids: Collection[int] | None = None
) -> dict[int, tuple[Excess, ...]]:
    """By bank record, of these credit lines or all; charges that nobody corrected are left out.

    What a voucher paid of a charge needed no draw; a correction moves that too.
    """
    by_voucher = redeemed_until(
        col(Charge.reservation_id), col(VoucherMovement.made_at) <= col(ChargeCorrection.made_at)
    )
    wanted = (
        sa.select(
            col(BankRecord.id),
            col(BankRecord.day),
            col(BankRecord.amount_fen),
            col(_DRAW.share),
            col(Charge.amount_fen),
            col(ChargeCorrection.amount_fen),
            col(ChargeCorrection.made_at),
            by_voucher,
        )
        .join_from(_DRAW, BankRecord, col(BankRecord.id) == col(_DRAW.bank_record_id))
        .join(Charge, col(Charge.id) == col(_DRAW.charge_id))
        .join(ChargeCorrection, col(ChargeCorrection.charge_id) == col(Charge.id))
        .where(sa.true() if ids is None else col(_DRAW.credit_line_id).in_(sorted(ids)))
        .order_by(col(BankRecord.id), col(ChargeCorrection.id))
    )
    found: defaultdict[_Paid, list[Corrected]] = defaultdict(list)
    entered_by_now: Counter[int] = Counter()
    for key, day, paid, share, charged, entered, at, redeemed in session.execute(wanted):
        entered_by_now[key] += entered
        owed = charged + entered_by_now[key] - redeemed
        found[_Paid(key, day, paid, Fraction(share))].append(Corrected(local(at).date(), owed))
    return {
        paid.record_id: excess_of(Draw(paid.day, paid.amount_fen), paid.share, entries)
        for paid, entries in found.items()
    }
