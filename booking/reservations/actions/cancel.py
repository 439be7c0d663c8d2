"""Give time back: free in good time, for a fee when it is late."""

from collections.abc import Sequence
from datetime import datetime

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.instruments.holds import release_bookings
from booking.reservations.actions.life import demand_reason, enter, fact, illegal
from booking.reservations.actions.rights import behalf, decides, demand_right, locked_for, uses
from booking.reservations.events import ReservationCancelled
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.hindrance import is_kept_out
from booking.reservations.queries.loading import Loaded
from booking.reservations.queries.terms import AfterwardsTerms, afterwards_terms
from booking.reservations.rules.cancellation import FREE, Cancellation, LateFee, cancellation
from booking.reservations.rules.fees import agreed_fees
from booking.reservations.states import Action, State


def cancel(
    uow: UnitOfWork, number: str, *, actor: Actor, now: datetime, reason: str = ""
) -> Reservation:
    """The holder gives the time back; or the lab takes it back, with a reason and without a fee."""
    booked = locked_for(uow.session, number, actor)
    cancel_all(uow, [booked], actor=actor, now=now, reason=reason)
    return booked.reservation


def cancel_all(
    uow: UnitOfWork, bookings: Sequence[Loaded], *, actor: Actor, now: datetime, reason: str = ""
) -> None:
    """The same of several that are locked, each by its own terms; their time is given back at
    once."""
    told = [_given_back(uow, one, actor=actor, now=now, reason=reason) for one in bookings]
    uow.session.flush()
    release_bookings(uow, [one.reservation.number for one in bookings])
    uow.announce_all(told)


def _given_back(
    uow: UnitOfWork, booked: Loaded, *, actor: Actor, now: datetime, reason: str
) -> ReservationCancelled:
    reservation = booked.reservation
    by_user = uses(actor, booked)
    demand_right(by_user or decides(actor, booked), Permission.RESERVATION_DECIDE)
    if by_user:
        taken = _taken_from(uow, booked, now)
    else:
        reason, taken = demand_reason(reason), FREE
    changes = enter(reservation, Action.CANCEL, now=now, reason=reason)
    reservation.late, reservation.fee_fen = taken.late, taken.fee_fen
    if taken.fee_fen:
        changes["fee_fen"] = (0, taken.fee_fen)
    told = fact(
        booked,
        now=now,
        actor_id=actor.id,
        cause=reason,
        changes=changes,
        on_behalf_of=behalf(actor, booked),
    )
    return ReservationCancelled(**told, late=taken.late, fee_fen=taken.fee_fen, by_lab=not by_user)


def _taken_from(uow: UnitOfWork, booked: Loaded, now: datetime) -> Cancellation:
    reservation = booked.reservation
    late = reservation.state is State.CONFIRMED and now >= reservation.free_cancel_until
    if late and is_kept_out(uow.session, booked, now):
        # Whoever finds the instrument occupied owes nothing for going.
        return FREE
    if reservation.state is State.CONFIRMED and now >= reservation.missed_from:
        # Whoever did not come cannot turn the no-show into a cheaper cancellation.
        raise illegal(reservation, Action.CANCEL)
    return cancellation(
        reservation.state,
        deadline=reservation.free_cancel_until,
        fee=LateFee(
            price_fen=reservation.quoted_fen,
            percent=_terms(uow, reservation.policy_id).late_cancel_percent,
            fixed_fen=agreed_fees(reservation.quote).late_cancel_fen,
        ),
        now=now,
        stays_late=reservation.stays_late,
    )


def _terms(uow: UnitOfWork, policy_id: int | None) -> AfterwardsTerms:
    question = (afterwards_terms, policy_id)
    return uow.ask_once(question, lambda: afterwards_terms(uow.session, policy_id))
