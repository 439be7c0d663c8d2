"""What letters and notices say of bookings, looked up when they are read and not when written."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.accounts.models import User
from booking.instruments.models.instrument import Instrument
from booking.notifications.models import OutboxMessage
from booking.notifications.rules import ALL_HANDED_ON
from booking.notifications.rules.letters import NoticeFact
from booking.organisations.models import Lab, Organisation
from booking.reservations.models.joint import JointBooking
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.series import ReservationSeries
from booking.reservations.states import State

Words = Mapping[str, object]
_OF_BOOKINGS: Final = {
    NoticeFact.BOOKING,
    NoticeFact.BOOKING_REMINDER,
    NoticeFact.REQUEST_WAITING,
}
# What has a place in a calendar, or had one.
_IN_CALENDARS: Final = (
    *(State.REQUESTED, State.CONFIRMED),
    *(State.CANCELLED, State.REJECTED, State.EXPIRED),
)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A booking of a series or a joint booking as it stands, and where."""

    number: str
    version: int
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    state: State
    instrument: str
    instrument_en: str
    address: str
    lab: str


def booking_words(session: Session, numbers: Collection[str]) -> Mapping[str, Words]:
    """What is said of bookings besides what happened, by their numbers."""
    if not numbers:
        return {}
    asked: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(Reservation.number),
            col(Instrument.name).label("instrument"),
            col(Instrument.name_en).label("instrument_en"),
            col(Instrument.address),
            col(Lab.name).label("lab"),
            col(Reservation.state),
            col(Reservation.starts_at).label("begins"),
            col(Reservation.holder_id),
            col(User.name).label("who"),
            col(Organisation.name).label("organisation"),
        )
        .select_from(Reservation)
        .join(Instrument, col(Instrument.id) == col(Reservation.instrument_id))
        .join(Lab, col(Lab.id) == col(Instrument.lab_id))
        .join(User, col(User.id) == col(Reservation.holder_id))
        .join(Organisation, col(Organisation.id) == col(Reservation.organisation_id))
        .where(col(Reservation.number).in_(set(numbers)))
    )
    return {row["number"]: dict(row) for row in session.execute(asked).mappings()}


def known_of(session: Session, letters: Sequence[OutboxMessage]) -> Mapping[int, Words]:
    """What each says besides its parameters, by its key."""
    about = {one.key: one.about for one in letters if one.fact in _OF_BOOKINGS}
    bookings = booking_words(session, set(about.values()))
    return {one.key: bookings.get(about.get(one.key, ""), {}) for one in letters}


def occurrences_of(session: Session, letter: OutboxMessage) -> Sequence[Occurrence]:
    """The bookings that a letter is about, that are its reader's or were until then, and that were
    not over."""
    handed_on = letter.params["step"] == ALL_HANDED_ON
    asked: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(Reservation.number),
            col(Reservation.version),
            col(Reservation.starts_at),
            col(Reservation.ends_at),
            col(Reservation.updated_at),
            col(Reservation.state),
            col(Instrument.name),
            col(Instrument.name_en),
            col(Instrument.address),
            col(Lab.name),
        )
        .select_from(Reservation)
        .join(Instrument, col(Instrument.id) == col(Reservation.instrument_id))
        .join(Lab, col(Lab.id) == col(Instrument.lab_id))
        .where(
            _is_about(letter),
            sa.true() if handed_on else col(Reservation.holder_id) == letter.user_id,
            col(Reservation.ends_at) > letter.created_at,
            col(Reservation.state).in_(_IN_CALENDARS),
        )
        .order_by(col(Reservation.starts_at), col(Reservation.id))
    )
    found = [Occurrence(*row) for row in session.execute(asked)]
    # Whoever holds them now, they leave this calendar.
    return [replace(one, state=State.CANCELLED) for one in found] if handed_on else found


def _is_about(letter: OutboxMessage) -> sa.ColumnElement[bool]:
    """Whether a booking is of the joint booking or the series, or one of those, that it names."""
    number = letter.about
    if letter.fact == NoticeFact.BOOKINGS_STEP:
        return col(Reservation.number).in_(cast("list[str]", letter.params["numbers"]))
    if letter.fact == NoticeFact.JOINT_STEP:
        whole = sa.select(col(JointBooking.id)).where(col(JointBooking.number) == number)
        return col(Reservation.joint_id) == whole.scalar_subquery()
    whole = sa.select(col(ReservationSeries.id)).where(col(ReservationSeries.number) == number)
    return col(Reservation.series_id) == whole.scalar_subquery()
