"""The roll-up in whole seconds, the marks of changes, and what is reported of a year."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, Json, UtcDateTime
from booking.utilisation.rules.sheets import Kind


class InstrumentMonth(Row, table=True):
    """calendar = closed + maintenance + fault + open; open = used + booked_unused + idle."""

    __tablename__ = "instrument_month"
    __table_args__ = (
        sa.UniqueConstraint("instrument_id", "month"),
        sa.CheckConstraint(
            "calendar_seconds ="
            " closed_seconds + maintenance_seconds + fault_seconds + open_seconds",
            name="calendar_sums",
        ),
        sa.CheckConstraint(
            "open_seconds = used_seconds + booked_unused_seconds + idle_seconds", name="open_sums"
        ),
        sa.CheckConstraint(
            "closed_seconds >= 0 AND maintenance_seconds >= 0 AND fault_seconds >= 0"
            " AND used_seconds >= 0 AND booked_unused_seconds >= 0 AND idle_seconds >= 0",
            name="nothing_negative",
        ),
    )

    instrument_id: int = Field(foreign_key="instrument.id", sa_type=Id)
    month: str = Field(max_length=7, index=True)
    calendar_seconds: int = Field(sa_type=sa.BigInteger)
    closed_seconds: int = Field(sa_type=sa.BigInteger)
    maintenance_seconds: int = Field(sa_type=sa.BigInteger)
    fault_seconds: int = Field(sa_type=sa.BigInteger)
    open_seconds: int = Field(sa_type=sa.BigInteger)
    used_seconds: int = Field(sa_type=sa.BigInteger)
    booked_unused_seconds: int = Field(sa_type=sa.BigInteger)
    idle_seconds: int = Field(sa_type=sa.BigInteger)
    effective_seconds: int = Field(sa_type=sa.BigInteger)
    external_seconds: int = Field(sa_type=sa.BigInteger)
    # Bookings count where they start, uses with their samples and income where they end.
    bookings: int = 0
    missed: int = 0
    uses: int = 0
    samples: int = 0
    faults: int = 0
    income_fen: int = Field(default=0, sa_type=sa.BigInteger)
    computed_at: datetime = Field(index=True, sa_type=UtcDateTime)


class KeptDay(Row, table=True):
    """A day of a lab's instruments in a district, for calendars of many of them."""

    __tablename__ = "kept_day"
    __table_args__ = (
        sa.UniqueConstraint("lab_id", "district", "day"),
        sa.CheckConstraint("used_seconds BETWEEN 0 AND open_seconds", name="used_of_open"),
    )

    lab_id: int = Field(foreign_key="lab.id", sa_type=Id)
    district: str = Field(max_length=32)
    month: str = Field(max_length=7)
    day: date = Field(index=True)
    used_seconds: int = Field(sa_type=sa.BigInteger)
    open_seconds: int = Field(sa_type=sa.BigInteger)
    computed_at: datetime = Field(sa_type=UtcDateTime)


class UtilisationMark(Row, table=True):
    """Something changed: whose figures (None: everybody's), in which span (None: without bound).

    Left by triggers (`booking.db.marks`) and reactions, and taken away by the roll-up.
    """

    __tablename__ = "utilisation_mark"

    instrument_id: int | None = Field(default=None, sa_type=Id)
    starts_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReportUnit(Row, table=True):
    """What the education ministry calls an organisation."""

    __tablename__ = "report_unit"
    __table_args__ = (sa.CheckConstraint("length(school_code) = 5", name="school_code"),)

    organisation_id: int = Field(foreign_key="organisation.id", unique=True, sa_type=Id)
    school_code: str = Field(max_length=5)


class YearlyEntry(Row, table=True):
    """What a lab typed of an instrument's academic year, by field of the sheet."""

    __tablename__ = "yearly_entry"
    __table_args__ = (sa.UniqueConstraint("instrument_id", "period"),)

    instrument_id: int = Field(foreign_key="instrument.id", sa_type=Id)
    period: str = Field(max_length=8)
    entered: dict[str, str | int] = Field(sa_type=Json)


