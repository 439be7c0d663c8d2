"""JSON: vouchers, their movements, and what is owed to providers for them."""

from typing import Annotated

from fastapi import APIRouter, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.money import yuan
from booking.kernel.periods import Period
from booking.ledger.forms import period_named
from booking.vouchers.actions.pay_provider import record_payment
from booking.vouchers.forms import PaymentBody, PeriodQuery
from booking.vouchers.queries.owed import owed_lines, owed_to
from booking.vouchers.queries.payments import voucher_payments
from booking.vouchers.queries.redemptions import owed_in_all, redeemed_in
from booking.vouchers.queries.vouchers import (
    VoucherRow,
    movements_of,
    voucher_seen_by,
    vouchers_seen_by,
)
from booking.web.clock import ClockDep
from booking.web.idempotency import Once
from booking.web.json import rfc3339
from booking.web.paging import WindowDep
from booking.web.transactions import Reading, Transaction

router = APIRouter(tags=["vouchers"])

Reader = Annotated[Actor, requires(Permission.VOUCHER_READ)]
Books = Annotated[Actor, requires(Permission.LEDGER_READ)]
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
    window: WindowDep,
    actor: Books,
    period: PeriodQuery = "",
) -> Answer:
    """What is owed to each provider: redeemed less taken back, in a period such as `2026-11`, by
    default this month; `unpaid` is everything up to its end that is in no payment."""
    asked = period_named(period) or Period.month_at(clock.now())
    rows = redeemed_in(session, asked, after=window.place(str, int), limit=window.take)
    cut = window.cut(rows, key=lambda row: (row.provider, row.provider_id))
    told = [
        {
            "provider_id": row.provider_id,
            "provider": row.provider,
            "bookings": row.bookings,
            "owed": yuan(row.owed_fen),
            "unpaid": yuan(row.unpaid_fen),
        }
        for row in cut.items
    ]
    total = owed_in_all(session, asked)
    return {
        "period": asked.code,
        "items": told,
        "next_cursor": cut.next_cursor,
        "total": yuan(total.owed_fen),
        "total_unpaid": yuan(total.unpaid_fen),
    }


@router.get("/voucher-claims")
def claims(
    session: Reading,
    clock: ClockDep,
    window: WindowDep,
    actor: Annotated[Actor, requires(Permission.VOUCHER_CLAIM_READ)],
    period: PeriodQuery = "",
) -> Answer:
    """What your provider is owed: each redemption in a period (what came back is negative), those
    before it that are not paid, and the payment that each is in."""
    asked = period_named(period) or Period.month_at(clock.now())
    rows = owed_lines(session, actor, asked, after_id=window.after_id, limit=window.take)
    cut = window.cut(rows, key=lambda row: (row.id,))
    total = owed_to(session, actor, asked)
    told = [
        {
            "at": rfc3339(row.made_at),
            "provider": row.provider,
            "reservation": row.booking,
            "amount": yuan(row.amount_fen),
            "payment": row.payment,
            "paid_on": row.paid_on and row.paid_on.isoformat(),
            "bank_reference": row.bank_reference,
        }
        for row in cut.items
    ]
    return {
        "period": asked.code,
        "items": told,
        "next_cursor": cut.next_cursor,
        "total": yuan(total.owed_fen),
        "total_unpaid": yuan(total.unpaid_fen),
    }


@router.get("/voucher-payments")
def payments(session: Reading, window: WindowDep, actor: Books) -> Answer:
    """Payments to providers for vouchers, the newest first."""
    rows = voucher_payments(session, before_id=window.after_id, limit=window.take)
    cut = window.cut(rows, key=lambda row: (row.id,))
    told = [
        {
            "number": row.number,
            "provider_id": row.provider_id,
            "provider": row.provider,
            "period": row.period,
            "amount": yuan(row.amount_fen),
            "paid_on": row.paid_on.isoformat(),
            "bank_reference": row.bank_reference,
            "note": row.note,
            "movements": row.movements,
            "recorded_at": rfc3339(row.made_at),
        }
        for row in cut.items
    ]
    return {"items": told, "next_cursor": cut.next_cursor}


@router.post("/voucher-payments", status_code=201)
def pay(
    body: PaymentBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Annotated[Actor, requires(Permission.VOUCHER_PAY)],
) -> Response:
    """Record that a provider was paid all that is owed up to the end of a period; it is refused
    where `amount` is not just that, or the bank's reference was recorded before."""

    def deed() -> tuple[int, Answer]:
        return 201, {"number": record_payment(uow, body.paid(), actor=actor, now=clock.now())}

    return once.answer(deed)


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
