"""Reservations as people and programs see them: only those they may know of."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.expressions import instant
from booking.instruments.models.instrument import Instrument
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from booking.organisations.models import Lab
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from booking.reservations.queries.booked import taking_time_of_lab
from booking.reservations.queries.seen import SEEN, Seen, seen
from booking.reservations.rules.overrun import EARLY
from booking.reservations.states import State

Where = sa.ColumnElement[bool]
_EARLIER: Final = Reservation.__table__.alias("earlier")  # type: ignore[attr-defined]  # by SQLModel
# Of a lab, on a day.
_MOST_IN_LAB: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which reservations; `span` is any time they share."""

    states: Collection[State] = ()
    instrument_id: int | None = None
    organisation_id: int | None = None
    holder_id: int | None = None
    start: datetime | None = None
    end: datetime | None = None


def reservation_seen_by(session: Session, number: str, actor: Actor) -> Seen:
    """One reservation; NotFound for whoever may not know of it."""
    found = seen(session, SEEN.where(col(Reservation.number) == number, known_to(actor)))
    if not found:
        raise NotFound(number=number)
    return found[0]


def ahead_of_organisation(
    session: Session, organisation_id: int, now: datetime
) -> Sequence[tuple[str, TimeSpan]]:
    """What a company has not begun and not missed: what its suspension would cancel."""
    asked = (
        sa.select(col(Reservation.number), col(Reservation.starts_at), col(Reservation.ends_at))
        .where(
            col(Reservation.organisation_id) == organisation_id,
            sa.text("reservation.state IN ('requested', 'confirmed', 'in_use')"),
            col(Reservation.state) != State.IN_USE,
            sa.or_(col(Reservation.state) == State.REQUESTED, col(Reservation.missed_from) > now),
        )
        .order_by(col(Reservation.starts_at))
    )
    return [(number, TimeSpan(start, end)) for number, start, end in session.execute(asked)]


def ahead_of_person(
    session: Session, instrument_id: int, person_id: int, *, now: datetime
) -> Sequence[tuple[str, TimeSpan]]:
    """What a person has ahead on an instrument, to operate it alone."""
    asked = (
        sa.select(col(Reservation.number), col(Reservation.starts_at), col(Reservation.ends_at))
        .where(
            col(Reservation.instrument_id) == instrument_id,
            col(Reservation.holder_id) == person_id,
            col(Reservation.mode) == ServiceMode.SELF_OPERATED,
            col(Reservation.state).in_([State.REQUESTED, State.CONFIRMED]),
            col(Reservation.ends_at) > now,
        )
        .order_by(col(Reservation.starts_at))
    )
    return [(number, TimeSpan(start, end)) for number, start, end in session.execute(asked)]


