"""What somebody who leaves has ahead and leaves open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.instruments.models.instrument import Instrument
from booking.kernel.timespan import TimeSpan
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.loading import Loaded, locked, reservations
from booking.reservations.states import State

_OPEN_USES = (State.IN_USE, State.COMPLETED, State.DISPUTED)


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """What waits for somebody's word, or for that of whoever else is in the same role."""

    confirmations: int
    approvals: int


def held_ahead(
    session: Session, holder_id: int, organisation_id: int, *, now: datetime
) -> Sequence[tuple[str, str, str, TimeSpan]]:
    """Numbers, instruments' names and times of what is booked and not begun."""
    asked = (
        sa.select(
            col(Reservation.number),
            col(Instrument.name),
            col(Instrument.name_en),
            col(Reservation.starts_at),
            col(Reservation.ends_at),
        )
        .join(Instrument, col(Instrument.id) == col(Reservation.instrument_id))
        .where(_ahead(holder_id, organisation_id, now))
        .order_by(col(Reservation.starts_at), col(Reservation.id))
    )
    return [
        (number, name, name_en, TimeSpan(start, end))
        for number, name, name_en, start, end in session.execute(asked)
    ]


def held_ahead_for_update(
    session: Session, holder_id: int, organisation_id: int, *, now: datetime
) -> Sequence[Loaded]:
    """The same, locked; whoever is changing one is waited for."""
    asked = reservations().where(_ahead(holder_id, organisation_id, now))
    rows = session.execute(locked(asked.order_by(col(Reservation.id)))).all()
    return [Loaded(*row) for row in rows]


def left_open(
    session: Session, holder_id: int, organisation_id: int, *, lab_ids: Sequence[int]
) -> LeftOpen:
    """Uses not yet confirmed, and requests to these labs that nobody has answered."""
    uses = sa.select(sa.func.count()).where(
        col(Reservation.holder_id) == holder_id,
        col(Reservation.organisation_id) == organisation_id,
        col(Reservation.state).in_(_OPEN_USES),
    )
    requests = (
        sa.select(sa.func.count())
        .select_from(Reservation)
        .join(Instrument, col(Instrument.id) == col(Reservation.instrument_id))
        .where(sa.text("reservation.state = 'requested'"), col(Instrument.lab_id).in_(lab_ids))
    )
    row = session.execute(sa.select(uses.scalar_subquery(), requests.scalar_subquery())).one()
    return LeftOpen(*row)


def _ahead(holder_id: int, organisation_id: int, now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        col(Reservation.holder_id) == holder_id,
        col(Reservation.organisation_id) == organisation_id,
        sa.text("reservation.state IN ('requested', 'confirmed', 'in_use')"),
        col(Reservation.state) != State.IN_USE,
        col(Reservation.ends_at) > now,
    )