class ReportSubmission(Row, table=True):
    """A sheet as it was handed in; what changes later shows beside it, and in the next version."""

    __tablename__ = "report_submission"
    __table_args__ = (
        sa.UniqueConstraint("organisation_id", "period", "version"),
        sa.CheckConstraint("version >= 1", name="version"),
    )

    organisation_id: int = Field(foreign_key="organisation.id", sa_type=Id)
    period: str = Field(max_length=8)
    version: int
    # Records of the sheet by the instrument's id.
    lines: dict[str, dict[str, str | int | None]] = Field(sa_type=Json)
    sha256: str = Field(max_length=64)
    submitted_by: int | None = Field(default=None, sa_type=Id)
    submitted_at: datetime = Field(sa_type=UtcDateTime)


class ReportEntry(Row, table=True):
    """What somebody typed of one record of a report, by column."""

    __tablename__ = "report_entry"
    __table_args__ = (sa.UniqueConstraint("kind", "organisation_id", "period", "subject"),)

    kind: Kind = Field(sa_type=EnumText(Kind))
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", sa_type=Id)
    period: str = Field(max_length=8)
    # The key of the record: a booking's number, an instrument's id.
    subject: str = Field(max_length=40)
    entered: dict[str, str] = Field(sa_type=Json)


class ReportFiling(Row, table=True):
    """A report as it was handed in, with what it corrects of earlier ones; never changed."""

    __tablename__ = "report_filing"
    __table_args__ = (
        sa.UniqueConstraint("kind", "organisation_id", "period", "version"),
        # Of the whole zone there is one of each version too.
        sa.Index(
            "uq_report_filing_zone",
            *("kind", "period", "version"),
            unique=True,
            sqlite_where=sa.text("organisation_id IS NULL"),
            postgresql_where=sa.text("organisation_id IS NULL"),
        ),
        sa.CheckConstraint("version >= 1", name="version"),
    )

    kind: Kind = Field(sa_type=EnumText(Kind))
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", sa_type=Id)
    period: str = Field(max_length=8)
    version: int
    # Code and heading of each in order, and the records by their key.
    columns: list[list[str]] = Field(sa_type=Json)
    lines: dict[str, dict[str, str]] = Field(sa_type=Json)
    # Period, key, column, before and after of each.
    corrections: list[list[str]] = Field(sa_type=Json)
    sha256: str = Field(max_length=64)
    submitted_by: int | None = Field(default=None, sa_type=Id)
    submitted_at: datetime = Field(sa_type=UtcDateTime)


class ReportReminder(Row, table=True):
    """Whoever files a report was reminded of it; once for each."""

    __tablename__ = "report_reminder"
    __table_args__ = (
        sa.UniqueConstraint("kind", "organisation_id", "period"),
        sa.Index(
            "uq_report_reminder_zone",
            *("kind", "period"),
            unique=True,
            sqlite_where=sa.text("organisation_id IS NULL"),
            postgresql_where=sa.text("organisation_id IS NULL"),
        ),
    )

    kind: Kind = Field(sa_type=EnumText(Kind))
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", sa_type=Id)
    period: str = Field(max_length=8)
    reminded_at: datetime = Field(sa_type=UtcDateTime)


class OpenPublication(Row, table=True):
    """Open figures of a year as they were published last; `through` is the last month in it."""

    __tablename__ = "open_publication"

    year: int = Field(unique=True)
    through: str = Field(max_length=7)
    # What is withheld is not even here.
    lines: list[dict[str, str | int | None]] = Field(sa_type=Json)
    sha256: str = Field(max_length=64)
    # By which rule lines were withheld.
    rule: str = Field(max_length=20)
    published_at: datetime = Field(sa_type=UtcDateTime)


class ZoneReport(Row, table=True):
    """A report on a zone of many instruments as it was reckoned once: a copy, never the truth.

    `stamp` says of what it was made; it may be forgotten at any time, and is reckoned anew then.
    """

    __tablename__ = "zone_report"

    # What was asked, in words that differ where answers do.
    asked: str = Field(max_length=200, unique=True)
    stamp: str = Field(max_length=64)
    made_at: datetime = Field(sa_type=UtcDateTime)
    content: str = Field(sa_type=sa.Text)
