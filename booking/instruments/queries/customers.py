"""For whom somebody looks for time."""

from typing import Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.instruments.queries.cards import ORGANISATION
from booking.instruments.rules.customer import SOMEBODY, Customer

_KIND: Final = sa.select(ORGANISATION.c.kind).where(
    ORGANISATION.c.id == sa.bindparam("organisation")
)


def customer_of(session: Session, actor: Actor | None) -> Customer:
    """The first organisation for which they may book; whoever has none is a company outside."""
    booking_for = actor.organisations_giving(Permission.RESERVATION_CREATE) if actor else ()
    if not booking_for:
        return SOMEBODY
    kind = session.execute(_KIND, {"organisation": booking_for[0]}).scalar_one()
    return Customer.of(kind, booking_for[0])
