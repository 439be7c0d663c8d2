"""What those who train see: who waits, sessions with their people, who may operate until when."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from booking.kernel.timespan import TimeSpan
from booking.training.models import TrainingRequest
from booking.training.queries.tables import GRANT, ORGANISATION, PERSON, REQUEST, SESSION
from booking.training.rules import End, end_of
from booking.training.states import OPEN, GrantState, RequestState, SessionState

# More than a lab trains in a year; the oldest come first.
_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who asks, for which organisation, and how far it is."""

    request_id: int
    person: str
    email: str
    organisation: str
    message: str
    state: RequestState
    asked_at: datetime
    session_id: int | None
    instrument_id: int
    organisation_en: str


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as lists show it; of its people only how many."""

    id: int
    instrument_id: int
    starts_at: datetime
    ends_at: datetime
    seats: int
    place: str
    trainer: str
    state: SessionState
    reason: str
    is_closed_for: bool
    taken: int

    @property
    def span(self) -> TimeSpan:
        return TimeSpan(self.starts_at, self.ends_at)

    @property
    def free(self) -> int:
        return self.seats - self.taken


@dataclass(frozen=True, slots=True)
class Trained:
    """Who may operate it, since when; `end` is when that ends by itself."""

    grant_id: int
    instrument_id: int
    person_id: int
    person: str
    email: str
    organisation: str
    organisation_en: str
    valid_to: date | None
    granted_at: datetime
    practised_at: datetime
    state: GrantState
    end: End | None

    def has_ended(self, now: datetime) -> bool:
        return self.end is not None and self.end.at <= now


_CANDIDATES: Final = (
    sa.select(
        *(REQUEST.c.id, PERSON.c.name, PERSON.c.email, ORGANISATION.c.name),
        *(REQUEST.c.message, REQUEST.c.state, REQUEST.c.asked_at, REQUEST.c.session_id),
        *(REQUEST.c.instrument_id, ORGANISATION.c.name_en),
    )
    .select_from(
        REQUEST.join(PERSON, PERSON.c.id == REQUEST.c.person_id).join(
            ORGANISATION, ORGANISATION.c.id == REQUEST.c.organisation_id
        )
    )
    .order_by(REQUEST.c.asked_at, REQUEST.c.id)
)
_TAKEN: Final = (
    sa.select(sa.func.count())
    .where(REQUEST.c.session_id == SESSION.c.id, REQUEST.c.state == RequestState.SCHEDULED)
    .correlate(SESSION)
    .scalar_subquery()
)
_SESSIONS: Final = sa.select(
    *(SESSION.c.id, SESSION.c.instrument_id, SESSION.c.starts_at, SESSION.c.ends_at),
    *(SESSION.c.seats, SESSION.c.place, SESSION.c.trainer, SESSION.c.state),
    *(SESSION.c.reason, SESSION.c.closure_id.is_not(None), _TAKEN),
)
_TRAINED: Final = (
    sa.select(
        *(GRANT.c.id.label("grant_id"), GRANT.c.instrument_id, GRANT.c.person_id),
        *(PERSON.c.name.label("person"), PERSON.c.email),
        *(
            ORGANISATION.c.name.label("organisation"),
            ORGANISATION.c.name_en.label("organisation_en"),
            GRANT.c.valid_to,
            GRANT.c.granted_at,
            GRANT.c.practised_at,
        ),
        GRANT.c.state,
    )
    .select_from(
        GRANT.join(PERSON, PERSON.c.id == GRANT.c.person_id).join(
            ORGANISATION, ORGANISATION.c.id == GRANT.c.organisation_id
        )
    )
    .order_by(GRANT.c.id)
)


def candidates(session: Session, instrument_id: int) -> Sequence[Candidate]:
    """Open requests for an instrument, the oldest first."""
    mine = _CANDIDATES.where(
        REQUEST.c.instrument_id == instrument_id, REQUEST.c.state.in_(sorted(OPEN))
    )
    return [Candidate(*row) for row in session.execute(mine.limit(_MOST))]


def candidate(session: Session, request_id: int) -> Candidate | None:
    """One request, in whatever state."""
    row = session.execute(_CANDIDATES.where(REQUEST.c.id == request_id)).one_or_none()
    return None if row is None else Candidate(*row)


def planned_sessions(session: Session, instrument_id: int) -> Sequence[SessionRow]:
    """Sessions that were neither held nor cancelled, the next one first, past ones too."""
    mine = _SESSIONS.where(
        SESSION.c.instrument_id == instrument_id, SESSION.c.state == SessionState.PLANNED
    )
    rows = session.execute(mine.order_by(SESSION.c.starts_at).limit(_MOST))
    return [SessionRow(*row) for row in rows]


def session_row(session: Session, session_id: int) -> SessionRow | None:
    """One session, in whatever state."""
    row = session.execute(_SESSIONS.where(SESSION.c.id == session_id)).one_or_none()
    return None if row is None else SessionRow(*row)


def trained_on(
    session: Session,
    instrument_id: int,
    *,
    unused_days: int | None,
    after_id: int = 0,
    limit: int = 50,
) -> Sequence[Trained]:
    """Permissions in force, oldest first."""
    mine = _TRAINED.where(
        GRANT.c.instrument_id == instrument_id,
        GRANT.c.state == GrantState.IN_FORCE,
        GRANT.c.id > after_id,
    )
    rows = session.execute(mine.limit(limit))
    return [_trained(row, unused_days) for row in rows]


def place_of_grant(session: Session, grant_id: int) -> int | None:
    """For which instrument a permission is."""
    asked = sa.select(GRANT.c.instrument_id).where(GRANT.c.id == grant_id)
    return session.execute(asked).scalar_one_or_none()


def trained_one(session: Session, grant_id: int, *, unused_days: int | None) -> Trained:
    """One permission that is there, in whatever state."""
    return _trained(session.execute(_TRAINED.where(GRANT.c.id == grant_id)).one(), unused_days)


def _trained(row: sa.Row[Any], unused_days: int | None) -> Trained:
    end = end_of(row.valid_to, row.practised_at, unused_days)
    return Trained(**row._mapping, end=end)


def participants(session: Session, session_id: int) -> Sequence[TrainingRequest]:
    """The requests of those who are on a session, for somebody who holds the instrument's lock."""
    wanted = select(TrainingRequest).where(
        col(TrainingRequest.session_id) == session_id,
        col(TrainingRequest.state) == RequestState.SCHEDULED,
    )
    ordered = wanted.order_by(col(TrainingRequest.id))
    return session.exec(ordered.execution_options(populate_existing=True)).all()


def requests_named(
    session: Session, instrument_id: int, ids: Collection[int]
) -> Sequence[TrainingRequest]:
    """Those of these requests that are for an instrument, for somebody who holds its lock."""
    wanted = select(TrainingRequest).where(
        col(TrainingRequest.instrument_id) == instrument_id,
        col(TrainingRequest.id).in_(sorted(ids)),
    )
    ordered = wanted.order_by(col(TrainingRequest.id))
    return session.exec(ordered.execution_options(populate_existing=True)).all()
