"""What records behind a figure are called."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.db.expressions import instant
from booking.instruments.models.tables import CLOSURE, INSTRUMENT
from booking.instruments.queries.family import FAR, NEAR, whole_pairs
from booking.kernel.timespan import TimeSpan
from booking.organisations.models import Organisation
from booking.reservations.models.reservation import Reservation
from booking.reservations.states import State
from booking.utilisation.queries.cutting import closed_until


@dataclass(frozen=True, slots=True)
class BookingNamed:
    """A booking as a list shows it."""

    id: int
    number: str
    starts_at: datetime
    ends_at: datetime
    state: State
    user: str
    user_en: str


@dataclass(frozen=True, slots=True)
class ClosureNamed:
    """A closure as a timeline shows it; that of a whole is its parts' too."""

    kind: str
    span: TimeSpan
    reason: str


def bookings_named(session: Session, ids: Collection[int]) -> Mapping[int, BookingNamed]:
    """Bookings by their ids."""
    asked = (
        sa.select(
            col(Reservation.id),
            col(Reservation.number),
            col(Reservation.starts_at),
            col(Reservation.ends_at),
            col(Reservation.state),
            col(Organisation.name),
            col(Organisation.name_en),
        )
        .join(Organisation, col(Organisation.id) == col(Reservation.organisation_id))
        .where(col(Reservation.id).in_(ids))
    )
    return {row[0]: BookingNamed(*row) for row in session.execute(asked)}


def closures_named(session: Session, instrument_id: int, span: TimeSpan) -> Sequence[ClosureNamed]:
    """Closures of an instrument and of what it is part of that lasted in a span, in order."""
    wholes = whole_pairs(NEAR == instrument_id, FAR == instrument_id)
    theirs = sa.select(wholes.c.whole)
    asked = (
        sa.select(CLOSURE.c.kind, CLOSURE.c.starts_at, closed_until(), CLOSURE.c.reason)
        .select_from(CLOSURE.join(INSTRUMENT, INSTRUMENT.c.id == CLOSURE.c.instrument_id))
        .where(
            (CLOSURE.c.instrument_id == instrument_id) | CLOSURE.c.instrument_id.in_(theirs),
            CLOSURE.c.starts_at < instant(span.end),
            closed_until() > instant(span.start),
            closed_until() > CLOSURE.c.starts_at,
        )
        .order_by(CLOSURE.c.starts_at, CLOSURE.c.id)
    )
    return [
        ClosureNamed(str(kind.value), TimeSpan(start, end), reason)
        for kind, start, end, reason in session.execute(asked)
    ]
