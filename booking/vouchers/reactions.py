"""What happens to vouchers when something happens to bookings and charges."""

from booking.billing.events import ChargeCorrected
from booking.db.transactions import UnitOfWork
from booking.reservations.events import (
    ReservationConfirmed,
    ReservationEvent,
    ReservationMoved,
    ReservationRequested,
    UseSettled,
)
from booking.vouchers.actions.encumber import adjust, encumber, release
from booking.vouchers.actions.redeem import correct, redeem
from booking.vouchers.queries.claims import booking_behind, has_claims


def encumber_voucher(uow: UnitOfWork, fact: ReservationRequested | ReservationConfirmed) -> None:
    """A booking that cites a voucher sets its share aside, or is not made."""
    if fact.voucher:
        encumber(uow, fact.voucher, fact.reservation_id, actor_id=fact.actor_id, now=fact.at)


def adjust_voucher(uow: UnitOfWork, fact: ReservationMoved) -> None:
    """Another time has another price."""
    if _has_claims(uow, fact):
        adjust(uow, fact.reservation_id, actor_id=fact.actor_id, now=fact.at)


def release_voucher(uow: UnitOfWork, fact: ReservationEvent) -> None:
    """The booking is over, and was not used."""
    if _has_claims(uow, fact):
        release(uow, fact.reservation_id, actor_id=fact.actor_id, now=fact.at)


def _has_claims(uow: UnitOfWork, fact: ReservationEvent) -> bool:
    """Whether the company has set aside anything at all: of a series this is asked once."""
    question = (has_claims, fact.organisation_id)
    return uow.ask_once(question, lambda: has_claims(uow.session, fact.organisation_id))


def redeem_voucher(uow: UnitOfWork, fact: UseSettled) -> None:
    """Its use is charged: the voucher pays its part."""
    redeem(uow, fact.reservation_id, actor_id=fact.actor_id, now=fact.at)


def correct_redemption(uow: UnitOfWork, fact: ChargeCorrected) -> None:
    """The charge comes to another amount."""
    reservation_id = booking_behind(uow.session, fact.charge_id)
    if reservation_id is not None:
        correct(uow, reservation_id, fact.number, actor_id=fact.actor_id, now=fact.at)
