"""Whose time it is that is taken on some instruments, as far as the reader may know."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.instruments.calendar.week import OwnTime
from booking.instruments.models.instrument import Instrument
from booking.kernel.timespan import TimeSpan
from booking.organisations.models import Lab, Organisation
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.lists import known_to
from booking.reservations.queries.seen import Rows
from booking.reservations.queries.touching import touching
from booking.reservations.states import Action, State, open_actions
from booking.web.filters import localised
from booking.web.words import words

_GONE: Final = (State.CANCELLED, State.EXPIRED, State.REJECTED)
_MOST: Final = 2000
_KNOWN: Final[Rows] = (
    sa.select(
        col(Reservation.instrument_id),
        col(Reservation.number),
        col(Reservation.starts_at),
        col(Reservation.ends_at),
        col(Reservation.state),
        col(Reservation.holder_id),
        col(Reservation.organisation_id),
        col(Organisation.name).label("organisation_name"),
        col(Organisation.name_en).label("organisation_name_en"),
        col(Instrument.lab_id),
        col(Lab.organisation_id).label("provider_id"),
    )
    .join(Instrument, col(Instrument.id) == col(Reservation.instrument_id))
    .join(Lab, col(Lab.id) == col(Instrument.lab_id))
    .join(Organisation, col(Organisation.id) == col(Reservation.organisation_id))
    .where(col(Reservation.state).not_in(_GONE))
    .order_by(col(Reservation.starts_at))
    .limit(_MOST)
)


class OwnBookings:
    """Implements `instruments.calendar.week.BookingSource`: one statement, none for visitors."""

    def known(
        self, session: Session, actor: Actor | None, ids: Sequence[int], *, span: TimeSpan
    ) -> Sequence[OwnTime]:
        """The reader's bookings, those of the reader's company, and those of labs they run."""
        if actor is None or not ids:
            return ()
        on_these = col(Reservation.instrument_id).in_(sorted(ids))
        asked = _KNOWN.where(known_to(actor), col(Reservation.id).in_(touching(span, on_these)))
        said = {state: words(state) for state in State}
        return [_own(row, actor, said[row.state]) for row in session.execute(asked).all()]


def _own(row: sa.Row[Any], actor: Actor, said: str) -> OwnTime:
    mine = row.organisation_id in actor.organisation_ids
    return OwnTime(
        row.instrument_id,
        row.number,
        TimeSpan(row.starts_at, row.ends_at),
        said if mine else f"{localised(row.organisation_name, row.organisation_name_en)} · {said}",
        asked=row.state is State.REQUESTED,
        movable=Action.MOVE in open_actions(row.state) and _moves(row, actor),
    )


def _moves(row: sa.Row[Any], actor: Actor) -> bool:
    """Whether the page for moving it is worth opening; the deed itself decides."""
    return (
        row.holder_id == actor.id
        or actor.may_for(Permission.ORGANISATION_MANAGE, organisation_id=row.organisation_id)
        or actor.may_for(
            Permission.RESERVATION_DECIDE, organisation_id=row.provider_id, lab_id=row.lab_id
        )
    )
