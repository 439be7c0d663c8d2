"""What the clock does for vouchers: it warns of their end, and ends what nobody set aside."""

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.vouchers.actions.moving import Move, move
from booking.vouchers.events import VoucherExpired, VoucherExpiring
from booking.vouchers.queries.claims import VOUCHER, ending, ending_soon
from booking.vouchers.states import MovementKind

_AHEAD: Final = timedelta(days=30)


def expire_vouchers(uow: UnitOfWork, now: datetime) -> int:
    """End what is left of vouchers whose last day is over; what a booking gives free later ends
    in the night after."""
    found = ending(uow.session, before=local(now).date())
    for row in found:
        lost = Move(kind=MovementKind.EXPIRED, amount_fen=row.available_fen, at=now)
        move(uow, row.id, lost)
        uow.announce(
            VoucherExpired(
                at=now,
                subject=f"voucher:{row.number}",
                actor_id=None,
                changes={"available_fen": (row.available_fen, 0)},
                number=row.number,
                voucher_id=row.id,
                organisation_id=row.organisation_id,
                amount_fen=row.available_fen,
                valid_to=row.valid_to,
            )
        )
    return len(found)


def warn_of_vouchers(uow: UnitOfWork, now: datetime) -> int:
    """Tell companies once what they still have when it ends within thirty days."""
    today = local(now).date()
    found = ending_soon(uow.session, today=today, until=today + _AHEAD)
    told = sa.update(VOUCHER).where(VOUCHER.c.id.in_([row.id for row in found]))
    if found:
        uow.session.execute(told.values(warned_at=now))
    for row in found:
        uow.announce(
            VoucherExpiring(
                at=now,
                subject=f"voucher:{row.number}",
                actor_id=None,
                changes={},
                number=row.number,
                voucher_id=row.id,
                organisation_id=row.organisation_id,
                amount_fen=row.available_fen,
                valid_to=row.valid_to,
            )
        )
    return len(found)
