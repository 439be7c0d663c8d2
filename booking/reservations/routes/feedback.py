"""What users say of a use: a card on the booking's page, what still waits, an average for all."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import PUBLIC, requires
from booking.access.permissions import Permission
from booking.instruments.queries.cards import card_seen_by
from booking.reservations.actions.give_feedback import give_feedback
from booking.reservations.actions.rights import is_users
from booking.reservations.forms.feedback import FeedbackForm
from booking.reservations.queries.feedback import (
    FINISHED,
    average_grade,
    feedback_of,
    to_grade,
)
from booking.reservations.queries.lists import reservation_seen_by
from booking.reservations.rules.feedback import Grade, may_still_be_given
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.RESERVATION_READ)]
User = Annotated[Actor, requires(Permission.RESERVATION_USE)]
Whoever = Annotated[Actor | None, PUBLIC]
PAGE = "reservations/feedback.html"


@router.get("/feedback", name="uses_to_grade")
def waiting(session: Reading, page: PageDep, clock: ClockDep, actor: User) -> Response:
    """Uses of which one may say how they were."""
    rows = to_grade(session, actor, whole_company=True, now=clock.now())
    return page.render("reservations/to_grade.html", fragment="to_grade", rows=rows)


@router.get("/reservations/{number}/feedback", name="reservation_feedback")
def show(number: str, session: Reading, page: PageDep, clock: ClockDep, actor: Reader) -> Response:
    """What was said of a use, for its users and the lab."""
    return page.render(PAGE, fragment="feedback", **_shown(session, number, actor, clock))


@router.post("/reservations/{number}/feedback", name="reservation_grade")
def say(
    number: str,
    form: Annotated[Filled[FeedbackForm], filled_in(FeedbackForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: User,
) -> Response:
    """Say it, or say it otherwise."""
    page.if_refused(PAGE, **{**_shown(uow.session, number, actor, clock), "form": form})
    give_feedback(uow, number, form.checked.word(), actor=actor, now=clock.now())
    return page.redirect("reservation", number)


@router.get("/instruments/{instrument_id}/grade", name="instrument_grade")
def grade_of(instrument_id: int, session: Reading, page: PageDep, visitor: Whoever) -> Response:
    """What users gave an instrument on average, once enough of them did."""
    card_seen_by(session, instrument_id, visitor)
    found = average_grade(session, instrument_id)
    return page.render("reservations/grade.html", fragment="grade", average=found)


def _shown(session: Session, number: str, actor: Actor, clock: ClockDep) -> dict[str, Any]:
    seen = reservation_seen_by(session, number, actor)
    given = feedback_of(session, seen.id)
    open_now = (
        seen.state in FINISHED
        and seen.ended_at is not None
        and may_still_be_given(seen.ended_at, now=clock.now())
    )
    uses = is_users(actor, holder_id=seen.holder_id, organisation_id=seen.organisation_id)
    begun = {"grade": given.grade.value, "comment": given.comment} if given else {}
    return {
        "seen": seen,
        "given": given,
        "may_grade": uses and open_now and (given is None or given.reported_at is None),
        "grades": tuple(Grade),
        "form": blank(**begun),
    }
