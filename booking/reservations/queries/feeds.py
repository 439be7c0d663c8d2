"""Which calendar a secret opens, and what stands in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.accounts.models import User
from booking.db.types import UtcDateTime
from booking.instruments.models.calendar import Closure, ClosureKind
from booking.instruments.models.instrument import Instrument
from booking.instruments.queries.family import family_of
from booking.instruments.queries.terms import broken_until
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.errors import NotFound
from booking.organisations.models import Lab, Organisation
from booking.organisations.queries import LabSummary, lab_summary
from booking.reservations.models.feed import CalendarFeed
from booking.reservations.models.reservation import Reservation
from booking.reservations.rules.feeds import CALLED_OFF, MOST_ENTRIES, Reach, Subject
from booking.reservations.states import State

_Where = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class OpenFeed:
    """What a secret opens: whose it is and of what."""

    person_id: int
    subject: Subject


@dataclass(frozen=True, slots=True)
class Booked:
    """A booking as a calendar needs it; no person's name is among it."""

    number: str
    version: int
    state: State
    instrument_id: int
    instrument: str
    instrument_en: str
    address: str
    lab_id: int
    lab: str
    provider_id: int
    holder_id: int
    organisation_id: int
    organisation: str
    mode: ServiceMode
    starts_at: datetime
    ends_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Closed:
    """A closure; `ends_at` as it was planned, `until` as it is."""

    id: int
    kind: ClosureKind
    reason: str
    instrument: str
    instrument_en: str
    address: str
    lab_id: int
    provider_id: int
    starts_at: datetime
    ends_at: datetime
    until: datetime
    created_at: datetime
    lifted_at: datetime | None
    extended_at: datetime | None

    @property
    def changed_at(self) -> datetime:
        return self.lifted_at or self.extended_at or self.created_at


_BOOKED: Final = (
    sa.select(
        col(Reservation.number),
        col(Reservation.version),
        col(Reservation.state),
        col(Reservation.instrument_id),
        col(Instrument.name),
        col(Instrument.name_en),
        col(Instrument.address),
        col(Instrument.lab_id),
        col(Lab.name),
        col(Lab.organisation_id),
        col(Reservation.holder_id),
        col(Reservation.organisation_id),
        col(Organisation.name),
        col(Reservation.mode),
        col(Reservation.starts_at),
        col(Reservation.ends_at),
        col(Reservation.updated_at),
    )
    .join(Instrument, col(Instrument.id) == col(Reservation.instrument_id))
    .join(Lab, col(Lab.id) == col(Instrument.lab_id))
    .join(Organisation, col(Organisation.id) == col(Reservation.organisation_id))
)


def feed_opened_by(session: Session, digest: str) -> OpenFeed | None:
    """The feed of a secret, while its person's account is open."""
    asked = (
        sa.select(
            col(CalendarFeed.person_id), col(CalendarFeed.instrument_id), col(CalendarFeed.lab_id)
        )
        .join(User, col(User.id) == col(CalendarFeed.person_id))
        .where(col(CalendarFeed.digest) == digest, col(User.active))
    )
    row = session.execute(asked).one_or_none()
    return OpenFeed(row[0], Subject(row[1], row[2])) if row else None


def feed_made_at(session: Session, person_id: int, subject: Subject) -> datetime | None:
    """Since when somebody has a feed of something; None when they have none."""
    asked = sa.select(col(CalendarFeed.made_at)).where(*of_subject(person_id, subject))
    found: datetime | None = session.execute(asked).scalar_one_or_none()
    return found


def of_subject(person_id: int, subject: Subject) -> tuple[_Where, ...]:
    """The one feed that somebody may have of something."""
    return (
        col(CalendarFeed.person_id) == person_id,
        col(CalendarFeed.instrument_id).is_not_distinct_from(subject.instrument_id),
        col(CalendarFeed.lab_id).is_not_distinct_from(subject.lab_id),
    )


