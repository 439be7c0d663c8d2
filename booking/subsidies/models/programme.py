"""Programmes as they were entered: versions are kept whole, never edited."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, Json, UtcDateTime
from booking.subsidies.states import ProgrammeState


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


class JointCapEntry(Row, table=True):
    """A cap that several programmes share, named after them."""

    __tablename__ = "joint_cap"

    name: str = Field(max_length=200, unique=True)
    terms: dict[str, object] = Field(sa_type=Json)
    created_at: datetime = Field(sa_type=UtcDateTime)
