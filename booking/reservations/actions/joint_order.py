"""A step of a joint booking that moves alone stays where it is among the others."""

from datetime import timedelta

from sqlmodel import Session

from booking.kernel.timespan import TimeSpan
from booking.reservations.errors import JointOrderBroken
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.joint import places_beside
from booking.reservations.rules.joint import Placed, keeps_order


def demand_order(session: Session, step: Reservation, to: TimeSpan) -> None:
    """JointOrderBroken when a step would overtake another, or come closer to it than it must."""
    others = places_beside(session, step)
    pause = timedelta(minutes=step.joint_pause_minutes)
    if not keeps_order(Placed(TimeSpan(step.starts_at, step.ends_at), pause), to, others):
        raise JointOrderBroken
