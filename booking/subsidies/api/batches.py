"""JSON: payment batches, what the bank answered, whole periods a step on, recoveries."""

from typing import Annotated

from fastapi import APIRouter, Body, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.money import yuan
from booking.subsidies.actions.claw_back import claw_back
from booking.subsidies.actions.pay_statements import dissolve_batch, draw_batch, send_batch
from booking.subsidies.actions.record_answers import take_answers
from booking.subsidies.actions.review_statement import (
    Swept,
    approve_settlement,
    publish_settlement,
)
from booking.subsidies.api.answers import Answer
from booking.subsidies.forms import LARGEST_ANSWER, ClawbackBody, read_period
from booking.subsidies.queries.payments import BatchRow, BatchView, batch_view, batches
from booking.web.clock import ClockDep
from booking.web.idempotency import Once
from booking.web.json import rfc3339
from booking.web.manners import takes_bodies_of
from booking.web.paging import WindowDep
from booking.web.transactions import Reading, Transaction

router = APIRouter(tags=["settlements"])

Reader = Annotated[Actor, requires(Permission.PROGRAMME_READ)]
Manager = Annotated[Actor, requires(Permission.SETTLEMENT_MANAGE)]
Approver = Annotated[Actor, requires(Permission.SETTLEMENT_APPROVE)]


@router.post("/settlements/{period}/publication")
def publish_all(
    period: str, uow: Transaction, once: Once, clock: ClockDep, actor: Manager
) -> Response:
    """Publish every locked statement of a period; each that cannot be is named."""
    code, by = read_period(period).code, actor.known_id
    return once.answer(
        lambda: (200, _swept(publish_settlement(uow, code, actor_id=by, now=clock.now())))
    )


@router.post("/settlements/{period}/approval")
def approve_all(
    period: str, uow: Transaction, once: Once, clock: ClockDep, actor: Approver
) -> Response:
    """Approve every statement of a period whose publicity is over; others are named."""
    code, by = read_period(period).code, actor.known_id
    return once.answer(
        lambda: (200, _swept(approve_settlement(uow, code, actor_id=by, now=clock.now())))
    )


@router.get("/payment-batches")
def index(session: Reading, window: WindowDep, actor: Reader) -> Answer:
    """Payment batches, the newest first."""
    rows = batches(session, before=window.after_id, take=window.take)
    cut = window.cut(rows, key=lambda row: (row.id,))
    return {"items": [_head(row) for row in cut.items], "next_cursor": cut.next_cursor}


@router.post("/payment-batches", status_code=201)
def draw(uow: Transaction, once: Once, clock: ClockDep, actor: Manager) -> Response:
    """Gather what is approved: a row per organisation, net of what it owes."""

    def deed() -> tuple[int, Answer]:
        number = draw_batch(uow, actor_id=actor.known_id, now=clock.now()).number
        return 201, _batch(batch_view(uow.session, number))

    return once.answer(deed)


@router.get("/payment-batches/{number}")
def show(number: str, session: Reading, actor: Reader) -> Answer:
    """One batch with its rows; account numbers are on the bank's sheet only."""
    return _batch(batch_view(session, number))


@router.post("/payment-batches/{number}/sending")
def send(number: str, uow: Transaction, once: Once, clock: ClockDep, actor: Manager) -> Response:
    """Say that the bank has the sheet."""

    def deed() -> tuple[int, Answer]:
        send_batch(uow, number, actor_id=actor.known_id, now=clock.now())
        return 200, _batch(batch_view(uow.session, number))

    return once.answer(deed)


@router.post("/payment-batches/{number}/dissolution")
def dissolve(
    number: str, uow: Transaction, once: Once, clock: ClockDep, actor: Manager
) -> Response:
    """Let its statements go, before it was sent."""

    def deed() -> tuple[int, Answer]:
        dissolve_batch(uow, number, actor_id=actor.known_id, now=clock.now())
        return 200, _batch(batch_view(uow.session, number))

    return once.answer(deed)


@router.post("/payment-batches/{number}/answers")
@takes_bodies_of(LARGEST_ANSWER)
def take(
    number: str,
    content: Annotated[bytes, Body(media_type="text/csv")],
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """Take in the bank's CSV; an answer that is known changes nothing."""

    def deed() -> tuple[int, Answer]:
        report = take_answers(uow, number, content, by=(actor.known_id, clock.now()))
        refused = [{"line": one.line, "code": one.error.code} for one in report.refused]
        return 200, {
            "recorded": report.recorded,
            "known": report.known,
            "silent": report.silent,
            "refused": refused,
            **_batch(batch_view(uow.session, number)),
        }

    return once.answer(deed)


@router.post("/statements/{number}/lines/{position}/clawback", status_code=201)
def recover(
    number: str,
    position: int,
    body: ClawbackBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """Recover something of a paid line: a negative line of the next statement."""

    def deed() -> tuple[int, Answer]:
        by = (actor.known_id, clock.now())
        claw_back(uow, number, position, amount_fen=body.amount, reason=body.reason, by=by)
        return 201, {
            "statement": number,
            "line": position,
            "amount": yuan(body.amount),
            "reason": body.reason,
        }

    return once.answer(deed)


def _swept(swept: Swept) -> Answer:
    refused = [{"number": one.number, "code": one.error.code} for one in swept.refused]
    return {"done": list(swept.done), "refused": refused}


def _head(row: BatchRow) -> Answer:
    return {
        "number": row.number,
        "state": row.state.value,
        "rows": row.row_count,
        "amount": yuan(row.amount_fen),
        "drawn_at": rfc3339(row.drawn_at),
        "sent_at": rfc3339(row.sent_at) if row.sent_at else None,
    }


def _batch(view: BatchView) -> Answer:
    payments = [
        {
            "row": row.position,
            "organisation": row.organisation,
            "amount": yuan(row.amount_fen),
            "state": row.state.value,
            "bank_reference": row.bank_reference,
            "reason": row.reason,
            "statements": row.statements,
        }
        for row in view.rows
    ]
    return {**_head(view.head), "payments": payments}
