"""Move or resize a booking: the same rules as for a new one, the old time free only if it works.

Where only the end changes, the booking may be in use; less time needs nobody's leave.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.instruments.holds import HoldReason, queue_for_units, release_holds, shorten_holds
from booking.instruments.queries.holds import conflicts_on
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.agreeing import (
    Changed,
    agree_anew,
    kept_quote,
    owe_for_less,
    percent_of_less,
    requote,
)
from booking.reservations.actions.consent import (
    changes_for_others,
    demand_consent,
    demand_not_dearer,
)
from booking.reservations.actions.holding import hold
from booking.reservations.actions.joint_order import demand_order
from booking.reservations.actions.life import enter, fact, illegal
from booking.reservations.actions.rights import behalf, decides, demand_right, locked_for, uses
from booking.reservations.actions.taking import Ask, Judged, allow, judge
from booking.reservations.errors import EndPassed, LabDecides
from booking.reservations.events import ReservationMoved
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.hindrance import is_kept_out
from booking.reservations.queries.loading import Loaded, queue_for_instrument
from booking.reservations.queries.terms import KeptTerms
from booking.reservations.queries.units import Helpers, helpers_held_for
from booking.reservations.rules.booking import (
    EXTENDING_RULES,
    RULES,
    Rule,
    caused_by_shortening,
)
from booking.reservations.states import Action, State


@dataclass(frozen=True, slots=True)
class By:
    """Who changes a booking, when, and why against a rule."""

    actor: Actor
    now: datetime
    reason: str = ""


def reschedule(
    uow: UnitOfWork,
    number: str,
    span: TimeSpan,
    *,
    actor: Actor,
    now: datetime,
    override_reason: str = "",
) -> Reservation:
    """Another time for the same booking; what needed a decision needs one again.

    A lab takes other or more time from others only as far as it needs no consent. A step of a joint
    booking keeps its place among the others.
    """
    booked = locked_for(uow.session, number, actor)
    uow.announce(rescheduled(uow, booked, span, by=By(actor, now, override_reason)))
    return booked.reservation


def move_with_others(
    uow: UnitOfWork, number: str, span: TimeSpan, *, actor: Actor, now: datetime
) -> Reservation:
    """The same of a step of a joint booking whose other steps move along."""
    booked = locked_for(uow.session, number, actor)
    uow.announce(rescheduled(uow, booked, span, by=By(actor, now), alone=False))
    return booked.reservation


def rescheduled(
    uow: UnitOfWork, booked: Loaded, span: TimeSpan, *, by: By, alone: bool = True
) -> ReservationMoved:
    """The same for one that is locked; the fact that is still to be announced."""
    demand_change(booked, by)
    demand_not_missed(uow.session, booked, by, action=Action.MOVE)
    if alone:
        demand_order(uow.session, booked.reservation, span)
    for_others = changes_for_others(by.actor, booked)
    if for_others:
        demand_consent(uow.session, booked, span, reason=by.reason)
    before, was_fen = booked.span, booked.reservation.quoted_fen
    if span.start == before.start and span.end != before.end:
        changes = _resize(uow, booked, span, by=by)
    else:
        changes = _move(uow, booked, span, by=by)
    changes["span"] = (plain(before), plain(span))
    if for_others:
        demand_not_dearer(booked, was_fen)
    uow.session.flush()
    return moved_fact(booked, changes, by=by)


def demand_change(booked: Loaded, by: By) -> None:
    """Those who use it and the lab change it; rules yield to the lab only."""
    by_lab = decides(by.actor, booked)
    demand_right(uses(by.actor, booked) or by_lab, Permission.RESERVATION_USE)
    demand_right(by_lab or not by.reason.strip(), Permission.RESERVATION_OVERRIDE)


def demand_not_missed(session: Session, booked: Loaded, by: By, *, action: Action) -> None:
    """Whoever did not come cannot make the no-show one of another time, or of another person; only
    who was kept out by a use that ran over may still move on."""
    reservation = booked.reservation
    if reservation.state is not State.CONFIRMED or by.now < reservation.missed_from:
        return
    if uses(by.actor, booked) and not is_kept_out(session, booked, by.now):
        raise illegal(reservation, action)


def moved_fact(booked: Loaded, changes: Changed, *, by: By) -> ReservationMoved:
    """That it was moved or resized, still to be announced."""
    told = fact(
        booked,
        now=by.now,
        actor_id=by.actor.id,
        cause=by.reason,
        changes=changes,
        on_behalf_of=behalf(by.actor, booked),
    )
    return ReservationMoved(**told, waits=booked.reservation.state is State.REQUESTED)


def resize(
    uow: UnitOfWork,
    number: str,
    ends_at: datetime,
    *,
    actor: Actor,
    now: datetime,
    override_reason: str = "",
) -> Reservation:
    """Another end for the same booking, also while it is used."""
    reservation = locked_for(uow.session, number, actor).reservation
    if ends_at <= reservation.starts_at:
        raise EndPassed(earliest=max(reservation.starts_at, now))
    span = TimeSpan(reservation.starts_at, ends_at)
    return reschedule(uow, number, span, actor=actor, now=now, override_reason=override_reason)


def _move(uow: UnitOfWork, booked: Loaded, span: TimeSpan, *, by: By) -> Changed:
    reservation = booked.reservation
    changes = enter(reservation, Action.MOVE, now=by.now, reason=by.reason)
    judged, helpers = _judged(uow, booked, span, by=by)
    changes |= _allowed(uow.session, reservation, judged, by=by)
    retake(uow, booked, judged, helpers=helpers)
    return changes | _agreed_anew(uow.session, booked, judged, by=by)


def _resize(uow: UnitOfWork, booked: Loaded, span: TimeSpan, *, by: By) -> Changed:
    reservation = booked.reservation
    changes = enter(reservation, Action.RESIZE, now=by.now, reason=by.reason)
    if span.end <= by.now:
        raise EndPassed(earliest=by.now)
    judged, helpers = _judged(uow, booked, span, by=by)
    if span.end < reservation.ends_at:
        return changes | _shorten(uow, booked, judged, by=by)
    if reservation.state is State.IN_USE:
        return changes | _extend_use(uow, booked, judged, helpers=helpers, by=by)
    changes |= _allowed(uow.session, reservation, judged, by=by)
    retake(uow, booked, judged, helpers=helpers)
    return changes | _agreed_anew(uow.session, booked, judged, by=by)


def _shorten(uow: UnitOfWork, booked: Loaded, judged: Judged, *, by: By) -> Changed:
    """Less of the same time, by its own price list; what it costs not to come stays."""
    reservation, before = booked.reservation, booked.span
    rules = (caused_by_shortening(before),)
    changes = _allowed(uow.session, reservation, judged, by=by, rules=rules)
    span = judged.demand.span
    changes |= _requoted(uow.session, booked, span, by=by)
    reservation.ends_at = span.end
    reservation.missed_from = min(reservation.missed_from, span.end)
    uow.session.flush()
    less = before.end - span.end
    shorten_holds(uow, HoldReason.reservation(reservation.number), by=less)
    return changes


def _extend_use(
    uow: UnitOfWork, booked: Loaded, judged: Judged, *, helpers: Helpers, by: By
) -> Changed:
    """More time where somebody works: on the same place or not at all."""
    reservation, place = booked.reservation, booked.reservation.unit_id
    if judged.must_be_approved(by.actor):
        raise LabDecides
    changes = _allowed(uow.session, reservation, judged, by=by, rules=EXTENDING_RULES)
    retake(uow, booked, judged, helpers=helpers)
    if reservation.unit_id != place:
        held = judged.policy.held(judged.demand.span)
        raise SlotTaken(conflicts_on(uow.session, [place], held))
    return changes | _requoted(uow.session, booked, judged.demand.span, by=by)


def _requoted(session: Session, booked: Loaded, span: TimeSpan, *, by: By) -> Changed:
    """Its price for another length; whoever uses it owes something for what is given back late."""
    kept, reservation = KeptTerms(session), booked.reservation
    was_fen = reservation.quoted_fen
    percent = percent_of_less(kept, reservation, by.now) if uses(by.actor, booked) else 0
    changes = requote(reservation, kept_quote(kept, reservation, span, now=by.now))
    owe_for_less(reservation, percent, before_fen=was_fen)
    return changes


def _judged(uow: UnitOfWork, booked: Loaded, span: TimeSpan, *, by: By) -> tuple[Judged, Helpers]:
    reservation = booked.reservation
    queue_for_instrument(uow.session, reservation.instrument_id)
    helpers = helpers_held_for(uow.session, reservation.number)
    ask = Ask.again(
        reservation,
        by.reason,
        span=span,
        operators=helpers.operators,
        accessories=helpers.accessories,
    )
    return judge(uow.session, ask, now=by.now), helpers


def _allowed(
    session: Session,
    reservation: Reservation,
    judged: Judged,
    *,
    by: By,
    rules: Iterable[Rule] = RULES,
) -> Changed:
    """Refuse, or keep why which rules were set aside."""
    set_aside = allow(session, judged, actor=by.actor, rules=rules)
    if not set_aside:
        return {}
    reservation.override_reason = by.reason
    return {"set_aside": (None, list(set_aside))}


def _agreed_anew(session: Session, booked: Loaded, judged: Judged, *, by: By) -> Changed:
    by_lab = not uses(by.actor, booked)
    reservation = booked.reservation
    kept = KeptTerms(session)
    return agree_anew(kept, reservation, judged, actor=by.actor, now=by.now, by_lab=by_lab)


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


def plain(span: TimeSpan) -> list[str]:
    """A span as facts keep it."""
    return [span.start.isoformat(), span.end.isoformat()]
