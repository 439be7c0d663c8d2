"""Taking a step in an order's life, and telling of it with what was before and after."""

from datetime import datetime
from typing import TypedDict

from booking.access.actor import Actor
from booking.kernel.events import Changes
from booking.orders.errors import OrderIllegalStep, OrderReasonMissing
from booking.orders.models import ServiceOrder
from booking.orders.states import OrderState, OrderStep, after

LONGEST_REASON = 500


class Fact(TypedDict):
    """What every fact about an order tells."""

    at: datetime
    subject: str
    actor_id: int | None
    on_behalf_of: str
    cause: str
    changes: Changes
    number: str
    order_id: int
    instrument_id: int
    lab_id: int
    organisation_id: int
    asked_by: int


def demand_step(order: ServiceOrder, step: OrderStep) -> OrderState:
    """Where a step leads, or the refusal of one that the table does not have."""
    reached = after(order.state, step)
    if reached is None:
        raise OrderIllegalStep(state=order.state, step=step)
    return reached


def enter(
    order: ServiceOrder, step: OrderStep, *, now: datetime, reason: str = ""
) -> dict[str, tuple[object, object]]:
    """Go where the table says, or refuse; what changed, as it was and as it is."""
    before, reached = order.state, demand_step(order, step)
    order.state, order.updated_at = reached, now
    order.version += 1
    if reached is before:
        return {}
    order.state_reason = reason[:LONGEST_REASON]
    return {"state": (before.value, reached.value)}


def fact(
    order: ServiceOrder,
    *,
    now: datetime,
    actor: Actor | None,
    changes: Changes,
    cause: str = "",
) -> Fact:
    """What is told about an order, whatever happened to it; nobody acts when the clock does."""
    return Fact(
        at=now,
        subject=f"order:{order.number}",
        actor_id=None if actor is None else actor.known_id,
        on_behalf_of="",
        cause=cause[:LONGEST_REASON],
        changes=changes,
        number=order.number,
        order_id=order.key,
        instrument_id=order.instrument_id,
        lab_id=order.lab_id,
        organisation_id=order.organisation_id,
        asked_by=order.asked_by,
    )


def demand_reason(reason: str) -> str:
    """A reason that says something."""
    stripped = reason.strip()
    if not stripped:
        raise OrderReasonMissing
    return stripped
