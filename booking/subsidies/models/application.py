"""Applications to programmes that ask for them, with the papers they bring."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, UtcDateTime
from booking.subsidies.states import ApplicationState

_LIVE = sa.text("state NOT IN ('refused', 'withdrawn', 'revoked')")


class ProgrammeApplication(Row, table=True):
    """One company's application to one version; `covers_from` is what an accepted one reaches."""

    __tablename__ = "programme_application"
    __table_args__ = (
        sa.CheckConstraint("decided_by <> handed_in_by", name="two_sides"),
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn') OR (handed_in_by IS NOT NULL "
            "AND handed_in_at IS NOT NULL AND covers_from IS NOT NULL)",
            name="handed_in",
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'refused') OR decided_by IS NOT NULL", name="decided"
        ),
        sa.CheckConstraint(
            "(state = 'revoked') = (revoked_from IS NOT NULL AND revoked_by IS NOT NULL "
            "AND revoked_at IS NOT NULL AND revoked_reason <> '')",
            name="revoked",
        ),
        sa.CheckConstraint("revoked_by <> handed_in_by", name="revoked_by_another"),
        sa.Index(
            "uq_programme_application_live",
            "programme_version_id",
            "organisation_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
    )

    programme_version_id: int = Field(foreign_key="programme_version.id", sa_type=Id)
    organisation_id: int = Field(foreign_key="organisation.id", sa_type=Id, index=True)
    state: ApplicationState = Field(
        default=ApplicationState.DRAFT, sa_type=EnumText(ApplicationState)
    )
    # What the company says, and what finance answered last.
    note: str = Field(default="", max_length=1000)
    reason: str = Field(default="", max_length=500)
    covers_from: date | None = None
    created_by: int = Field(sa_type=Id)
    created_at: datetime = Field(sa_type=UtcDateTime)
    handed_in_by: int | None = Field(default=None, sa_type=Id)
    handed_in_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: int | None = Field(default=None, sa_type=Id)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # The first day that an acceptance taken back does not reach any more.
    revoked_from: date | None = None
    revoked_reason: str = Field(default="", max_length=500)
    revoked_by: int | None = Field(default=None, sa_type=Id)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ApplicationFile(Row, table=True):
    """A paper of an application, under the code of the evidence it is."""

    __tablename__ = "application_file"
    __table_args__ = (sa.UniqueConstraint("application_id", "file_id"),)

    application_id: int = Field(foreign_key="programme_application.id", sa_type=Id)
    file_id: int = Field(foreign_key="stored_file.id", sa_type=Id, index=True)
    code: str = Field(max_length=40)
