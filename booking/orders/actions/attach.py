"""Files and words of an order: what the company sends along, what the lab found, what both say."""

from datetime import datetime
from typing import Final

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.files.actions.receive import Received, keep
from booking.orders.actions.life import enter, fact
from booking.orders.actions.rights import locked_for, must_be_party, must_buy, must_work
from booking.orders.errors import TooManyOrderFiles
from booking.orders.events import OrderFileAdded, OrderMessageSent
from booking.orders.models import OrderFile, OrderMessage, ServiceOrder
from booking.orders.queries.belongings import files_counted
from booking.orders.queries.orders import order_row
from booking.orders.rules import FileRole
from booking.orders.states import OrderStep

MOST_FILES: Final = 50
_STEPS: Final = {FileRole.WISH: OrderStep.ATTACH, FileRole.RESULT: OrderStep.ADD_RESULT}


def add_file(
    uow: UnitOfWork, number: str, received: Received, *, actor: Actor, now: datetime
) -> OrderFile:
    """From the lab it is a result, which the company sees with the report; else it says more of
    what is wished. Whoever may not open its files adds none."""
    locked = locked_for(uow.session, number, actor)
    order = locked.order
    must_be_party(actor, order_row(uow.session, number))
    role = FileRole.RESULT if _by_lab(actor, order, locked.provider_id) else FileRole.WISH
    if role is FileRole.RESULT:
        must_work(actor, locked)
    else:
        must_buy(actor, locked)
    enter(order, _STEPS[role], now=now)
    if files_counted(uow.session, order.key) >= MOST_FILES:
        raise TooManyOrderFiles(most=MOST_FILES)
    added = keep_file(uow, order, received, role=role, actor=actor, now=now)
    changes = {"file": (None, received.sha256)}
    uow.announce(OrderFileAdded(**fact(order, now=now, actor=actor, changes=changes)))
    return added


def keep_file(
    uow: UnitOfWork,
    order: ServiceOrder,
    received: Received,
    *,
    role: FileRole,
    actor: Actor,
    now: datetime,
) -> OrderFile:
    """Its row, beside the order's."""
    stored = keep(uow, received, uploaded_by=actor.known_id, now=now)
    row = OrderFile(
        order_id=order.key, file_id=stored.key, role=role, added_by=actor.id, added_at=now
    )
    uow.session.add(row)
    uow.session.flush()
    return row


def send_message(
    uow: UnitOfWork, number: str, words: str, *, actor: Actor, now: datetime
) -> OrderMessage:
    """One side writes to the other, in whatever state the order is."""
    locked = locked_for(uow.session, number, actor)
    order = locked.order
    from_lab = _by_lab(actor, order, locked.provider_id)
    if from_lab:
        must_work(actor, locked)
    else:
        must_buy(actor, locked)
    row = write_message(uow, order, words, actor=actor, now=now, from_lab=from_lab)
    told = fact(order, now=now, actor=actor, changes={"message": (None, row.key)})
    uow.announce(OrderMessageSent(**told, from_lab=from_lab))
    return row


def write_message(  # noqa: PLR0913 - the last two are seldom said
    uow: UnitOfWork,
    order: ServiceOrder,
    words: str,
    *,
    actor: Actor,
    now: datetime,
    from_lab: bool = False,
    is_objection: bool = False,
) -> OrderMessage:
    """Put it at the end of the thread."""
    row = OrderMessage(
        order_id=order.key,
        from_lab=from_lab,
        is_objection=is_objection,
        words=words,
        written_by=actor.id,
        written_at=now,
    )
    uow.session.add(row)
    uow.session.flush()
    return row


def _by_lab(actor: Actor, order: ServiceOrder, provider_id: int) -> bool:
    """Of the lab, and not of the company: whoever is of both speaks for the company."""
    buys = actor.reach(Permission.RESERVATION_CREATE).organisation_ids
    return order.organisation_id not in buys and actor.may_for(
        Permission.RESERVATION_HOST, organisation_id=provider_id, lab_id=order.lab_id
    )
