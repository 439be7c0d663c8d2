"""Where bookings are paid in advance, their price is set aside until they are over."""

from collections.abc import Sequence
from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.kernel.errors import Violation
from booking.ledger.actions.hold_funds import (
    has_funds,
    hold_funds,
    release_funds,
    release_together,
)
from booking.ledger.errors import InsufficientFunds
from booking.ledger.queries.prepaid import references_held
from booking.reservations.actions.taking import Judged
from booking.reservations.errors import ReservationRefused
from booking.reservations.events import ReservationEvent
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.funding import prepaid_booking
from booking.reservations.states import OPEN


def hold_price(uow: UnitOfWork, judged: Judged, booked: Reservation, *, now: datetime) -> None:
    """Set the price of a new booking aside; where the lab set the rule aside, as far as it goes."""
    funds = judged.demand.funds
    if funds is None:
        return
    wanted, set_aside = booked.quoted_fen, bool(booked.override_reason)
    amount = min(wanted, max(funds.available_fen, 0)) if set_aside else wanted
    between = booked.organisation_id, judged.terms.organisation_id
    _hold(uow, booked.number, amount, between=between, now=now)


def keep_price(uow: UnitOfWork, fact: ReservationEvent) -> None:
    """After a move: the price agreed anew is set aside instead of the one before."""
    if not has_funds(uow, fact.organisation_id):
        return
    booked = prepaid_booking(uow.session, fact.reservation_id)
    if booked is None or booked.state not in OPEN:
        return
    amount = booked.quoted_fen
    if booked.set_aside:
        amount = min(amount, booked.available_fen + booked.held_fen)
    between = booked.organisation_id, booked.provider_id
    _hold(uow, booked.number, amount, between=between, now=fact.at)


def free_price(uow: UnitOfWork, fact: ReservationEvent) -> None:
    """The booking is over: what was not charged is the company's to spend again."""
    if not has_funds(uow, fact.organisation_id):
        return
    if uow.in_one and fact.number not in _held_still(uow, fact.organisation_id):
        return
    release_funds(uow, fact.number, now=fact.at)


def free_prices(
    uow: UnitOfWork, organisation_id: int, numbers: Sequence[str], *, now: datetime
) -> None:
    """The same of several bookings of a company at once; what is told of each finds it done."""
    if has_funds(uow, organisation_id):
        release_together(uow, numbers, now=now)


def _held_still(uow: UnitOfWork, organisation_id: int) -> frozenset[str]:
    """For which of a company's bookings something is held, when a deed of many parts began to tell
    of them: a deed that ends bookings holds nothing anew."""
    asked = (references_held, organisation_id)
    return uow.ask_once(asked, lambda: references_held(uow.session, organisation_id))


def _hold(
    uow: UnitOfWork, number: str, amount_fen: int, *, between: tuple[int, int], now: datetime
) -> None:
    try:
        hold_funds(uow, number, amount_fen, between=between, now=now)
    except InsufficientFunds as lacking:
        # Somebody of the company was quicker.
        violation = Violation(lacking.code, lacking.params, overridable=True)
        raise ReservationRefused([violation]) from lacking
