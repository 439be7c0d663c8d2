"""JSON: what users say of a use."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.reservations.actions.give_feedback import give_feedback
from booking.reservations.forms.feedback import FeedbackBody
from booking.reservations.models.feedback import UseFeedback
from booking.reservations.queries.feedback import Graded, feedback_of
from booking.reservations.queries.lists import reservation_seen_by
from booking.web.clock import ClockDep
from booking.web.idempotency import Once
from booking.web.json import rfc3339
from booking.web.transactions import Reading, Transaction

router = APIRouter(tags=["reservations"])

Reader = Annotated[Actor, requires(Permission.RESERVATION_READ)]
User = Annotated[Actor, requires(Permission.RESERVATION_USE)]


@router.get("/reservations/{number}/feedback")
def show(number: str, session: Reading, actor: Reader) -> Response:
    """The grade and the comment, for the company and the lab; `null` while nothing was said."""
    seen = reservation_seen_by(session, number, actor)
    given = feedback_of(session, seen.id)
    return JSONResponse({"feedback": None if given is None else _answer(given)})


@router.post("/reservations/{number}/feedback")
def say(
    number: str, body: FeedbackBody, uow: Transaction, once: Once, clock: ClockDep, actor: User
) -> Response:
    """One of five grades, within 90 days of the use; it may change until it was reported."""

    def act() -> tuple[int, dict[str, Any]]:
        now = clock.now()
        made = give_feedback(uow, number, body.word(), actor=actor, now=now)
        return 200, {"feedback": _answer(made)}

    return once.answer(act)


def _answer(given: Graded | UseFeedback) -> dict[str, Any]:
    return {
        "grade": given.grade.value,
        "comment": given.comment,
        "given_at": rfc3339(given.given_at),
        "reported_at": rfc3339(given.reported_at) if given.reported_at else None,
    }
