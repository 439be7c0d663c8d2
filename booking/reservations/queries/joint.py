"""Joint bookings: seen by those who may, locked for a deed, and when all instruments are free."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.instruments.queries.stretches import Asking, free_time
from booking.instruments.queries.terms import booking_terms
from booking.instruments.rules.terms import usual_mode
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from booking.reservations.models.joint import JointBooking
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.lists import known_to
from booking.reservations.queries.loading import Loaded, locked, reservations
from booking.reservations.queries.missing import missing_units
from booking.reservations.queries.seen import SEEN, Seen, seen
from booking.reservations.rules.alternatives import search_span
from booking.reservations.rules.joint import Bookable, Placed, nearest_starts
from booking.reservations.rules.wish import Wish
from booking.reservations.states import HOLDING, State

_OPEN = (State.REQUESTED, State.CONFIRMED)


@dataclass(frozen=True, slots=True)
class JointSeen:
    """A joint booking with those of its steps that somebody may know of, in order of time."""

    number: str
    created_at: datetime
    booked: tuple[Seen, ...]
    # With those of other labs, which a lab learns nothing of.
    steps: int

    @property
    def whole(self) -> bool:
        """Whether every step is shown: only then it is moved as a whole."""
        return len(self.booked) == self.steps

    @property
    def total_fen(self) -> int:
        """What the steps cost that were not given back, with the fees of all."""
        gone = {State.CANCELLED, State.REJECTED, State.EXPIRED, State.MISSED}
        kept = sum(one.quoted_fen for one in self.booked if one.state not in gone)
        return kept + sum(one.fee_fen for one in self.booked)


def joint_seen_by(session: Session, number: str, actor: Actor) -> JointSeen:
    """One joint booking; NotFound for whoever may know of none of its steps."""
    joint = session.execute(
        sa.select(JointBooking).where(col(JointBooking.number) == number)
    ).scalar_one_or_none()
    found = joint and seen(
        session,
        SEEN.where(col(Reservation.joint_id) == joint.id, known_to(actor)).order_by(
            col(Reservation.starts_at), col(Reservation.id)
        ),
    )
    if not joint or not found:
        raise NotFound(number=number)
    steps = session.execute(
        sa.select(sa.func.count()).where(col(Reservation.joint_id) == joint.id)
    ).scalar_one()
    return JointSeen(joint.number, joint.created_at, tuple(found), steps)


def steps_for_update(session: Session, number: str) -> Sequence[Loaded]:
    """Every step of a joint booking, locked in order of id."""
    rows = session.execute(
        locked(
            reservations()
            .join(JointBooking, col(JointBooking.id) == col(Reservation.joint_id))
            .where(col(JointBooking.number) == number)
            .order_by(col(Reservation.id))
        )
    ).all()
    if not rows:
        raise NotFound(number=number)
    return [Loaded(*row) for row in rows]


def others_of_joint(session: Session, reservation_id: int, now: datetime) -> Sequence[Loaded]:
    """What else is still ahead of the joint booking of a step, locked; none for what stands alone.

    What somebody decides this very moment is left to them: two labs that refuse two steps at once
    would wait in a ring. The job finds it.
    """
    whose = sa.select(col(Reservation.joint_id)).where(col(Reservation.id) == reservation_id)
    ahead = reservations().where(
        col(Reservation.joint_id) == whose.scalar_subquery(),
        col(Reservation.id) != reservation_id,
        *_still_ahead(now),
    )
    rows = session.execute(locked(ahead.order_by(col(Reservation.id)), skip=True)).all()
    return [Loaded(*one) for one in rows]


def queue_for_joints(session: Session, steps: Iterable[Reservation]) -> None:
    """Wait for whoever moves a step of any of these joint bookings, lowest id first: two who
    exchange steps of the same two never wait in a ring."""
    ids = {one.joint_id for one in steps if one.joint_id is not None}
    if ids:
        asked = sa.select(col(JointBooking.id)).where(col(JointBooking.id).in_(sorted(ids)))
        session.execute(asked.order_by(col(JointBooking.id)).with_for_update())


def places_beside(session: Session, step: Reservation) -> Sequence[Placed]:
    """Where the other steps of a joint booking lie that were not given back; whoever else moves one
    of them alone waits until we end."""
    if step.joint_id is None:
        return ()
    whole = sa.select(col(JointBooking.id)).where(col(JointBooking.id) == step.joint_id)
    session.execute(whole.with_for_update())
    r = Reservation
    asked = sa.select(col(r.starts_at), col(r.ends_at), col(r.joint_pause_minutes)).where(
        col(r.joint_id) == step.joint_id,
        col(r.id) != step.key,
        col(r.state).in_(HOLDING),
    )
    rows = session.execute(asked)
    return [Placed(TimeSpan(start, end), timedelta(minutes=pause)) for start, end, pause in rows]


def left_without_a_step(session: Session, now: datetime) -> Sequence[Loaded]:
    """What is still ahead of joint bookings of which a step was refused or never answered."""
    lost = aliased(Reservation)
    ahead = reservations().where(
        sa.text("reservation.joint_id IS NOT NULL"),
        *_still_ahead(now),
        sa.exists().where(
            col(lost.joint_id) == col(Reservation.joint_id),
            col(lost.state).in_((State.REJECTED, State.EXPIRED)),
        ),
    )
    rows = session.execute(locked(ahead.order_by(col(Reservation.id)), skip=True)).all()
    return [Loaded(*one) for one in rows]


def _still_ahead(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return col(Reservation.state).in_(_OPEN), col(Reservation.starts_at) > now


def starts_near(
    session: Session, steps: Sequence[Wish], *, now: datetime, at_most: int = 3
) -> tuple[datetime, ...]:
    """When the first step could begin so that every instrument is open and free for its own, and
    so are the operators and accessories that it names.

    Quotas and hours kept for others are not looked at; booking asks them.
    """
    if any(_needs_the_same(one, other) for one, other in combinations(steps, 2)):
        return ()
    whole = TimeSpan(min(one.span.start for one in steps), max(one.span.end for one in steps))
    within = search_span(whole, now=now)
    bookable = [_bookable(session, one, within, now=now) for one in steps]
    return nearest_starts([one.span for one in steps], bookable, within=within, at_most=at_most)


def _needs_the_same(one: Wish, other: Wish) -> bool:
    """Whether two steps at one time name the same operator or accessory: never can both be had."""
    return one.span.overlaps(other.span) and not set(one.helper_ids).isdisjoint(other.helper_ids)


def _bookable(session: Session, step: Wish, within: TimeSpan, *, now: datetime) -> Bookable:
    """What a step's instrument offers in the step's mode while whoever it names could be there."""
    here = step.instrument_id
    terms = booking_terms(session, here, step.span, now=now)
    mode = (step.mode or usual_mode(terms.service_modes)) if terms.published else ""
    found = free_time(session, [here], within, asking=Asking(now, mode))
    offered = [one for one in found if mode in one.modes]
    grids = [timedelta(seconds=one.policy.grid) for one in offered]
    missing = missing_units(session, step.helper_ids, within)
    free = [
        left
        for one in offered
        for stretch in one.stretches
        for left in stretch.minus(missing.kept_from(one.policy))
    ]
    return Bookable(free, max(grids, default=timedelta(0)))