def reservations_seen_by(
    session: Session,
    actor: Actor,
    wanted: Wanted,
    *,
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> Sequence[Seen]:
    """Those somebody may know of, the latest time first."""
    statement = SEEN.where(known_to(actor), *_conditions(wanted))
    if after is not None:
        key = sa.tuple_(col(Reservation.starts_at), col(Reservation.id))
        statement = statement.where(key < sa.tuple_(*_typed(after)))
    latest = (col(Reservation.starts_at).desc(), col(Reservation.id).desc())
    return seen(session, statement.order_by(*latest).limit(limit))


def coming_for(
    session: Session, actor: Actor, *, whole_company: bool, limit: int = 200
) -> Sequence[Seen]:
    """What is ahead or in use for a person, or for the person's company, soonest first."""
    statement = SEEN.where(
        _of(actor, whole_company),
        sa.text("reservation.state IN ('requested', 'confirmed', 'in_use')"),
    )
    return seen(session, statement.order_by(col(Reservation.starts_at)).limit(limit))


def due_at(session: Session, instrument_id: int, actor: Actor, *, now: datetime) -> Sequence[Seen]:
    """What a person's own side may begin or end on an instrument now, the soonest first."""
    statement = SEEN.where(
        _of(actor, Permission.ORGANISATION_MANAGE in actor.permissions),
        col(Reservation.instrument_id) == instrument_id,
        sa.or_(
            sa.text("reservation.state = 'in_use'"),
            sa.and_(
                sa.text("reservation.state = 'confirmed'"),
                col(Reservation.starts_at) <= now + EARLY,
                col(Reservation.ends_at) > now,
            ),
        ),
    )
    return seen(session, statement.order_by(col(Reservation.starts_at)).limit(10))


def past_for(
    session: Session,
    actor: Actor,
    *,
    whole_company: bool,
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> Sequence[Seen]:
    """What is over for a person, or for the person's company, latest first."""
    statement = SEEN.where(
        _of(actor, whole_company),
        sa.text("reservation.state NOT IN ('requested', 'confirmed', 'in_use')"),
    )
    if after is not None:
        key = sa.tuple_(col(Reservation.starts_at), col(Reservation.id))
        statement = statement.where(key < sa.tuple_(*_typed(after)))
    latest = (col(Reservation.starts_at).desc(), col(Reservation.id).desc())
    return seen(session, statement.order_by(*latest).limit(limit))


def awaiting_decision_of(session: Session, actor: Actor) -> Sequence[Seen]:
    """Requests that somebody may decide, the most pressing first; of a series only the first."""
    statement = SEEN.where(
        _hosted_by(actor, Permission.RESERVATION_DECIDE),
        sa.text("reservation.state = 'requested'"),
        ~sa.exists()
        .where(
            _EARLIER.c.series_id == col(Reservation.series_id),
            sa.text("earlier.state = 'requested'"),
            sa.tuple_(_EARLIER.c.starts_at, _EARLIER.c.id)
            < sa.tuple_(col(Reservation.starts_at), col(Reservation.id)),
        )
        .correlate(Reservation),
    )
    return seen(session, statement.order_by(col(Reservation.decide_by)).limit(200))


def awaiting_word_of(session: Session, actor: Actor) -> Sequence[Seen]:
    """Uses that wait for this person's word, and disputes to be resolved, oldest first."""
    host = _hosted_by(actor, Permission.RESERVATION_HOST)
    user = sa.and_(
        _of(actor, Permission.ORGANISATION_MANAGE in actor.permissions),
        col(Reservation.organisation_id).in_(sorted(actor.organisation_ids)),
    )
    statement = SEEN.where(
        sa.or_(
            sa.and_(
                col(Reservation.state) == State.COMPLETED,
                sa.or_(
                    sa.and_(host, col(UsageSession.host_confirmed_at).is_(None)),
                    sa.and_(user, col(UsageSession.user_confirmed_at).is_(None)),
                ),
            ),
            sa.and_(col(Reservation.state) == State.DISPUTED, sa.or_(host, user)),
        )
    )
    return seen(session, statement.order_by(col(UsageSession.confirm_by)).limit(200))


def on_day_in_lab(session: Session, lab_id: int, day: TimeSpan) -> Sequence[Seen]:
    """Everything that takes, or should have taken, a lab's time that day; and what still runs."""
    statement = SEEN.where(taking_time_of_lab(lab_id, day))
    return seen(session, statement.order_by(col(Reservation.starts_at)).limit(_MOST_IN_LAB))


def known_to(actor: Actor) -> Where:
    """The holder, the holder's organisation, the lab, the centre."""
    reading, hosting = (
        actor.reach(Permission.RESERVATION_READ),
        actor.reach(Permission.RESERVATION_HOST),
    )
    if reading.everywhere or hosting.everywhere:
        return sa.true()
    return sa.or_(
        col(Reservation.holder_id) == actor.id,
        col(Reservation.organisation_id).in_(sorted(reading.organisation_ids)),
        col(Instrument.lab_id).in_(sorted(hosting.lab_ids)),
        col(Lab.organisation_id).in_(sorted(hosting.organisation_ids)),
    )


def _hosted_by(actor: Actor, permission: Permission) -> Where:
    reach = actor.reach(permission)
    if reach.everywhere:
        return sa.true()
    return sa.or_(
        col(Instrument.lab_id).in_(sorted(reach.lab_ids)),
        col(Lab.organisation_id).in_(sorted(reach.organisation_ids)),
    )


def _of(actor: Actor, whole_company: bool) -> Where:  # noqa: FBT001 - told apart by its callers
    mine = col(Reservation.holder_id) == actor.id
    if not whole_company:
        return mine
    reach = actor.reach(Permission.RESERVATION_USE)
    return sa.or_(mine, col(Reservation.organisation_id).in_(sorted(reach.organisation_ids)))


def _conditions(wanted: Wanted) -> Sequence[Where]:
    conditions: list[Where] = []
    if wanted.states:
        conditions.append(col(Reservation.state).in_(sorted(wanted.states)))
    if wanted.instrument_id is not None:
        conditions.append(col(Reservation.instrument_id) == wanted.instrument_id)
    if wanted.organisation_id is not None:
        conditions.append(col(Reservation.organisation_id) == wanted.organisation_id)
    if wanted.holder_id is not None:
        conditions.append(col(Reservation.holder_id) == wanted.holder_id)
    if wanted.start is not None:
        conditions.append(col(Reservation.ends_at) > wanted.start)
    if wanted.end is not None:
        conditions.append(col(Reservation.starts_at) < wanted.end)
    return conditions


def _typed(after: tuple[datetime, int]) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
    moment, id_ = after
    return instant(moment), sa.literal(id_)
