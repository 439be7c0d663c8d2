"""Take several instruments together, at once or one after the other: all of them or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.kernel.errors import Alternative, BookingError
from booking.kernel.ids import reference
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.foresee import Foreseen, Planned, foresee_together, not_to_be_had
from booking.reservations.actions.life import steps_told
from booking.reservations.actions.note_refusal import (
    note_later,
    refused_with,
)
from booking.reservations.actions.reserve import booker_of
from booking.reservations.actions.reserve_planned import reserve_planned
from booking.reservations.actions.reserve_series import queue_for_instruments
from booking.reservations.errors import ReservationRefused
from booking.reservations.events import JointReserved
from booking.reservations.models.joint import JointBooking
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.joint import starts_near
from booking.reservations.rules.joint import demand_steps, pauses, step_said
from booking.reservations.rules.refusal import Asked
from booking.reservations.rules.wish import PartOf, Wish


@dataclass(frozen=True, slots=True)
class JointMade:
    """A joint booking with its steps, as they were asked for."""

    joint: JointBooking
    booked: tuple[Reservation, ...]

    @property
    def total_fen(self) -> int:
        return sum(one.quoted_fen for one in self.booked)


def reserve_joint(
    uow: UnitOfWork, wishes: Sequence[Wish], *, actor: Actor, now: datetime
) -> JointMade:
    """Book every step or nothing; a refusal names each step that cannot be had, and other starts.

    All steps are for the same person and organisation; each is decided by its own lab.
    """
    session = uow.session
    demand_steps([one.span for one in wishes], [one.instrument_id for one in wishes])
    holder_id, organisation_id = booker_of(session, wishes[0], actor)
    steps = [replace(one, organisation_id=organisation_id) for one in wishes]
    queue_for_instruments(
        uow,
        (one.instrument_id for one in steps),
        (organisation_id, holder_id),
        now=now,
        helpers=[unit for one in steps for unit in one.helper_ids],
    )
    foreseen = foresee_together(session, steps, actor=actor, now=now)
    if missing := not_to_be_had(steps, foreseen, organisation_id):
        note_later(uow, missing, now=now)
        raise refusal_of(foreseen, _alternatives(uow, steps, now=now))
    joint = JointBooking(
        number=reference("J", now),
        organisation_id=organisation_id,
        created_by=actor.id,
        created_at=now,
    )
    session.add(joint)
    session.flush()
    parts = [_part(joint, pause) for pause in pauses([one.span for one in steps])]
    plans = [one.planned for one in foreseen if one.planned]

    def lost(plan: Planned, refused: SlotTaken | ReservationRefused) -> None:
        asked = Asked(plan.wish.instrument_id, organisation_id, plan.wish.span)
        note_later(uow, [refused_with(asked, refused)], now=now)
        raise refused

    with uow.as_one():
        booked = reserve_planned(uow, plans, parts, actor=actor, now=now, lost=lost)
    made = JointMade(joint, booked)
    uow.announce(
        JointReserved(
            at=now,
            subject=f"joint_booking:{joint.number}",
            actor_id=actor.id,
            on_behalf_of="" if holder_id == actor.id else f"user:{holder_id}",
            changes={"bookings": (None, [one.number for one in booked])},
            number=joint.number,
            organisation_id=organisation_id,
            holder_id=holder_id,
            steps=steps_told(booked),
            total_fen=made.total_fen,
        )
    )
    return made


def _part(joint: JointBooking, pause: timedelta) -> PartOf:
    return PartOf(joint_id=joint.key, joint_pause_minutes=pause // timedelta(minutes=1))


def refusal_of(
    foreseen: Sequence[Foreseen], alternatives: Sequence[Alternative] = ()
) -> BookingError:
    """Everything that stands in the way of any step; violations carry the number of theirs."""
    conflicts = tuple(conflict for one in foreseen for conflict in one.conflicts)
    broken = [
        said for n, one in enumerate(foreseen, start=1) for said in step_said(one.violations, n)
    ]
    if not broken:
        taken = SlotTaken(conflicts)
        taken.alternatives = tuple(alternatives)
        return taken
    refused = ReservationRefused(broken, alternatives)
    refused.conflicts = conflicts
    return refused


def _alternatives(
    uow: UnitOfWork, steps: Sequence[Wish], *, now: datetime
) -> tuple[Alternative, ...]:
    """Other times for the whole, told by its first step."""
    first = steps[0]
    starts = starts_near(uow.session, steps, now=now)
    return tuple(
        Alternative(first.instrument_id, TimeSpan(start, start + first.span.length))
        for start in starts
    )
