"""Whoever asked for orders leaves: a colleague stands for them from now on."""

from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.orders.actions.life import fact
from booking.orders.errors import OrderSuccessorMissing
from booking.orders.events import OrderHandedOver
from booking.orders.queries.orders import running_of_for_update


def hand_over_orders(
    uow: UnitOfWork,
    asked_by: int,
    organisation_id: int,
    *,
    successor_id: int | None,
    actor_id: int | None,
    now: datetime,
) -> None:
    """What was agreed stays; time is taken, and letters are written, in the successor's name."""
    running = running_of_for_update(uow.session, asked_by, organisation_id)
    if running and successor_id is None:
        raise OrderSuccessorMissing(orders=len(running))
    for order in running:
        order.asked_by, order.updated_at = successor_id or asked_by, now
        order.version += 1
    uow.session.flush()
    for order in running:
        changes = {"holder": (f"user:{asked_by}", f"user:{successor_id}")}
        told = fact(order, now=now, actor=None, changes=changes)
        told["actor_id"] = actor_id
        told["on_behalf_of"] = "" if actor_id == asked_by else f"user:{asked_by}"
        uow.announce(OrderHandedOver(**told, former_id=asked_by))
