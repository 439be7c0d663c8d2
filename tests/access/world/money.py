"""What is owed, adjusted, paid in advance and quoted: of each company at its lab."""

from collections.abc import Iterator, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from booking.access.actor import HOUSE
from booking.billing.models import Charge, ChargeAdjustment
from booking.billing.states import AdjustmentState
from booking.db.transactions import UnitOfWork
from booking.kernel.timespan import TimeSpan
from booking.ledger.actions.prepay import Payment, top_up
from booking.ledger.queries.pages import accounts
from booking.reservations.actions.keep_quote import keep_quote
from booking.reservations.rules.wish import Wish
from tests.access.world.records import NOBODY, Record
from tests.access.world.settled import each
from tests.access.world.sides import Customer, Workshop
from tests.support.clock import moment

_SIDES = ("ours", "theirs", "guest")
_SPAN = TimeSpan(moment("2026-12-01T12:00"), moment("2026-12-01T13:00"))


def money_records(
    uow: UnitOfWork, sides: Mapping[str, tuple[Customer, Workshop]], *, now: datetime
) -> Iterator[tuple[str, Record]]:
    """Ours, theirs, a guest's."""
    waiting = [_adjustment(uow, sides[side][0], now=now) for side in _SIDES]
    for noun in ("adjustments", "charge-adjustments"):
        yield f"{noun}/{{adjustment_id}}", _by_id(waiting)
    quotes = [_quote(uow, *sides[side], now=now) for side in _SIDES]
    yield "quotes/{number}", each(*quotes)
    paid = [_prepaid(uow, side, *sides[side], now=now) for side in _SIDES]
    yield "prepayments/{account_id}", _by_id(paid)
    # Whoever reads the ledger reads all of it.
    yield "accounts/{account_id}", Record(accounts(uow.session)[0].id)


def _by_id(keys: list[int]) -> Record:
    own, other, guest = keys
    return Record(own, other=other, guest=guest, absent=NOBODY)


def _adjustment(uow: UnitOfWork, customer: Customer, *, now: datetime) -> int:
    wanted = sa.select(col(Charge.id)).where(col(Charge.number) == customer.charges[0])
    made = ChargeAdjustment(
        charge_id=uow.session.execute(wanted).scalar_one(),
        amount_fen=-1,
        reason="样品损坏",
        limit_fen=0,
        state=AdjustmentState.REQUESTED,
        asked_by=customer.member.id,
        asked_at=now,
    )
    uow.session.add(made)
    uow.session.flush()
    return made.key


def _quote(uow: UnitOfWork, customer: Customer, place: Workshop, *, now: datetime) -> str:
    wish = Wish(instrument_id=place.tool, span=_SPAN, purpose="")
    return keep_quote(uow, wish, actor=customer.member, now=now).number


def _prepaid(
    uow: UnitOfWork, side: str, customer: Customer, place: Workshop, *, now: datetime
) -> int:
    paid = Payment(amount_fen=100_000, bank_reference=f"BANK-{side}")
    provider_id = place.lab.organisation_id
    return top_up(uow, customer.company.name, provider_id, paid=paid, actor=HOUSE, now=now)
