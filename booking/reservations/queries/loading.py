"""One reservation with whose instrument it is on; locked when something is about to change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVarTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.instruments.models.instrument import Instrument
from booking.instruments.queries.cards import Insider
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from booking.organisations.models import Lab
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from booking.reservations.queries.touching import soonest_by_grace


@dataclass(frozen=True, slots=True)
class Loaded:
    """A reservation, the lab that hosts it and the lab's organisation."""

    reservation: Reservation
    lab_id: int
    provider_id: int

    @property
    def span(self) -> TimeSpan:
        return TimeSpan(self.reservation.starts_at, self.reservation.ends_at)


@dataclass(frozen=True, slots=True)
class LoadedUse:
    """A reservation together with its use."""

    booked: Loaded
    usage: UsageSession


Ts = TypeVarTuple("Ts")
_Booked = sa.Select[Reservation, int, int]
_Used = sa.Select[Reservation, int, int, UsageSession]
# Spelled like the partial index.
_STILL_OPEN: Final = sa.text("usage_session.ended_at IS NULL")


def reservation_for_update(session: Session, number: str) -> Loaded:
    """Wait for whoever is changing it, then read what they left."""
    row = session.execute(_BY_NUMBER, {"number": number}).one_or_none()
    if row is None:
        raise NotFound(number=number)
    return Loaded(*row)


def reservation_by_number(session: Session, number: str) -> Loaded:
    """The same to look at only."""
    row = session.execute(reservations().where(col(Reservation.number) == number)).one_or_none()
    if row is None:
        raise NotFound(number=number)
    return Loaded(*row)


def host_of(session: Session, instrument_id: int, actor: Actor) -> tuple[int, int]:
    """The lab of an instrument and the lab's organisation; NotFound when it is not to be known."""
    row = session.execute(
        sa.select(col(Lab.id), col(Lab.organisation_id), col(Instrument.state))
        .join(Instrument, col(Instrument.lab_id) == col(Lab.id))
        .where(col(Instrument.id) == instrument_id)
    ).one_or_none()
    if row is None or not Insider.of(actor).knows(row.state, row.id, row.organisation_id):
        raise NotFound(instrument_id=instrument_id)
    return row.id, row.organisation_id


def queue_for_instrument(session: Session, instrument_id: int) -> None:
    """Let moves on one instrument follow each other: two that swap places would wait in a ring."""
    statement = sa.select(col(Instrument.id)).where(col(Instrument.id) == instrument_id)
    session.execute(statement.with_for_update(key_share=True))


def use_for_update(session: Session, booked: Loaded) -> UsageSession:
    """The use of a reservation that is already locked."""
    found = session.execute(_USE_OF, {"reservation": booked.reservation.key})
    usage: UsageSession = found.scalar_one()
    return usage


def use_of_reservation(session: Session, reservation_id: int) -> UsageSession:
    """The same by the reservation's id."""
    usage: UsageSession = session.execute(_USE_OF, {"reservation": reservation_id}).scalar_one()
    return usage


def undecided_since(session: Session, now: datetime) -> Sequence[Loaded]:
    """Requests that lapse now; those somebody is deciding this very moment are left to them."""
    # The condition is spelled like the partial index, so that the index is used whatever the plan.
    due = reservations().where(
        sa.text("reservation.state = 'requested'"), col(Reservation.decide_by) <= now
    )
    return loaded_free(session, due.order_by(col(Reservation.decide_by)))


def awaited_since(session: Session, now: datetime) -> Sequence[Loaded]:
    """Confirmed bookings whose grace has passed."""
    due = soonest_by_grace(reservations()).where(
        sa.text("reservation.state = 'confirmed'"), col(Reservation.missed_from) <= now
    )
    return loaded_free(session, due.order_by(col(Reservation.missed_from)))


@dataclass(frozen=True, slots=True)
class OpenUse:
    """A use that goes on, as it is seen without locking it."""

    reservation_id: int
    policy_id: int | None
    ends_at: datetime


def never_checked_out(session: Session, ended_before: datetime) -> Sequence[OpenUse]:
    """Uses that are still open although their booking ended by then, to choose from."""
    due = (
        sa.select(col(Reservation.id), col(Reservation.policy_id), col(Reservation.ends_at))
        .join(UsageSession, col(UsageSession.reservation_id) == col(Reservation.id))
        .where(_STILL_OPEN, col(Reservation.ends_at) <= ended_before)
        .order_by(col(Reservation.ends_at))
    )
    return [OpenUse(*row) for row in session.execute(due)]


def open_uses_for_update(session: Session, chosen: Iterable[OpenUse]) -> Sequence[LoadedUse]:
    """Those of the chosen that are still open; who is changing one is not waited for."""
    ids = [use.reservation_id for use in chosen]
    if not ids:
        return []
    mine = _uses().where(_STILL_OPEN, col(Reservation.id).in_(ids))
    return _loaded_uses(session, mine.order_by(col(Reservation.ends_at)))


def silent_since(session: Session, now: datetime) -> Sequence[LoadedUse]:
    """Completed uses whose time for an objection has passed; where nobody has said yet what was
    done, silence says nothing."""
    due = _uses().where(
        sa.text("usage_session.settled_at IS NULL AND usage_session.ended_at IS NOT NULL"),
        sa.text("reservation.state = 'completed'"),
        col(UsageSession.confirm_by) <= now,
        ~col(UsageSession.to_be_completed),
    )
    return _loaded_uses(session, due.order_by(col(UsageSession.confirm_by)))


def silence_uncounted(session: Session) -> Sequence[LoadedUse]:
    """Completed uses that ended when the calendar of the days to come was not known."""
    due = _uses().where(
        sa.text("usage_session.settled_at IS NULL AND usage_session.ended_at IS NOT NULL"),
        sa.text("reservation.state = 'completed'"),
        col(UsageSession.confirm_by).is_(None),
    )
    return _loaded_uses(session, due.order_by(col(UsageSession.id)))


def reservations() -> _Booked:
    """Each with its lab and the lab's organisation."""
    return (
        sa.select(Reservation, col(Instrument.lab_id), col(Lab.organisation_id))
        .join(Instrument, col(Instrument.id) == col(Reservation.instrument_id))
        .join(Lab, col(Lab.id) == col(Instrument.lab_id))
    )


def _uses() -> _Used:
    return (
        reservations()
        .join(UsageSession, col(UsageSession.reservation_id) == col(Reservation.id))
        .add_columns(UsageSession)
    )


def locked(statement: sa.Select[*Ts], *, skip: bool = False) -> sa.Select[*Ts]:
    """For a deed: as it stands now, and for nobody else to change meanwhile."""
    return statement.with_for_update(of=Reservation, skip_locked=skip).execution_options(
        populate_existing=True
    )


def loaded_free(session: Session, statement: _Booked) -> Sequence[Loaded]:
    """Those that nobody is changing this very moment, locked."""
    rows = session.execute(locked(statement, skip=True)).all()
    return [Loaded(*row) for row in rows]


def _loaded_uses(session: Session, statement: _Used) -> Sequence[LoadedUse]:
    rows = session.execute(locked(statement, skip=True)).all()
    return [LoadedUse(Loaded(*row[:3]), row[3]) for row in rows]


# Every deed begins with these, so they are built once.
_BY_NUMBER: Final = locked(reservations().where(col(Reservation.number) == sa.bindparam("number")))
_USE_OF: Final = (
    sa.select(UsageSession)
    .where(col(UsageSession.reservation_id) == sa.bindparam("reservation"))
    .execution_options(populate_existing=True)
)
