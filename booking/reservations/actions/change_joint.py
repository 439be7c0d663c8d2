"""Move or cancel a joint booking as a whole; when a lab takes one step away, the others end too."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, TypedDict

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.instruments.holds import HoldReason, release_holds
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.life import enter, fact, steps_told
from booking.reservations.actions.reschedule import move_with_others
from booking.reservations.actions.reserve_series import queue_for_instruments
from booking.reservations.actions.rights import behalf, demand_right, reads
from booking.reservations.errors import JointBegun, ReservationRefused
from booking.reservations.events import (
    JointCancelled,
    JointMoved,
    ReservationCancelled,
    ReservationEvent,
)
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.joint import others_of_joint, steps_for_update
from booking.reservations.queries.loading import Loaded
from booking.reservations.queries.units import holdings_of
from booking.reservations.rules.joint import step_said
from booking.reservations.states import Action, State

STEP_LOST: Final = "a step of the joint booking was lost"
_OPEN: Final = frozenset({State.REQUESTED, State.CONFIRMED})


def cancel_joint(
    uow: UnitOfWork, number: str, *, actor: Actor, now: datetime, reason: str = ""
) -> Sequence[Loaded]:
    """Give back every step that has not begun; fees as for each alone.

    A lab takes its own steps back; the others end with the first of them.
    """
    ahead = _ahead(uow, number, actor, now=now)
    with uow.as_one():
        for one in ahead:
            if one.reservation.state in _OPEN:
                cancel(uow, one.reservation.number, actor=actor, now=now, reason=reason)
    fee = sum(one.reservation.fee_fen for one in ahead)
    ended = [one.reservation for one in steps_for_update(uow.session, number)]
    uow.announce(
        JointCancelled(
            at=now,
            subject=f"joint_booking:{number}",
            actor_id=actor.id,
            on_behalf_of=behalf(actor, ahead[0]),
            cause=reason,
            changes={"fee_fen": (0, fee)} if fee else {},
            **_whole(number, ahead[0]),
            # With those of other labs, which ended with the first of these.
            steps=steps_told(
                one for one in ended if one.state is State.CANCELLED and one.updated_at == now
            ),
            fee_fen=fee,
        )
    )
    return ahead


def move_joint(
    uow: UnitOfWork, number: str, start: datetime, *, actor: Actor, now: datetime
) -> Sequence[Loaded]:
    """Let the first step begin at `start` and the others keep their distance: all or none."""
    steps = _ahead(uow, number, actor, now=now, whole=True)
    some = steps[0].reservation
    holdings = holdings_of(uow.session, [one.reservation.number for one in steps])
    queue_for_instruments(
        uow,
        (one.reservation.instrument_id for one in steps),
        (some.organisation_id, some.holder_id),
        now=now,
        helpers={unit for one in holdings.values() for unit in one.units},
    )
    by = start - min(one.span.start for one in steps)
    # On one instrument whoever moves later makes room for those before, and the other way round.
    with uow.as_one():
        for one in sorted(steps, key=lambda one: one.span, reverse=by > timedelta(0)):
            to = TimeSpan(one.span.start + by, one.span.end + by)
            try:
                move_with_others(uow, one.reservation.number, to, actor=actor, now=now)
            except ReservationRefused as refused:
                refused.violations = step_said(refused.violations, _place(steps, one))
                raise
    uow.announce(
        JointMoved(
            at=now,
            subject=f"joint_booking:{number}",
            actor_id=actor.id,
            on_behalf_of=behalf(actor, steps[0]),
            changes={"starts_at": ((start - by).isoformat(), start.isoformat())},
            **_whole(number, steps[0]),
            steps=steps_told(one.reservation for one in steps),
        )
    )
    return steps


def end_with_step(uow: UnitOfWork, event: ReservationEvent) -> None:
    """A lab said no to one step, did not answer, or took it back: the others cost nothing more."""
    # Whoever announces it has it at hand: what stands alone is asked nothing.
    if uow.session.get_one(Reservation, event.reservation_id).joint_id is None:
        return
    for one in others_of_joint(uow.session, event.reservation_id, event.at):
        end_step(uow, one, actor_id=event.actor_id, now=event.at)


def end_step(uow: UnitOfWork, step: Loaded, *, actor_id: int | None, now: datetime) -> None:
    """Give back a step that is of no use alone; it costs nothing."""
    reservation = step.reservation
    changes = enter(reservation, Action.CANCEL, now=now, reason=STEP_LOST)
    uow.session.flush()
    release_holds(uow, HoldReason.reservation(reservation.number))
    told = fact(step, now=now, actor_id=actor_id, cause=STEP_LOST, changes=changes)
    uow.announce(ReservationCancelled(**told, late=False, fee_fen=0))


def _ahead(
    uow: UnitOfWork, number: str, actor: Actor, *, now: datetime, whole: bool = False
) -> Sequence[Loaded]:
    """The steps that the actor knows and that have not begun, locked; JointBegun when none is left,
    or `whole` and not all are. Forbidden when `whole` and some are another lab's."""
    steps = steps_for_update(uow.session, number)
    known = [one for one in steps if reads(actor, one)]
    if not known:
        raise NotFound(number=number)
    demand_right(not whole or len(known) == len(steps), Permission.RESERVATION_DECIDE)
    left = [one for one in known if one.reservation.state in _OPEN]
    ahead = [one for one in left if one.reservation.starts_at > now]
    if not ahead or (whole and len(ahead) < len(left)):
        raise JointBegun
    return ahead


class _Whole(TypedDict):
    number: str
    organisation_id: int
    holder_id: int


def _whole(number: str, step: Loaded) -> _Whole:
    some = step.reservation
    return _Whole(number=number, organisation_id=some.organisation_id, holder_id=some.holder_id)


def _place(steps: Sequence[Loaded], step: Loaded) -> int:
    return sorted(steps, key=lambda one: one.span).index(step) + 1
