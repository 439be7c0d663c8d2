"""Vouchers as tests need them: valid from before the usual Monday until the year's end."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from booking.db.transactions import UnitOfWork
from booking.vouchers.actions.issue import Offer, issue
from booking.vouchers.queries.claims import CLAIM, VOUCHER
from booking.vouchers.rules.terms import Terms
from tests.support.clock import moment

ISSUED_AT = moment("2026-11-02T09:00")


def offer(**changes: Any) -> Offer:
    """Half of every order, up to 2000.00 in all."""
    given: dict[str, Any] = {
        "programme": "XX-VOUCHER-2026",
        "version": 1,
        "name": {"zh": "科技创新券（示例）", "en": "Innovation vouchers (example)"},
        "document": "示例文号",
        "period": 2026,
        "face_fen": 200_000,
        "terms": Terms(share=Decimal("0.50")),
        "valid_from": date(2026, 11, 2),
        "valid_to": date(2026, 12, 31),
    }
    return Offer(**{**given, **changes})


def make_voucher(
    uow: UnitOfWork, organisation_id: int, *, now: datetime = ISSUED_AT, **changes: Any
) -> str:
    """One voucher; its number."""
    (number,) = issue(uow, offer(**changes), {organisation_id: "示例公司"}, actor_id=None, now=now)
    return number


def pots(session: Session, number: str) -> tuple[int, int, int, int]:
    """Available, encumbered, redeemed and expired, in fen."""
    names = ("available", "encumbered", "redeemed", "expired")
    columns = (VOUCHER.c[f"{name}_fen"] for name in names)
    found = session.execute(sa.select(*columns).where(VOUCHER.c.number == number)).one()
    return (found[0], found[1], found[2], found[3])


def claim_state(session: Session, reservation_id: int) -> str:
    """Where what a booking has of a voucher stands."""
    asked = sa.select(CLAIM.c.state).where(CLAIM.c.reservation_id == reservation_id)
    return str(session.execute(asked).scalar_one().value)
