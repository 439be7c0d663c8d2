"""Programmes as they were entered: versions are kept whole, never edited."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, Json, UtcDateTime
from booking.subsidies.states import EndState, ProgrammeState


class ProgrammeEntry(Row, table=True):
    """A programme under its public id."""

    __tablename__ = "programme"

    code: str = Field(max_length=64, unique=True)
    kind: str = Field(max_length=16)
    created_at: datetime = Field(sa_type=UtcDateTime)


class ProgrammeVersion(Row, table=True):
    """One version; `terms` is the document of the programme format, exactly as entered."""

    __tablename__ = "programme_version"
    __table_args__ = (
        sa.UniqueConstraint("programme_id", "version"),
        sa.CheckConstraint("valid_from <= valid_to", name="in_order"),
        # Public money needs a public document (文号).
        sa.CheckConstraint(
            "state = 'draft' OR state = 'closed' OR document <> ''", name="document"
        ),
        # … and two persons who stand for it.
        sa.CheckConstraint("activated_by <> proposed_by", name="two_persons"),
        sa.CheckConstraint("state <> 'proposed' OR proposed_by IS NOT NULL", name="proposed"),
    )

    programme_id: int = Field(foreign_key="programme.id", sa_type=Id)
    version: int
    state: ProgrammeState = Field(default=ProgrammeState.DRAFT, sa_type=EnumText(ProgrammeState))
    document: str = Field(default="", max_length=200)
    valid_from: date
    valid_to: date
    terms: dict[str, object] = Field(sa_type=Json)
    created_by: int | None = Field(default=None, sa_type=Id)
    created_at: datetime = Field(sa_type=UtcDateTime)
    proposed_by: int | None = Field(default=None, sa_type=Id)
    proposed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    activated_by: int | None = Field(default=None, sa_type=Id)
    activated_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


_LIVE_END = sa.text("state NOT IN ('declined', 'lifted')")


class ProgrammeEnd(Row, table=True):
    """An earlier last day of an active version, under a document of its own; two persons.

    A last day before its first one withdraws a version that has not begun.
    """

    __tablename__ = "programme_end"
    __table_args__ = (
        sa.CheckConstraint("document <> ''", name="document"),
        sa.CheckConstraint("state <> 'confirmed' OR decided_by <> asked_by", name="two_persons"),
        sa.CheckConstraint(
            "(state = 'asked') = (decided_by IS NULL AND decided_at IS NULL)", name="decided"
        ),
        sa.CheckConstraint("(state = 'lifted') = (lifted_by_id IS NOT NULL)", name="lifted"),
        sa.Index(
            "uq_programme_end_live",
            "programme_version_id",
            unique=True,
            sqlite_where=_LIVE_END,
            postgresql_where=_LIVE_END,
        ),
    )

    programme_version_id: int = Field(foreign_key="programme_version.id", sa_type=Id)
    state: EndState = Field(default=EndState.ASKED, sa_type=EnumText(EndState))
    last_day: date
    document: str = Field(max_length=200)
    # Why a version is withdrawn; of an end its document says so.
    reason: str = Field(default="", max_length=500)
    asked_by: int = Field(sa_type=Id)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    decided_by: int | None = Field(default=None, sa_type=Id)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # The withdrawal of the version that it made way for.
    lifted_by_id: int | None = Field(default=None, foreign_key="programme_end.id", sa_type=Id)


class JointCapEntry(Row, table=True):
    """A cap that several programmes share, named after them."""

    __tablename__ = "joint_cap"

    name: str = Field(max_length=200, unique=True)
    terms: dict[str, object] = Field(sa_type=Json)
    created_at: datetime = Field(sa_type=UtcDateTime)
