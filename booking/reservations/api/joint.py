"""JSON: several instruments together, and what came of it."""

from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import RESERVATION_PARTIES, Permission
from booking.kernel.money import yuan
from booking.reservations.actions.change_joint import cancel_joint, move_joint
from booking.reservations.actions.reserve_joint import reserve_joint
from booking.reservations.api.answers import Answer, answers_of, answers_of_seen
from booking.reservations.forms import ReasonBody
from booking.reservations.forms.joint import JointBody, MoveJointBody
from booking.reservations.queries.joint import JointSeen, joint_seen_by
from booking.web.clock import ClockDep
from booking.web.idempotency import Once
from booking.web.json import rfc3339
from booking.web.transactions import Reading, Transaction

router = APIRouter(tags=["reservations"])


@router.post("/joint-bookings", status_code=201)
def create(
    body: JointBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Annotated[Actor, requires(Permission.RESERVATION_CREATE)],
) -> Response:
    """Book every step or none, whichever labs they belong to.

    A refusal names what stands in the way of each step (`step`, from 1) and proposes other starts
    of the first one, from which all could be had.
    """
    wishes = body.wishes()

    def act() -> tuple[int, Answer]:
        made = reserve_joint(uow, wishes, actor=actor, now=clock.now())
        return 201, {
            "number": made.joint.number,
            "total": yuan(made.total_fen),
            "booked": answers_of(uow.session, made.booked),
        }

    return once.answer(act)


@router.get("/joint-bookings/{number}")
def show(
    number: str,
    session: Reading,
    actor: Annotated[Actor, requires(Permission.RESERVATION_READ)],
) -> JSONResponse:
    """A joint booking with its steps as they stand now, as far as they are yours to know."""
    return JSONResponse(_answer(session, joint_seen_by(session, number, actor)))


@router.post("/joint-bookings/{number}/move")
def move(
    number: str,
    body: MoveJointBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Annotated[Actor, requires(*RESERVATION_PARTIES)],
) -> Response:
    """Let the earliest step begin at another moment; the others keep their distance."""

    def act() -> tuple[int, Answer]:
        move_joint(uow, number, body.starts_at, actor=actor, now=clock.now())
        return 200, _answer(uow.session, joint_seen_by(uow.session, number, actor))

    return once.answer(act)


@router.post("/joint-bookings/{number}/cancellation")
def give_back(
    number: str,
    body: ReasonBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Annotated[Actor, requires(*RESERVATION_PARTIES)],
) -> Response:
    """Give back every step that has not begun; each costs what it costs alone."""

    def act() -> tuple[int, Answer]:
        cancel_joint(uow, number, actor=actor, now=clock.now(), reason=body.reason)
        return 200, _answer(uow.session, joint_seen_by(uow.session, number, actor))

    return once.answer(act)


def _answer(session: Session, joint: JointSeen) -> Answer:
    return {
        "number": joint.number,
        "created_at": rfc3339(joint.created_at),
        "total": yuan(joint.total_fen),
        "booked": answers_of_seen(session, joint.booked),
    }
