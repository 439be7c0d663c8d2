"""What the clock does for vouchers: it warns of their end, and ends what nobody set aside.

Both go piece by piece, each a transaction of its own: whoever books waits for no more than a
piece, and what was done before a crash stays done.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from booking.db.outside import Outside, Sent
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.vouchers.actions.moving import Move, move_each
from booking.vouchers.events import VoucherEvent, VoucherExpired, VoucherExpiring
from booking.vouchers.queries.claims import VOUCHER
from booking.vouchers.queries.ending import ending, ending_soon
from booking.vouchers.states import MovementKind

_AHEAD: Final = timedelta(days=30)
PIECE: Final = 200
# What is beyond them is one piece more: all of it is done in the night.
_MOST_PIECES: Final = 100


def expire_in_pieces(outside: Outside, now: datetime) -> Sent:
    """End what is left of vouchers whose last day is over; what a booking gives free later ends
    in the night after."""
    return _in_pieces(outside, expire_vouchers, now=now)


def warn_in_pieces(outside: Outside, now: datetime) -> Sent:
    """Tell companies once what they still have when it ends within thirty days."""
    return _in_pieces(outside, warn_of_vouchers, now=now)


def expire_vouchers(uow: UnitOfWork, now: datetime, most: int | None = None) -> int:
    """The oldest of them, or all."""
    found = ending(uow.session, before=local(now).date(), limit=most)
    moves = [
        (row.id, Move(kind=MovementKind.EXPIRED, amount_fen=row.available_fen, at=now))
        for row in found
    ]
    move_each(uow, moves)
    for row in found:
        changes = {"available_fen": (row.available_fen, 0)}
        uow.announce(_told(VoucherExpired, row, now=now, changes=changes))
    return len(found)


def warn_of_vouchers(uow: UnitOfWork, now: datetime, most: int | None = None) -> int:
    """The oldest of them, or all."""
    today = local(now).date()
    found = ending_soon(uow.session, today=today, until=today + _AHEAD, limit=most)
    told = sa.update(VOUCHER).where(VOUCHER.c.id.in_([row.id for row in found]))
    if found:
        uow.session.execute(told.values(warned_at=now))
    for row in found:
        uow.announce(_told(VoucherExpiring, row, now=now, changes={}))
    return len(found)


def _in_pieces(
    outside: Outside, deed: Callable[[UnitOfWork, datetime, int | None], int], *, now: datetime
) -> Sent:
    done = 0
    for _ in range(_MOST_PIECES):
        with outside.deed() as uow:
            some = deed(uow, now, PIECE)
        done += some
        if some < PIECE:
            break
    return Sent(done)


def _told(
    fact: type[VoucherExpired] | type[VoucherExpiring],
    row: sa.Row[Any],
    *,
    now: datetime,
    changes: Mapping[str, tuple[object, object]],
) -> VoucherEvent:
    return fact(
        at=now,
        subject=f"voucher:{row.number}",
        actor_id=None,
        changes=changes,
        number=row.number,
        voucher_id=row.id,
        organisation_id=row.organisation_id,
        amount_fen=row.available_fen,
        valid_to=row.valid_to,
    )
