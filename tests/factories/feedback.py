"""Words of users about uses: as plain rows, or said by somebody."""

from datetime import datetime

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.reservations.actions.give_feedback import give_feedback
from booking.reservations.models.feedback import UseFeedback
from booking.reservations.models.reservation import Reservation
from booking.reservations.rules.feedback import Grade, Word


def make_feedback(
    uow: UnitOfWork, of: Reservation, grade: Grade = Grade.GOOD, *, now: datetime, comment: str = ""
) -> UseFeedback:
    """What the holder of a booking said of its use."""
    made = UseFeedback(
        reservation_id=of.key,
        instrument_id=of.instrument_id,
        organisation_id=of.organisation_id,
        grade=grade,
        comment=comment,
        given_by=of.holder_id,
        given_at=now,
    )
    uow.session.add(made)
    uow.session.flush()
    return made


def grade_use(uow: UnitOfWork, number: str, comment: str, *, actor: Actor, now: datetime) -> None:
    """Say that it was good, and why."""
    give_feedback(uow, number, Word(Grade.GOOD, comment), actor=actor, now=now)