def lab_run_by(session: Session, lab_id: int, actor: Actor) -> LabSummary:
    """A lab whose bookings somebody hosts in it, not from the centre; NotFound for any other."""
    lab = lab_summary(session, lab_id)
    if not runs(actor, lab_id=lab.id, provider_id=lab.organisation_id):
        raise NotFound(lab_id=lab_id)
    return lab


def runs(actor: Actor, *, lab_id: int, provider_id: int) -> bool:
    """Whether somebody belongs to those who run a lab; the centre runs none."""
    reach = actor.reach(Permission.RESERVATION_HOST)
    return lab_id in reach.lab_ids or provider_id in reach.organisation_ids


def is_theirs(actor: Actor, booked: Booked) -> bool:
    """Whether a booking is somebody's own, or of an organisation whose bookings they read."""
    reach = actor.reach(Permission.RESERVATION_READ)
    return booked.holder_id == actor.id or booked.organisation_id in reach.organisation_ids


def booked_in(session: Session, feed: OpenFeed, reach: Reach) -> Sequence[Booked]:
    """The bookings of a feed, the latest time first; called off ones for a while."""
    asked = (
        _BOOKED.where(
            _bookings_of(feed),
            col(Reservation.starts_at) < reach.span.end,
            col(Reservation.starts_at) > reach.span.start,
            sa.or_(
                col(Reservation.state).not_in(sorted(CALLED_OFF)),
                col(Reservation.updated_at) >= reach.called_off_since,
            ),
        )
        .order_by(col(Reservation.starts_at).desc(), col(Reservation.id).desc())
        .limit(MOST_ENTRIES)
    )
    return [Booked(*row) for row in session.execute(asked)]


def closed_in(
    session: Session, subject: Subject, reach: Reach, *, now: datetime
) -> Sequence[Closed]:
    """What closes an instrument, or those of a lab; nothing closes a person."""
    if subject.instrument_id is None and subject.lab_id is None:
        return ()
    until = broken_until(sa.literal(now, UtcDateTime()))
    asked = (
        sa.select(
            col(Closure.id),
            col(Closure.kind),
            col(Closure.reason),
            col(Instrument.name),
            col(Instrument.name_en),
            col(Instrument.address),
            col(Instrument.lab_id),
            col(Lab.organisation_id),
            col(Closure.starts_at),
            col(Closure.ends_at),
            until,
            col(Closure.created_at),
            col(Closure.lifted_at),
            col(Closure.extended_at),
        )
        .join(Instrument, col(Instrument.id) == col(Closure.instrument_id))
        .join(Lab, col(Lab.id) == col(Instrument.lab_id))
        .where(
            _instruments_of(subject, col(Closure.instrument_id)),
            col(Closure.starts_at) < reach.span.end,
            col(Closure.ends_at) > reach.span.start,
            sa.or_(
                col(Closure.lifted_at).is_(None),
                col(Closure.lifted_at) > col(Closure.starts_at),
                col(Closure.lifted_at) >= reach.called_off_since,
            ),
        )
        .order_by(col(Closure.starts_at).desc(), col(Closure.id).desc())
        .limit(MOST_ENTRIES)
    )
    return [Closed(*row) for row in session.execute(asked)]


def _bookings_of(feed: OpenFeed) -> _Where:
    subject = feed.subject
    if subject.instrument_id is None and subject.lab_id is None:
        return col(Reservation.holder_id) == feed.person_id
    return _instruments_of(subject, col(Reservation.instrument_id))


def _instruments_of(subject: Subject, column: sa.SQLColumnExpression[int]) -> _Where:
    """With its parts and what it is part of: their time is its time."""
    if subject.lab_id is not None:
        return col(Instrument.lab_id) == subject.lab_id
    return column.in_(family_of(sa.cast(sa.literal(subject.instrument_id), sa.BigInteger)))
