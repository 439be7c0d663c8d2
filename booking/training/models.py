"""Tables of training: who asks, when sessions are, who may operate what until when."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, UtcDateTime
from booking.training.states import GrantState, RequestState, SessionState

_OPEN = sa.text("state IN ('waiting', 'scheduled')")
_IN_FORCE = sa.text("state = 'in_force'")


class TrainingSession(Row, table=True):
    """A meeting at an instrument to learn it; a closure keeps the instrument free for it."""

    __tablename__ = "training_session"
    __table_args__ = (
        sa.CheckConstraint("starts_at < ends_at", name="not_empty"),
        sa.CheckConstraint("seats BETWEEN 1 AND 200", name="seats"),
        sa.Index(None, "instrument_id", "starts_at"),
    )

    instrument_id: int = Field(foreign_key="instrument.id", sa_type=Id)
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    seats: int
    place: str = Field(default="", max_length=200)
    trainer: str = Field(default="", max_length=100)
    state: SessionState = Field(default=SessionState.PLANNED, sa_type=EnumText(SessionState))
    reason: str = Field(default="", max_length=500)
    closure_id: int | None = Field(default=None, foreign_key="closure.id", index=True, sa_type=Id)
    planned_by: int | None = Field(default=None, sa_type=Id)
    planned_at: datetime = Field(sa_type=UtcDateTime)
    ended_by: int | None = Field(default=None, sa_type=Id)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TrainingRequest(Row, table=True):
    """Somebody asks to be trained on an instrument; at most one open request at a time."""

    __tablename__ = "training_request"
    __table_args__ = (
        sa.Index(
            "uq_training_request_open",
            *("instrument_id", "person_id"),
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        sa.Index(None, "instrument_id", "state"),
    )

    instrument_id: int = Field(foreign_key="instrument.id", sa_type=Id)
    person_id: int = Field(foreign_key="person.id", index=True, sa_type=Id)
    organisation_id: int = Field(foreign_key="organisation.id", index=True, sa_type=Id)
    message: str = Field(default="", max_length=500)
    state: RequestState = Field(default=RequestState.WAITING, sa_type=EnumText(RequestState))
    session_id: int | None = Field(
        default=None, foreign_key="training_session.id", index=True, sa_type=Id
    )
    asked_at: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(default="", max_length=500)
    decided_by: int | None = Field(default=None, sa_type=Id)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TrainingGrant(Row, table=True):
    """Somebody may operate an instrument alone; at most one in force at a time."""

    __tablename__ = "training_grant"
    __table_args__ = (
        sa.Index(
            "uq_training_grant_in_force",
            *("instrument_id", "person_id"),
            unique=True,
            sqlite_where=_IN_FORCE,
            postgresql_where=_IN_FORCE,
        ),
    )

    instrument_id: int = Field(foreign_key="instrument.id", sa_type=Id)
    person_id: int = Field(foreign_key="person.id", index=True, sa_type=Id)
    # For which organisation it was asked; the permission is the person's.
    organisation_id: int = Field(foreign_key="organisation.id", index=True, sa_type=Id)
    session_id: int | None = Field(
        default=None, foreign_key="training_session.id", index=True, sa_type=Id
    )
    # The last day on which it holds; none means that no date ends it.
    valid_to: date | None = None
    granted_by: int | None = Field(default=None, sa_type=Id)
    granted_at: datetime = Field(sa_type=UtcDateTime)
    # The last own use since then; the day of the permission until there is one.
    practised_at: datetime = Field(sa_type=UtcDateTime)
    # Of which end the person was last told, and at which step.
    told_end: datetime | None = Field(default=None, sa_type=UtcDateTime)
    told_days: int | None = None
    state: GrantState = Field(default=GrantState.IN_FORCE, sa_type=EnumText(GrantState))
    ended_by: int | None = Field(default=None, sa_type=Id)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    end_reason: str = Field(default="", max_length=500)
