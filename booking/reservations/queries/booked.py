"""Bookings as timelines draw them: the few columns that a block of time says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.instruments.models.instrument import Instrument
from booking.kernel.timespan import TimeSpan
from booking.organisations.models import Organisation
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.touching import touching
from booking.reservations.states import Action, State, open_actions

_MOST: Final = 2000
_GONE: Final = (State.CANCELLED, State.EXPIRED, State.REJECTED)
_BOOKED: Final[sa.Select[*tuple[Any, ...]]] = (
    sa.select(
        col(Reservation.number),
        col(Reservation.state),
        col(Reservation.instrument_id),
        col(Reservation.unit_id),
        col(Organisation.name),
        col(Reservation.starts_at),
        col(Reservation.ends_at),
        col(Organisation.name_en),
    )
    .join(Organisation, col(Organisation.id) == col(Reservation.organisation_id))
    .order_by(col(Reservation.starts_at))
    .limit(_MOST)
)


@dataclass(frozen=True, slots=True)
class Booked:
    """Whose time it is that is taken, where, and how far it has come."""

    number: str
    state: State
    instrument_id: int
    unit_id: int
    organisation_name: str
    starts_at: datetime
    ends_at: datetime
    organisation_name_en: str

    @property
    def span(self) -> TimeSpan:
        return TimeSpan(self.starts_at, self.ends_at)

    def allows(self, action: Action) -> bool:
        """Whether the state leads anywhere by this action."""
        return action in open_actions(self.state)


def booked_in_lab(session: Session, lab_id: int, span: TimeSpan) -> Sequence[Booked]:
    """Everything that takes, or should have taken, a lab's time; and what still runs."""
    asked = _BOOKED.where(taking_time_of_lab(lab_id, span))
    return [Booked(*row) for row in session.execute(asked)]


def taking_time_of_lab(lab_id: int, span: TimeSpan) -> sa.ColumnElement[bool]:
    """Reservations on a lab's instruments that touch a span or still run; not those given up."""
    of_lab = col(Reservation.instrument_id).in_(
        sa.select(col(Instrument.id)).where(col(Instrument.lab_id) == lab_id)
    )
    running = sa.select(col(Reservation.id)).where(sa.text("reservation.state = 'in_use'"))
    found = sa.union_all(touching(span, of_lab), running).subquery()
    return sa.and_(
        col(Reservation.id).in_(sa.select(found.c.id)),
        of_lab,
        col(Reservation.state).not_in(_GONE),
    )
