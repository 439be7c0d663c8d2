"""Who stands on which side of an order: the company that asked, or the lab that does the work."""

from dataclasses import dataclass

from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.kernel.errors import Forbidden, NotFound
from booking.orders.queries.belongings import is_party
from booking.orders.queries.orders import Locked, OrderRow, order_for_update, reads
from booking.reservations.actions.rights import is_users


@dataclass(frozen=True, slots=True)
class Side:
    """What somebody who reads an order may do about it."""

    buys: bool
    owns: bool
    works: bool
    decides: bool


def side_of(actor: Actor, order: OrderRow) -> Side:
    """The same of an order that is only looked at."""

    def at_lab(permission: Permission) -> bool:
        return actor.may_for(permission, organisation_id=order.provider_id, lab_id=order.lab_id)

    return Side(
        buys=actor.may_for(Permission.RESERVATION_CREATE, organisation_id=order.organisation_id),
        owns=is_users(actor, holder_id=order.asked_by, organisation_id=order.organisation_id),
        works=at_lab(Permission.RESERVATION_HOST),
        decides=at_lab(Permission.RESERVATION_DECIDE),
    )


def locked_for(session: Session, number: str, actor: Actor) -> Locked:
    """The order, locked; not found by whoever may not know of it."""
    locked = order_for_update(session, number)
    order = locked.order
    if not reads(actor, order.organisation_id, lab_id=order.lab_id, provider_id=locked.provider_id):
        raise NotFound(number=number)
    return locked


def of_lab(actor: Actor, locked: Locked, permission: Permission) -> bool:
    """Whether it is granted for the lab that does the work."""
    return actor.may_for(permission, organisation_id=locked.provider_id, lab_id=locked.order.lab_id)


def must_work(actor: Actor, locked: Locked) -> None:
    """Take samples in, move them, hand in results: whoever runs the lab."""
    _demand(of_lab(actor, locked, Permission.RESERVATION_HOST), Permission.RESERVATION_HOST)


def must_decide(actor: Actor, locked: Locked) -> None:
    """Quote, decline, call off: whoever may promise the lab's time."""
    _demand(of_lab(actor, locked, Permission.RESERVATION_DECIDE), Permission.RESERVATION_DECIDE)


def must_buy(actor: Actor, locked: Locked) -> None:
    """Accept a quote or a report, or not: whoever books for the company."""
    actor.must(Permission.RESERVATION_CREATE, organisation_id=locked.order.organisation_id)


def must_be_party(actor: Actor, order: OrderRow) -> None:
    """Of the company or the lab itself."""
    _demand(is_party(actor, order), Permission.RESERVATION_USE)


def must_own(actor: Actor, locked: Locked) -> None:
    """Withdraw: whoever asked, or manages the company, for its bookings are cancelled too."""
    order = locked.order
    owns = is_users(actor, holder_id=order.asked_by, organisation_id=order.organisation_id)
    _demand(owns, Permission.ORGANISATION_MANAGE)


def _demand(may: bool, permission: Permission) -> None:  # noqa: FBT001 - reads as a demand
    if not may:
        raise Forbidden(permission=permission.value)
