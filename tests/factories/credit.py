"""Credit as tests need it: rules in force, and entries made by what people do."""

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import HOUSE, Actor, Grant
from booking.access.roles import Role
from booking.credit.actions.set_rules import Version, set_rules
from booking.credit.models import CreditEntry
from booking.credit.rules import EXAMPLE, Cause, Terms
from booking.db.transactions import UnitOfWork
from booking.reservations.actions.lapse import miss
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.loading import reservation_for_update
from tests.factories.accounts import make_actor
from tests.factories.reservation_values import between
from tests.factories.reservations import Scene, make_reservation
from tests.support.clock import moment

LONG_BEFORE = moment("2026-11-01T09:00")


def make_rules(
    uow: UnitOfWork, *, now: datetime = LONG_BEFORE, active: bool = True, **changes: object
) -> Terms:
    """The example, in force unless said otherwise."""
    terms = replace(EXAMPLE, **changes)  # type: ignore[arg-type]  # named by the caller
    set_rules(uow, Version(terms=terms, active=active), actor=HOUSE, now=now)
    return terms


def make_no_shows(uow: UnitOfWork, scene: Scene, times: int, *, now: datetime) -> list[Reservation]:
    """Bookings of 24 November, one after the other, to which nobody came."""
    starts = range(9, 9 + times)
    spans = [between(f"11-24 {hour:02}:00", f"{hour + 1:02}:00") for hour in starts]
    made = [make_reservation(uow, scene, span, now=now) for span in spans]
    for one in made:
        miss(uow, reservation_for_update(uow.session, one.number), now=one.missed_from)
    return made


def make_no_show(uow: UnitOfWork, scene: Scene, *, now: datetime) -> Reservation:
    """One of them."""
    return make_no_shows(uow, scene, 1, now=now)[0]


def make_centre(uow: UnitOfWork) -> Actor:
    """Somebody who decides for the centre."""
    return make_actor(uow, Grant(Role.CENTRE_ADMIN))


def entries(session: Session, number: str | None = None) -> list[tuple[Cause, int]]:
    """What was entered, in order, perhaps of one booking."""
    wanted = sa.select(col(CreditEntry.cause), col(CreditEntry.points)).order_by(
        col(CreditEntry.id)
    )
    if number is not None:
        wanted = wanted.where(col(CreditEntry.reservation_number) == number)
    return [(cause, points) for cause, points in session.execute(wanted)]


def only_entry(session: Session) -> int:
    """The id of the one entry there is."""
    found: int = session.execute(sa.select(col(CreditEntry.id))).scalar_one()
    return found
