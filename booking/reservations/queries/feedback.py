"""What users said of uses: of one, of an instrument on average, and which still wait for a word."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.instruments.models.instrument import Instrument
from booking.kernel.timespan import TimeSpan
from booking.reservations.models.feedback import UseFeedback
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from booking.reservations.rules.feedback import TERM, Grade, average
from booking.reservations.states import State

# A use may end some days after the booking began.
_LONGEST: Final = timedelta(days=7)
FINISHED: Final = (State.COMPLETED, State.DISPUTED, State.SETTLED)
MOST: Final = 50
# PostgreSQL takes 65,535 values with a statement; a large provider's quarter has more uses.
_NAMED_AT_ONCE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Graded:
    """A word that was given; reported ones stay."""

    grade: Grade
    comment: str
    given_at: datetime
    reported_at: datetime | None


@dataclass(frozen=True, slots=True)
class ToGrade:
    """A use of which its users said nothing yet."""

    number: str
    instrument_name: str
    instrument_name_en: str
    span: TimeSpan


def feedback_of(session: Session, reservation_id: int) -> Graded | None:
    """What was said of one use."""
    asked = sa.select(
        col(UseFeedback.grade),
        col(UseFeedback.comment),
        col(UseFeedback.given_at),
        col(UseFeedback.reported_at),
    ).where(col(UseFeedback.reservation_id) == reservation_id)
    row = session.execute(asked).one_or_none()
    return None if row is None else Graded(*row)


def feedback_for_update(session: Session, reservation_id: int) -> UseFeedback | None:
    """The row itself, for somebody who holds the booking's lock."""
    asked = select(UseFeedback).where(col(UseFeedback.reservation_id) == reservation_id)
    return session.exec(asked.with_for_update()).one_or_none()


def average_grade(session: Session, instrument_id: int) -> tuple[float, int] | None:
    """Of five, and how many words it is of; None as long as too few organisations gave any."""
    asked = (
        sa.select(col(UseFeedback.organisation_id), col(UseFeedback.grade), sa.func.count())
        .where(col(UseFeedback.instrument_id) == instrument_id)
        .group_by(col(UseFeedback.organisation_id), col(UseFeedback.grade))
    )
    given = [
        (organisation_id, grade.points)
        for organisation_id, grade, count in session.execute(asked)
        for _ in range(count)
    ]
    found = average(given)
    return None if found is None else (found, len(given))


def to_grade(
    session: Session, actor: Actor, *, whole_company: bool, now: datetime
) -> Sequence[ToGrade]:
    """Finished uses within the term of which nothing was said, the latest first."""
    asked = (
        sa.select(
            col(Reservation.number),
            col(Instrument.name),
            col(Instrument.name_en),
            col(Reservation.starts_at),
            col(Reservation.ends_at),
        )
        .join(Instrument, col(Instrument.id) == col(Reservation.instrument_id))
        .where(*_ungraded(actor, whole_company=whole_company, now=now))
        .order_by(col(Reservation.starts_at).desc())
        .limit(MOST)
    )
    return [
        ToGrade(number, name, name_en, TimeSpan(start, end))
        for number, name, name_en, start, end in session.execute(asked)
    ]


def _ungraded(actor: Actor, *, whole_company: bool, now: datetime) -> list[Any]:
    using = actor.reach(Permission.RESERVATION_USE).organisation_ids
    managed = actor.reach(Permission.ORGANISATION_MANAGE).organisation_ids & using
    mine = sa.and_(
        col(Reservation.holder_id) == actor.id, col(Reservation.organisation_id).in_(sorted(using))
    )
    of_company = col(Reservation.organisation_id).in_(sorted(managed))
    ended = sa.exists().where(
        col(UsageSession.reservation_id) == col(Reservation.id),
        col(UsageSession.ended_at) > now - TERM,
    )
    said = sa.exists().where(col(UseFeedback.reservation_id) == col(Reservation.id))
    return [
        sa.or_(mine, of_company) if whole_company else mine,
        col(Reservation.state).in_(FINISHED),
        col(Reservation.starts_at) > now - TERM - _LONGEST,
        ended,
        ~said,
    ]


def report_feedback(session: Session, reservation_ids: Collection[int], *, now: datetime) -> None:
    """From now on what was said of these uses stays as it is."""
    ids = sorted(reservation_ids)
    for start in range(0, len(ids), _NAMED_AT_ONCE):
        session.execute(
            sa.update(UseFeedback)
            .where(
                col(UseFeedback.reservation_id).in_(ids[start : start + _NAMED_AT_ONCE]),
                col(UseFeedback.reported_at).is_(None),
            )
            .values(reported_at=now)
        )
