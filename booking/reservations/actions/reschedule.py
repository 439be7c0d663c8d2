"""Move or resize a booking: the same rules as for a new one, the old time free only if it works."""

from datetime import datetime

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.instruments.holds import HoldReason, queue_for_units, release_holds
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.life import enter, fact
from booking.reservations.actions.reserve import moment_columns, price_columns
from booking.reservations.actions.rights import behalf, decides, demand_right, locked_for, uses
from booking.reservations.actions.taking import Ask, Judged, allow, hold, judge
from booking.reservations.events import ReservationMoved
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.loading import Loaded, queue_for_instrument
from booking.reservations.queries.units import Helpers, helpers_held_for
from booking.reservations.states import Action, State


def reschedule(
    uow: UnitOfWork,
    number: str,
    span: TimeSpan,
    *,
    actor: Actor,
    now: datetime,
    override_reason: str = "",
) -> Reservation:
    """Another time for the same booking; what needed a decision needs one again."""
    booked = locked_for(uow.session, number, actor)
    reservation = booked.reservation
    by_lab = decides(actor, booked)
    demand_right(uses(actor, booked) or by_lab, Permission.RESERVATION_USE)
    demand_right(by_lab or not override_reason.strip(), Permission.RESERVATION_OVERRIDE)
    before = booked.span
    changes = enter(reservation, Action.MOVE, now=now, reason=override_reason)
    queue_for_instrument(uow.session, reservation.instrument_id)
    helpers = helpers_held_for(uow.session, number)
    reason = override_reason if by_lab else ""
    ask = Ask.again(reservation, reason, span=span, operators=helpers.operators)
    judged = judge(uow.session, ask, now=now)
    if set_aside := allow(uow.session, judged, actor=actor):
        changes["set_aside"] = (None, list(set_aside))
        reservation.override_reason = override_reason
    retake(uow, booked, judged, helpers=helpers)
    changes |= _agree_anew(reservation, judged, actor=actor, now=now)
    changes["span"] = (_plain(before), _plain(span))
    uow.session.flush()
    told = fact(
        booked,
        now=now,
        actor_id=actor.id,
        cause=override_reason,
        changes=changes,
        on_behalf_of=behalf(actor, booked),
    )
    uow.announce(ReservationMoved(**told, waits=reservation.state is State.REQUESTED))
    return reservation


def retake(uow: UnitOfWork, booked: Loaded, judged: Judged, *, helpers: Helpers) -> None:
    """Give back what a booking holds and take what was judged, with whoever is to operate."""
    reservation = booked.reservation
    number, place = reservation.number, reservation.unit_id
    terms, crew = judged.terms, judged.demand.crew
    units = {place, *terms.unit_ids, *terms.part_unit_ids, *helpers.all}
    queue_for_units(uow, units.union(crew.chosen() if crew else ()))
    release_holds(uow, HoldReason.reservation(number))
    reservation.unit_id = hold(uow, judged, number, first=place, accessories=helpers.accessories)
    reservation.starts_at, reservation.ends_at = judged.ask.span.start, judged.ask.span.end


def _agree_anew(
    reservation: Reservation, judged: Judged, *, actor: Actor, now: datetime
) -> dict[str, tuple[object, object]]:
    """New price and moments; a late move does not buy free cancellation back."""
    was, deadline = reservation.quoted_fen, reservation.free_cancel_until
    waits = judged.must_be_approved(actor)
    agreed = price_columns(judged, reservation.samples, reservation.consumables)
    columns = agreed | moment_columns(judged, waits=waits, now=now)
    for name, value in columns.items():
        setattr(reservation, name, value)
    if now >= deadline and reservation.state is State.CONFIRMED:
        reservation.free_cancel_until = min(deadline, reservation.free_cancel_until)
    changes: dict[str, tuple[object, object]] = {}
    if was != reservation.quoted_fen:
        changes["quoted_fen"] = (was, reservation.quoted_fen)
    if waits and reservation.state is State.CONFIRMED:
        changes |= enter(reservation, Action.ASK_AGAIN, now=now)
    return changes


def _plain(span: TimeSpan) -> list[str]:
    return [span.start.isoformat(), span.end.isoformat()]
