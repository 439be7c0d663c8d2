"""JSON: asking for time, seeing it, and every step of its life."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import JSONResponse

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import RESERVATION_PARTIES, Permission
from booking.instruments.errors import SpanBackwards
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.actions.confirm import confirm
from booking.reservations.actions.correct_use import correct_use
from booking.reservations.actions.decide import approve, reject
from booking.reservations.actions.dispute import ask_centre, dispute, resolve, say
from booking.reservations.actions.hand_to_colleague import hand_to_colleague
from booking.reservations.actions.reschedule import reschedule
from booking.reservations.actions.reserve import reserve
from booking.reservations.actions.rights import locked_for
from booking.reservations.api.answers import (
    Answer,
    answer_of,
    answer_of_seen,
    answers_of_seen,
    version_of,
)
from booking.reservations.forms import (
    ConfirmBody,
    MoveBody,
    ReasonBody,
    RecordBody,
    ReserveBody,
)
from booking.reservations.forms.changes import HolderBody
from booking.reservations.forms.outcomes import ResolveBody
from booking.reservations.forms.presence import MessageBody
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.disputes import said_about
from booking.reservations.queries.lists import Wanted, reservation_seen_by, reservations_seen_by
from booking.reservations.queries.seen import Seen
from booking.reservations.states import State
from booking.web.clock import ClockDep
from booking.web.idempotency import Once
from booking.web.json import AwareMoment, rfc3339
from booking.web.paging import Window, WindowDep
from booking.web.transactions import Reading, Transaction
from booking.web.versions import tag_header

router = APIRouter(tags=["reservations"])

Reader = Annotated[Actor, requires(Permission.RESERVATION_READ)]
Party = Annotated[Actor, requires(*RESERVATION_PARTIES)]


@dataclass(frozen=True, slots=True)
class Taking:
    """A step in the life of one reservation: taken once, and only on what its caller has read."""

    number: str
    uow: Transaction
    once: Once
    clock: ClockDep

    def take(
        self, deed: Callable[..., Reservation], *what: object, actor: Actor, **more: object
    ) -> Response:
        """Do it and answer with what became of the reservation."""

        def stands() -> int:
            return locked_for(self.uow.session, self.number, actor).reservation.version

        def act() -> tuple[int, Answer]:
            now = self.clock.now()
            made = deed(self.uow, self.number, *what, actor=actor, now=now, **more)
            return 200, answer_of(self.uow.session, made)

        return self.once.answer(act, tag=version_of, stands=stands)


Step = Annotated[Taking, Depends()]


@router.post("/reservations", status_code=201)
def create(
    body: ReserveBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Annotated[Actor, requires(Permission.RESERVATION_CREATE)],
) -> Response:
    """Ask for time. 409 `reservation.slot_taken` and 422 `reservation.rules_broken` say what is
    free instead."""
    wish = body.wish()

    def act() -> tuple[int, Answer]:
        return 201, answer_of(uow.session, reserve(uow, wish, actor=actor, now=clock.now()))

    return once.answer(act, tag=version_of)


@router.get("/reservations")
def index(
    session: Reading,
    window: WindowDep,
    actor: Reader,
    state: Annotated[list[State] | None, Query()] = None,
    instrument_id: int | None = None,
    organisation_id: int | None = None,
    start: AwareMoment | None = None,
    end: AwareMoment | None = None,
) -> Response:
    """Those the caller may know of, the latest time first."""
    if start and end and start >= end:
        raise SpanBackwards
    wanted = Wanted(
        states=state or (),
        instrument_id=instrument_id,
        organisation_id=organisation_id,
        start=start,
        end=end,
    )
    rows = reservations_seen_by(
        session, actor, wanted, after=place_after(window), limit=window.take
    )
    cut = window.cut(rows, key=_place)
    items = answers_of_seen(session, cut.items)
    return JSONResponse({"items": items, "next_cursor": cut.next_cursor})


@router.get("/reservations/{number}")
def show(number: str, session: Reading, actor: Reader) -> Response:
    """One reservation with its price, its use and who has confirmed it; `operators` and
    `accessories` are those that it holds besides its place."""
    answer: Answer = answer_of_seen(session, reservation_seen_by(session, number, actor))
    return JSONResponse(answer, headers=tag_header(version_of(answer)))


@router.post("/reservations/{number}/reschedule")
def move(body: MoveBody, step: Step, actor: Party) -> Response:
    """Another time, under the same rules as a new booking. With the same start only the end
    changes, also while it is used."""
    return step.take(reschedule, body.span, actor=actor, override_reason=body.override_reason)


@router.post("/reservations/{number}/holder")
def hand_on(body: HolderBody, step: Step, actor: Party) -> Response:
    """A colleague who may book, and may use the instrument, holds it from now on."""
    return step.take(hand_to_colleague, body.colleague, actor=actor)


@router.post("/reservations/{number}/cancellation")
def give_back(
    step: Step,
    actor: Party,
    body: ReasonBody | None = None,
) -> Response:
    """Free before `free_cancel_until`, then for a fee."""
    return step.take(cancel, actor=actor, reason=_reason(body))


@router.post("/reservations/{number}/approval")
def grant(
    step: Step,
    actor: Annotated[Actor, requires(Permission.RESERVATION_DECIDE)],
    body: ReasonBody | None = None,
) -> Response:
    """Promise the time that was asked for."""
    return step.take(approve, actor=actor, reason=_reason(body))


@router.post("/reservations/{number}/rejection")
def refuse(
    step: Step,
    actor: Annotated[Actor, requires(Permission.RESERVATION_DECIDE)],
    body: ReasonBody | None = None,
) -> Response:
    """Say no, with a reason."""
    return step.take(reject, actor=actor, reason=_reason(body))


@router.post("/reservations/{number}/check-in")
def begin(step: Step, actor: Party) -> Response:
    """Somebody is there."""
    return step.take(check_in, actor=actor)


@router.post("/reservations/{number}/check-out")
def end(
    step: Step,
    actor: Party,
    body: RecordBody | None = None,
) -> Response:
    """Everybody has left; without minutes the whole presence counts as testing."""
    record = body.record() if body else None
    return step.take(check_out, record, actor=actor)


@router.post("/reservations/{number}/confirmation")
def agree(
    step: Step,
    actor: Party,
    body: ConfirmBody | None = None,
) -> Response:
    """Agree for one's own side; the host may put the record right."""
    record = body.record() if body and body.model_fields_set else None
    return step.take(confirm, actor=actor, record=record)


