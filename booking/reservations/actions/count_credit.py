"""What of a booking's life counts for a credit score; one's own instruments count for nobody."""

from datetime import timedelta

from booking.credit.actions.enter import Occasion, enter
from booking.credit.queries.standing import terms_in_force
from booking.credit.rules import Cause
from booking.db.transactions import UnitOfWork
from booking.instruments.queries.broken import is_broken_in
from booking.reservations.events import ReservationEvent, UseSettled, UseStarted
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.loading import use_of_reservation
from booking.reservations.rules.training import OPERATED_ALONE


def count_for_company(uow: UnitOfWork, cause: Cause, fact: ReservationEvent) -> None:
    """One entry for whoever booked."""
    if _external(uow, fact) is not None:
        enter(uow, cause, _occasion(fact), now=fact.at)


def count_taken_back(uow: UnitOfWork, fact: ReservationEvent) -> None:
    """The lab took back what it had promised; not held against it where a fault closes the time."""
    if _external(uow, fact) is None or is_broken_in(uow.session, fact.instrument_id, fact.span):
        return
    enter(uow, Cause.HOST_CANCELLATION, _occasion(fact), now=fact.at)


def count_late_start(uow: UnitOfWork, fact: UseStarted) -> None:
    """Where the lab operates, and began late itself; the company may begin too."""
    booked = _external(uow, fact) if fact.by_host else None
    terms = terms_in_force(uow.session, fact.at) if booked else None
    if booked is None or terms is None or booked.mode == OPERATED_ALONE:
        return
    tolerated = timedelta(minutes=terms[1].late_start_minutes)
    if fact.at > fact.span.start + tolerated:
        enter(uow, Cause.HOST_LATE_START, _occasion(fact), terms=terms, now=fact.at)


def count_settled(uow: UnitOfWork, fact: UseSettled) -> None:
    """Silence of either side until its days were over, or the good word of both.

    A use that one word settled, or the centre, left the other side no time to speak.
    """
    terms = terms_in_force(uow.session, fact.at) if _external(uow, fact) is not None else None
    if terms is None:
        return
    usage, occasion = use_of_reservation(uow.session, fact.reservation_id), _occasion(fact)
    by_both = usage.host_confirmed_at is not None and usage.user_confirmed_at is not None
    causes = [Cause.GOOD_USE, Cause.HOST_GOOD_USE] if by_both else []
    if fact.unanswered and usage.user_confirmed_at is None:
        causes.append(Cause.LATE_CONFIRMATION)
    if fact.unanswered and usage.host_confirmed_at is None:
        causes.append(Cause.HOST_LATE_CONFIRMATION)
    for cause in causes:
        enter(uow, cause, occasion, terms=terms, now=fact.at)


def _external(uow: UnitOfWork, fact: ReservationEvent) -> Reservation | None:
    booked = uow.session.get_one(Reservation, fact.reservation_id)
    return booked if booked.external else None


def _occasion(fact: ReservationEvent) -> Occasion:
    return Occasion(
        number=fact.number,
        organisation_id=fact.organisation_id,
        lab_id=fact.lab_id,
        person_id=fact.holder_id,
    )
