"""Taking a step in a reservation's life, and telling of it with what was before and after."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict

from booking.kernel.errors import BookingError
from booking.kernel.events import Changes
from booking.kernel.timespan import TimeSpan
from booking.reservations.errors import IllegalTransition, ReasonMissing
from booking.reservations.events import JointStep
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.loading import Loaded
from booking.reservations.states import Action, State, after

LONGEST_REASON = 500


class Fact(TypedDict):
    """What every fact about a reservation tells."""

    at: datetime
    subject: str
    actor_id: int | None
    on_behalf_of: str
    cause: str
    changes: Changes
    number: str
    reservation_id: int
    instrument_id: int
    lab_id: int
    organisation_id: int
    holder_id: int
    span: TimeSpan
    version: int


def enter(
    reservation: Reservation, action: Action, *, now: datetime, reason: str = ""
) -> dict[str, tuple[object, object]]:
    """Go where the table says, or refuse; what changed, as it was and as it is."""
    before = reservation.state
    target = after(before, action)
    if target is None:
        raise illegal(reservation, action)
    reservation.state = target
    reservation.state_reason = reason[:LONGEST_REASON]
    touch(reservation, now)
    return {"state": (before.value, target.value)} if target is not before else {}


def touch(reservation: Reservation, now: datetime) -> None:
    """Mark a row as changed."""
    reservation.version += 1
    reservation.updated_at = now


def illegal(reservation: Reservation, action: Action) -> BookingError:
    return IllegalTransition(state=reservation.state, action=action)


def demand_reason(reason: str) -> str:
    """A reason that says something."""
    stripped = reason.strip()
    if not stripped:
        raise ReasonMissing
    return stripped


def fact(
    booked: Loaded,
    *,
    now: datetime,
    actor_id: int | None,
    changes: Changes,
    cause: str = "",
    on_behalf_of: str = "",
) -> Fact:
    """What is told about a reservation, whatever happened to it."""
    reservation = booked.reservation
    return Fact(
        at=now,
        subject=f"reservation:{reservation.number}",
        actor_id=actor_id,
        on_behalf_of=on_behalf_of,
        cause=cause[:LONGEST_REASON],
        changes=changes,
        number=reservation.number,
        reservation_id=reservation.key,
        instrument_id=reservation.instrument_id,
        lab_id=booked.lab_id,
        organisation_id=reservation.organisation_id,
        holder_id=reservation.holder_id,
        span=booked.span,
        version=reservation.version,
    )


def steps_told(steps: Iterable[Reservation]) -> tuple[JointStep, ...]:
    """What is told of the steps of a joint booking, in order of time."""
    return tuple(
        JointStep(
            number=one.number,
            instrument_id=one.instrument_id,
            span=TimeSpan(one.starts_at, one.ends_at),
            version=one.version,
            waits=one.state is State.REQUESTED,
        )
        for one in sorted(steps, key=lambda one: (one.starts_at, one.key))
    )