@router.post("/reservations/{number}/dispute")
def object_to(body: ReasonBody, step: Step, actor: Party) -> Response:
    """The record is wrong; nothing is settled until that is cleared up."""
    return step.take(dispute, actor=actor, reason=body.reason)


@router.get("/reservations/{number}/messages")
def thread(number: str, session: Reading, actor: Reader) -> Response:
    """What was said in a dispute, the oldest first."""
    seen = reservation_seen_by(session, number, actor)
    items = [
        {"side": one.side.value, "text": one.text, "said_at": rfc3339(one.said_at)}
        for one in said_about(session, seen.id)
    ]
    return JSONResponse({"items": items})


@router.post("/reservations/{number}/messages")
def answer(body: MessageBody, step: Step, actor: Party) -> Response:
    """Say something in a dispute; both sides and the centre read it."""
    return step.take(say, body.text, actor=actor)


@router.post("/reservations/{number}/centre")
def refer(step: Step, actor: Party) -> Response:
    """Leave a dispute to the centre, whose decision settles it."""
    return step.take(ask_centre, actor=actor)


@router.post("/reservations/{number}/resolution")
def clear_up(
    body: ResolveBody,
    step: Step,
    actor: Annotated[Actor, requires(Permission.RESERVATION_DECIDE)],
) -> Response:
    """The record stands or is corrected; both sides confirm anew."""
    return step.take(resolve, actor=actor, reason=body.reason, outcome=body.outcome)


@router.post("/reservations/{number}/correction")
def put_right(
    body: ResolveBody,
    step: Step,
    actor: Annotated[Actor, requires(Permission.RESERVATION_DECIDE)],
) -> Response:
    """The centre puts the record of a use right that is over; what was charged follows."""
    return step.take(correct_use, actor=actor, reason=body.reason, outcome=body.outcome)


def place_after(window: Window) -> tuple[datetime, int] | None:
    """Where the list goes on."""
    return window.place(datetime, int)


def _place(seen: Seen) -> tuple[datetime, int]:
    return seen.starts_at, seen.id


def _reason(body: ReasonBody | None) -> str:
    return body.reason if body else ""
