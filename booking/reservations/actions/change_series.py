"""Decide, move or cancel several bookings of a series: each by its rules, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import NotFound
from booking.kernel.events import Changes
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.approve_together import approve_together
from booking.reservations.actions.cancel import cancel, cancel_all
from booking.reservations.actions.decide import reject_all
from booking.reservations.actions.life import LONGEST_REASON
from booking.reservations.actions.reschedule import By, reschedule
from booking.reservations.actions.reschedule_together import reschedule_together
from booking.reservations.actions.rights import behalf, decides, demand_right, reads
from booking.reservations.errors import NotInSeries
from booking.reservations.events import (
    SeriesApproved,
    SeriesCancelled,
    SeriesMoved,
    SeriesRejected,
)
from booking.reservations.queries.loading import Loaded, reservation_by_number
from booking.reservations.queries.series import (
    ahead_in_series_for_update,
    any_of_series,
    first_ahead_in_series,
    series_of,
    waiting_in_series_for_update,
)
from booking.reservations.rules.series import Scope, shifted
from booking.reservations.states import State


@dataclass(frozen=True, slots=True)
class Move:
    """Where to, and which occurrences go along."""

    span: TimeSpan
    scope: Scope = Scope.THIS
    override_reason: str = ""


class SeriesFact(TypedDict):
    """What every fact about several bookings tells."""

    at: datetime
    subject: str
    actor_id: int | None
    on_behalf_of: str
    cause: str
    changes: Changes
    number: str
    instrument_id: int
    lab_id: int
    organisation_id: int
    holder_id: int
    occurrences: int
    spans: tuple[TimeSpan, ...]


def approve_series(
    uow: UnitOfWork, number: str, *, actor: Actor, now: datetime, reason: str = ""
) -> Sequence[Loaded]:
    """Promise every time that still waits, or none."""
    waiting = _waiting(uow, number, actor)
    with uow.as_one():
        approve_together(uow, waiting, actor=actor, now=now, reason=reason)
    uow.announce(SeriesApproved(**_told(number, waiting, actor, now=now, cause=reason)))
    return waiting


def reject_series(
    uow: UnitOfWork, number: str, *, actor: Actor, now: datetime, reason: str = ""
) -> Sequence[Loaded]:
    """Say no to every time that still waits, with one reason."""
    waiting = _waiting(uow, number, actor)
    with uow.as_one():
        reject_all(uow, waiting, actor=actor, now=now, reason=reason)
    uow.announce(SeriesRejected(**_told(number, waiting, actor, now=now, cause=reason)))
    return waiting


def cancel_in_series(
    uow: UnitOfWork, number: str, scope: Scope, *, actor: Actor, now: datetime, reason: str = ""
) -> Sequence[Loaded]:
    """Give back a booking, it and those after it, or all that are ahead; fees as for each alone."""
    if scope is Scope.THIS:
        cancel(uow, number, actor=actor, now=now, reason=reason)
        return ()
    series, ahead = _ahead(uow, number, scope, actor=actor, now=now)
    with uow.as_one():
        cancel_all(uow, ahead, actor=actor, now=now, reason=reason)
    fee = sum(one.reservation.fee_fen for one in ahead)
    told = _told(series, ahead, actor, now=now, cause=reason)
    uow.announce(SeriesCancelled(**told, fee_fen=fee))
    return ahead


def move_in_series(
    uow: UnitOfWork, number: str, wanted: Move, *, actor: Actor, now: datetime
) -> Sequence[Loaded]:
    """Move a booking, and others of its series by the same time to the same length: all or none."""
    span, scope, reason = wanted.span, wanted.scope, wanted.override_reason
    if scope is Scope.THIS:
        reschedule(uow, number, span, actor=actor, now=now, override_reason=reason)
        return ()
    series, ahead = _ahead(uow, number, scope, actor=actor, now=now)
    before = next((one.span for one in ahead if one.reservation.number == number), None)
    if before is None:
        raise NotInSeries
    moves = [(one, shifted(one.span, before, span)) for one in ahead]
    facts = reschedule_together(uow, moves, by=By(actor, now, reason))
    with uow.as_one():
        uow.announce_all(facts)
    moved = sorted(ahead, key=lambda one: one.span)
    told = _told(series, moved, actor, now=now, cause=reason)
    waits = any(one.reservation.state is State.REQUESTED for one in moved)
    uow.announce(SeriesMoved(**told, waits=waits))
    return moved


@dataclass(frozen=True, slots=True)
class Meant:
    """Which bookings of a series: of which one is it said, and how far does it reach."""

    series: str
    reservation: str | None
    scope: Scope


def meant_in_series(session: Session, meant: Meant, *, actor: Actor, now: datetime) -> str:
    """The booking of a series that a change is said of: the one that is named, or of all the first
    that has not begun."""
    if not reads(actor, any_of_series(session, meant.series)):
        raise NotFound(number=meant.series)
    number = meant.reservation
    if number is None and meant.scope is Scope.ALL:
        number = first_ahead_in_series(session, meant.series, now)
    if number is None or series_of(session, number) != meant.series:
        raise NotInSeries
    return number


def _ahead(
    uow: UnitOfWork, number: str, scope: Scope, *, actor: Actor, now: datetime
) -> tuple[str, Sequence[Loaded]]:
    """The series of a booking and what is meant of it, in order of time."""
    session = uow.session
    booked = reservation_by_number(session, number)
    if not reads(actor, booked):
        raise NotFound(number=number)
    series = series_of(session, number)
    since = booked.reservation.starts_at if scope is Scope.FOLLOWING else None
    ahead = series and ahead_in_series_for_update(session, series, since=since, now=now)
    if not series or not ahead:
        raise NotInSeries
    return series, sorted(ahead, key=lambda one: one.span)


def _waiting(uow: UnitOfWork, number: str, actor: Actor) -> Sequence[Loaded]:
    some = any_of_series(uow.session, number)
    if not reads(actor, some):
        raise NotFound(number=number)
    demand_right(decides(actor, some), Permission.RESERVATION_DECIDE)
    waiting = waiting_in_series_for_update(uow.session, number)
    if not waiting:
        raise NotInSeries
    return sorted(waiting, key=lambda one: one.span)


def _told(
    series: str, rows: Sequence[Loaded], actor: Actor, *, now: datetime, cause: str
) -> SeriesFact:
    some = rows[0]
    return SeriesFact(
        at=now,
        subject=f"reservation_series:{series}",
        actor_id=actor.id,
        on_behalf_of=behalf(actor, some),
        cause=cause[:LONGEST_REASON],
        changes={"occurrences": (None, len(rows))},
        number=series,
        instrument_id=some.reservation.instrument_id,
        lab_id=some.lab_id,
        organisation_id=some.reservation.organisation_id,
        holder_id=some.reservation.holder_id,
        occurrences=len(rows),
        spans=tuple(one.span for one in rows),
    )
