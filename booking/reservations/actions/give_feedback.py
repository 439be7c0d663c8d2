"""Say of a use how it was; once, and otherwise until it was reported."""

from collections.abc import Collection
from datetime import datetime

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.reservations.actions.life import fact
from booking.reservations.actions.rights import behalf, demand_right, locked_for, uses
from booking.reservations.errors import FeedbackReported, FeedbackTermOver, UseNotFinished
from booking.reservations.events import UseGraded
from booking.reservations.models.feedback import UseFeedback
from booking.reservations.queries.feedback import FINISHED, feedback_for_update, report_feedback
from booking.reservations.queries.loading import Loaded, use_of_reservation
from booking.reservations.rules.feedback import Word, may_still_be_given


def give_feedback(
    uow: UnitOfWork, number: str, word: Word, *, actor: Actor, now: datetime
) -> UseFeedback:
    """Those who used it say so, or whoever manages their company."""
    booked = locked_for(uow.session, number, actor)
    demand_right(uses(actor, booked), Permission.RESERVATION_USE)
    _must_be_open(uow, booked, now=now)
    row = feedback_for_update(uow.session, booked.reservation.key)
    if row is not None and row.reported_at is not None:
        raise FeedbackReported(number=number)
    before = None if row is None else row.grade.value
    if row is None:
        row = UseFeedback(
            reservation_id=booked.reservation.key,
            instrument_id=booked.reservation.instrument_id,
            organisation_id=booked.reservation.organisation_id,
            grade=word.grade,
            given_by=actor.id,
            given_at=now,
        )
        uow.session.add(row)
    row.grade, row.comment = word.grade, word.comment
    row.given_by, row.given_at = actor.id, now
    uow.session.flush()
    told = fact(
        booked,
        now=now,
        actor_id=actor.id,
        changes={"grade": (before, word.grade.value)},
        on_behalf_of=behalf(actor, booked),
    )
    uow.announce(UseGraded(**told))
    return row


def _must_be_open(uow: UnitOfWork, booked: Loaded, *, now: datetime) -> None:
    reservation = booked.reservation
    if reservation.state not in FINISHED:
        raise UseNotFinished(number=reservation.number)
    ended_at = use_of_reservation(uow.session, reservation.key).ended_at
    if ended_at is None or not may_still_be_given(ended_at, now=now):
        raise FeedbackTermOver(number=reservation.number)


def keep_as_reported(uow: UnitOfWork, reservation_ids: Collection[int], *, now: datetime) -> None:
    """What was said of these uses was handed in."""
    report_feedback(uow.session, reservation_ids, now=now)
