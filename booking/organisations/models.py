"""Tables of who is who: organisations, labs, qualifications."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, UtcDateTime
from booking.organisations.states import OrganisationKind, OrganisationState, QualificationState


class Organisation(Row, table=True):
    """A legal person (or a startup team without one) that provides or uses instruments."""

    __tablename__ = "organisation"
    __table_args__ = (
        sa.CheckConstraint("uscc IS NOT NULL OR kind = 'startup_team'", name="uscc_unless_team"),
    )

    name: str = Field(max_length=200, unique=True)
    name_en: str = Field(default="", max_length=200)
    # GB 32100-2015; a team without legal person has none.
    uscc: str | None = Field(default=None, max_length=18, unique=True)
    kind: OrganisationKind = Field(sa_type=EnumText(OrganisationKind))
    district: str = Field(max_length=32)
    # Given out by the national platform when a unit registers there.
    national_code: str = Field(default="", max_length=40)
    # Organisations with the same actual controller share joint caps.
    controller_key: str | None = Field(default=None, max_length=64, index=True)
    bank_account_name: str = Field(default="", max_length=200)
    bank_name: str = Field(default="", max_length=200)
    bank_account_no: str = Field(default="", max_length=40)
    state: OrganisationState = Field(
        default=OrganisationState.PENDING,
        sa_type=EnumText(OrganisationState),
    )
    state_reason: str = Field(default="", max_length=500)
    # 营业执照, or what a team has in its place.
    licence_id: int | None = Field(default=None, foreign_key="stored_file.id", sa_type=Id)
    created_at: datetime = Field(sa_type=UtcDateTime)


class RelatedParty(Row, table=True):
    """Two organisations whose dealings earn no subsidy; written once, read both ways."""

    __tablename__ = "related_party"
    __table_args__ = (
        sa.UniqueConstraint("organisation_id", "other_id"),
        sa.CheckConstraint("organisation_id < other_id", name="ordered"),
    )

    organisation_id: int = Field(foreign_key="organisation.id", sa_type=Id)
    other_id: int = Field(foreign_key="organisation.id", index=True, sa_type=Id)


class Lab(Row, table=True):
    """A lab of a provider: what an instrument stands in and a lab manager manages."""

    __tablename__ = "lab"
    __table_args__ = (sa.UniqueConstraint("organisation_id", "name"),)

    organisation_id: int = Field(foreign_key="organisation.id", index=True, sa_type=Id)
    name: str = Field(max_length=200)
    name_en: str = Field(default="", max_length=200)
    district: str = Field(max_length=32)
    address: str = Field(default="", max_length=200)


# At most one that waits and one that counts, for the same certificate.
_LIVE = sa.text("state IN ('waiting', 'verified')")


class Qualification(Row, table=True):
    """What an organisation counts as (tech_sme, hnte, …), from when to when."""

    __tablename__ = "qualification"
    __table_args__ = (
        sa.Index(
            "uq_qualification_live",
            *("organisation_id", "code", "valid_from", "state"),
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="in_order"),
    )

    organisation_id: int = Field(foreign_key="organisation.id", index=True, sa_type=Id)
    code: str = Field(max_length=32)
    number: str = Field(default="", max_length=40)
    valid_from: date
    valid_to: date | None = None
    evidence: str = Field(default="", max_length=500)
    file_id: int | None = Field(default=None, foreign_key="stored_file.id", index=True, sa_type=Id)
    state: QualificationState = Field(
        default=QualificationState.WAITING, sa_type=EnumText(QualificationState)
    )
    # What it corrects; that one stays to be read, and counts until this one is verified.
    replaces_id: int | None = Field(
        default=None, foreign_key="qualification.id", index=True, sa_type=Id
    )
    verified_by: int | None = Field(default=None, sa_type=Id)
    verified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    returned_by: int | None = Field(default=None, sa_type=Id)
    returned_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    return_reason: str = Field(default="", max_length=500)


class QualificationNotice(Row, table=True):
    """That somebody was told, or need not be any more, so many days before a qualification ends."""

    __tablename__ = "qualification_notice"
    __table_args__ = (sa.UniqueConstraint("qualification_id", "days"),)

    qualification_id: int = Field(foreign_key="qualification.id", sa_type=Id)
    days: int
    noted_at: datetime = Field(sa_type=UtcDateTime)
