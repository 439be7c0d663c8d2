"""JSON: vouchers, their movements, and what is owed to providers for them."""

from typing import Annotated

from fastapi import APIRouter, Query

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.money import yuan
from booking.kernel.periods import Period
from booking.ledger.forms import period_named
from booking.vouchers.queries.redemptions import owed_in_all, redeemed_in
from booking.vouchers.queries.vouchers import (
    VoucherRow,
    movements_of,
    voucher_seen_by,
    vouchers_seen_by,
)
from booking.web.clock import ClockDep
from booking.web.json import rfc3339
from booking.web.paging import WindowDep
from booking.web.transactions import Reading

router = APIRouter(tags=["vouchers"])

Reader = Annotated[Actor, requires(Permission.VOUCHER_READ)]
Answer = dict[str, object]


@router.get("/vouchers")
def index(session: Reading, window: WindowDep, actor: Reader) -> Answer:
    """The vouchers that you may see, by number."""
    place = window.place(str)
    after = None if place is None else place[0]
    rows = vouchers_seen_by(session, actor, after=after, limit=window.take)
    cut = window.cut(rows, key=lambda row: (row.number,))
    return {"items": [_voucher(row) for row in cut.items], "next_cursor": cut.next_cursor}


@router.get("/vouchers/{number}")
def show(number: str, session: Reading, actor: Reader) -> Answer:
    """One voucher with its movements; a booking cites it as `voucher`."""
    row = voucher_seen_by(session, number, actor)
    moved = [
        {
            "at": rfc3339(one.made_at),
            "kind": one.kind.value,
            "amount": yuan(one.amount_fen),
            "reservation": one.booking,
        }
        for one in movements_of(session, row.id)
    ]
    return {**_voucher(row), "movements": moved}


@router.get("/voucher-redemptions")
def owed(
    session: Reading,
    clock: ClockDep,
    actor: Annotated[Actor, requires(Permission.LEDGER_READ)],
    period: Annotated[str, Query(max_length=10)] = "",
) -> Answer:
    """What is owed to each provider: redeemed less taken back, in a period such as `2026-11`, by
    default this month."""
    asked = period_named(period) or Period.month_at(clock.now())
    rows = redeemed_in(session, asked)
    told = [
        {
            "provider_id": row.provider_id,
            "provider": row.provider,
            "bookings": row.bookings,
            "owed": yuan(row.owed_fen),
        }
        for row in rows
    ]
    return {"period": asked.code, "items": told, "total": yuan(owed_in_all(rows))}


def _voucher(row: VoucherRow) -> Answer:
    return {
        "number": row.number,
        "organisation_id": row.organisation_id,
        "organisation": row.organisation,
        "programme": row.programme,
        "face": yuan(row.face_fen),
        "available": yuan(row.available_fen),
        "encumbered": yuan(row.encumbered_fen),
        "redeemed": yuan(row.redeemed_fen),
        "expired": yuan(row.expired_fen),
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat(),
    }
