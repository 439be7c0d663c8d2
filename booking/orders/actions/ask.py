"""A company entrusts a lab with something: it says what, of which samples, by when."""

from datetime import datetime

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.files.actions.receive import Received
from booking.kernel.clock import local
from booking.kernel.ids import reference
from booking.orders.actions.attach import keep_file
from booking.orders.actions.life import fact
from booking.orders.errors import OrderNoCompany, OrderNotSensible
from booking.orders.events import OrderAsked
from booking.orders.models import OrderSample, ServiceOrder
from booking.orders.queries.orders import target_for
from booking.orders.rules import FileRole, OrderTold, label_of, order_violations


def ask_order(
    uow: UnitOfWork,
    instrument_id: int,
    told: OrderTold,
    *,
    actor: Actor,
    now: datetime,
    paper: Received | None = None,
) -> ServiceOrder:
    """Keep it and tell the lab, which quotes or declines."""
    company = _company_of(actor, told.organisation_id)
    target = target_for(uow.session, instrument_id, actor)
    today = local(now).date()
    if broken := tuple(order_violations(told, today=today, entrusted=target.entrusted)):
        raise OrderNotSensible(broken)
    order = ServiceOrder(
        number=reference("E", now),
        instrument_id=instrument_id,
        lab_id=target.lab_id,
        organisation_id=company,
        asked_by=actor.id,
        wishes=told.wishes,
        standard=told.standard,
        by_day=told.by_day,
        created_at=now,
        updated_at=now,
    )
    uow.session.add(order)
    uow.session.flush()
    uow.session.add_all(_samples(order, told))
    if paper is not None:
        keep_file(uow, order, paper, role=FileRole.WISH, actor=actor, now=now)
    uow.session.flush()
    changes = {"state": (None, order.state.value)}
    uow.announce(OrderAsked(**fact(order, now=now, actor=actor, changes=changes)))
    return order


def _samples(order: ServiceOrder, told: OrderTold) -> list[OrderSample]:
    return [
        OrderSample(
            order_id=order.key,
            position=position,
            label=label_of(order.number, position),
            name=one.name,
            count=one.count,
            form=one.form,
            hazards=one.hazards,
            afterwards=one.afterwards,
        )
        for position, one in enumerate(told.samples, start=1)
    ]


def may_order_for(actor: Actor) -> list[int]:
    """The companies whose quotes the actor may accept; a lab's role alone is of none."""
    buys = actor.reach(Permission.RESERVATION_CREATE).organisation_ids
    given = actor.organisations_giving(Permission.RESERVATION_CREATE)
    return [one for one in given if one in buys]


def _company_of(actor: Actor, wanted: int | None) -> int:
    theirs = may_order_for(actor)
    if wanted is not None:
        if wanted not in theirs:
            raise OrderNoCompany
        return wanted
    if len(theirs) != 1:
        raise OrderNoCompany
    return theirs[0]
