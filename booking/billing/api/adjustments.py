"""JSON: change what a charge comes to; agree, or not, to what somebody else asked for."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.billing.actions.adjust import (
    adjust,
    approve_adjustment,
    refuse_adjustment,
    set_limit,
)
from booking.billing.forms import AdjustBody, DecisionBody, LimitBody
from booking.billing.models import AdjustmentLimit, ChargeAdjustment
from booking.billing.queries.charges import WATCHES, waiting_adjustments
from booking.billing.queries.standing import limit_in_force
from booking.kernel.money import yuan
from booking.web.clock import ClockDep
from booking.web.idempotency import Once
from booking.web.json import AwareMoment, YuanOut, rfc3339
from booking.web.paging import WindowDep
from booking.web.transactions import Reading, Transaction

Told = dict[str, object]
router = APIRouter(tags=["charges"])

Adjuster = Annotated[Actor, requires(Permission.CHARGE_ADJUST)]
Keeper = Annotated[Actor, requires(Permission.BILLING_MANAGE)]
Watcher = Annotated[Actor, requires(*WATCHES)]


class WaitingOut(BaseModel):
    """A change that waits for a second person; `amount` is by how much, `total` what is owed."""

    id: int
    charge: str
    amount: YuanOut
    total: YuanOut
    reason: str
    asked_at: AwareMoment


class WaitingList(BaseModel):
    """A piece of the list, the oldest first."""

    items: list[WaitingOut]
    next_cursor: str | None


class LimitOut(BaseModel):
    """How much one person alone may take off; `assumed` until the centre has said so."""

    amount: YuanOut
    assumed: bool
    note: str


@router.post("/charges/{number}/adjustments", status_code=201)
def change(
    number: str,
    body: AdjustBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Adjuster,
) -> Response:
    """Bring a charge to an amount: `applied` at once, or `requested` until somebody else agrees."""

    def act() -> tuple[int, Told]:
        now, reason = clock.now(), body.reason
        asked = adjust(uow, number, body.amount, actor=actor, now=now, reason=reason)
        return 201, _told(asked)

    return once.answer(act)


@router.get("/charge-adjustments")
def waiting(session: Reading, window: WindowDep, actor: Watcher) -> WaitingList:
    """What waits for a second person."""
    rows = waiting_adjustments(session, actor, after_id=window.after_id, limit=window.take)
    cut = window.cut(rows, key=lambda row: (row.id,))
    items = [
        WaitingOut(
            id=row.id,
            charge=row.number,
            amount=row.amount_fen,
            total=row.total_fen,
            reason=row.reason,
            asked_at=row.asked_at,
        )
        for row in cut.items
    ]
    return WaitingList(items=items, next_cursor=cut.next_cursor)


@router.post("/charge-adjustments/{adjustment_id}/approval")
def approve(
    adjustment_id: int, uow: Transaction, once: Once, clock: ClockDep, actor: Adjuster
) -> Response:
    """A second person agrees."""
    return once.answer(
        lambda: (200, _told(approve_adjustment(uow, adjustment_id, actor=actor, now=clock.now())))
    )


@router.post("/charge-adjustments/{adjustment_id}/refusal")
def refuse(
    adjustment_id: int,
    body: DecisionBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Adjuster,
) -> Response:
    """A second person does not agree."""

    def act() -> tuple[int, Told]:
        now, reason = clock.now(), body.reason
        return 200, _told(
            refuse_adjustment(uow, adjustment_id, actor=actor, now=now, reason=reason)
        )

    return once.answer(act)


@router.get("/adjustment-limit")
def read_limit(session: Reading, actor: Watcher) -> LimitOut:
    """How much one person alone may take off a charge."""
    held = limit_in_force(session)
    return LimitOut(amount=held.limit_fen, assumed=held.assumed, note=held.note)


@router.put("/adjustment-limit")
def write_limit(
    body: LimitBody, uow: Transaction, once: Once, clock: ClockDep, actor: Keeper
) -> Response:
    """Another limit, from now on."""

    def act() -> tuple[int, Told]:
        made = set_limit(uow, body.amount, actor=actor, now=clock.now(), note=body.note)
        return 200, _limit(made)

    return once.answer(act)


def _told(asked: ChargeAdjustment) -> Told:
    return {
        "id": asked.key,
        "state": asked.state.value,
        "amount": yuan(asked.amount_fen),
        "reason": asked.reason,
        "asked_at": rfc3339(asked.asked_at),
    }


def _limit(made: AdjustmentLimit) -> Told:
    return {"amount": yuan(made.limit_fen), "assumed": False, "note": made.note}
