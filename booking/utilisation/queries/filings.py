"""What was typed of reports and what was handed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from booking.access.actor import Reach
from booking.instruments.models.instrument import Instrument
from booking.kernel.errors import NotFound
from booking.organisations.models import Lab, Organisation
from booking.utilisation.models import ReportEntry, ReportFiling
from booking.utilisation.queries.cutting import KNOWN
from booking.utilisation.rules.sheets import Kind, Report

Owner = int | None


def providers_in(session: Session, reach: Reach) -> list[tuple[int, str, str]]:
    """Organisations with published instruments, as id, name and English name."""
    offers = (
        sa.exists()
        .where(col(Lab.organisation_id) == col(Organisation.id))
        .where(col(Instrument.lab_id) == col(Lab.id), col(Instrument.state).in_(KNOWN))
    )
    if not reach.everywhere:
        mine = col(Lab.id).in_(reach.lab_ids)
        offers = offers.where(mine | col(Lab.organisation_id).in_(reach.organisation_ids))
    asked = (
        sa.select(col(Organisation.id), col(Organisation.name), col(Organisation.name_en))
        .where(offers)
        .order_by(col(Organisation.name), col(Organisation.id))
    )
    return [(row[0], row[1], row[2]) for row in session.execute(asked)]


def entries_of(session: Session, report: Report) -> Mapping[str, Mapping[str, str]]:
    """What was typed, by the key of the record."""
    asked = sa.select(col(ReportEntry.subject), col(ReportEntry.entered)).where(
        col(ReportEntry.kind) == report.kind,
        _entered_for(report.owner),
        col(ReportEntry.period) == report.period.code,
    )
    return {row[0]: row[1] for row in session.execute(asked)}


def entry_for_update(session: Session, report: Report, subject: str) -> ReportEntry | None:
    """The row of one record, locked until the deed ends."""
    asked = select(ReportEntry).where(
        col(ReportEntry.kind) == report.kind,
        _entered_for(report.owner),
        col(ReportEntry.period) == report.period.code,
        col(ReportEntry.subject) == subject,
    )
    return session.exec(asked.with_for_update()).one_or_none()


def filings_of(session: Session, report: Report) -> Sequence[ReportFiling]:
    """What was handed in of a period, the last first."""
    return [
        row
        for row in all_filings(session, report.kind, report.owner)
        if row.period == report.period.code
    ]


def all_filings(session: Session, kind: Kind, owner: Owner) -> Sequence[ReportFiling]:
    """What was ever handed in of a kind, the last first."""
    asked = select(ReportFiling).where(col(ReportFiling.kind) == kind, _filed_for(owner))
    latest = (col(ReportFiling.submitted_at).desc(), col(ReportFiling.id).desc())
    return session.exec(asked.order_by(*latest)).all()


@dataclass(frozen=True, slots=True)
class Version:
    """A version that was handed in, without what is in it."""

    id: int
    kind: Kind
    period: str
    version: int
    sha256: str
    submitted_at: datetime


def last_versions(session: Session, owner: Owner) -> Mapping[tuple[Kind, str], Version]:
    """The last of each report of an organisation, and of the zone, by kind and period."""
    columns = ("id", "kind", "period", "version", "sha256", "submitted_at")
    asked = (
        sa.select(*(col(getattr(ReportFiling, name)) for name in columns))
        .where(_filed_for(None) if owner is None else sa.or_(_filed_for(owner), _filed_for(None)))
        .order_by(col(ReportFiling.version))
    )
    found = [Version(*row) for row in session.execute(asked)]
    return {(one.kind, one.period): one for one in found}


def queue_to_file(session: Session, owner: Owner) -> None:
    """Whoever hands in for an organisation does so one after the other."""
    asked = sa.select(col(Organisation.id)).order_by(col(Organisation.id)).limit(1)
    if owner is not None:
        asked = sa.select(col(Organisation.id)).where(col(Organisation.id) == owner)
    session.execute(asked.with_for_update(key_share=True))


def filing_in_reach(session: Session, filing_id: int, reach: Reach) -> ReportFiling:
    """One that was handed in, for whoever reads the whole organisation; NotFound for others."""
    found = session.get(ReportFiling, filing_id)
    if found is None or not (reach.everywhere or found.organisation_id in reach.organisation_ids):
        raise NotFound(filing_id=filing_id)
    return found


def _entered_for(owner: Owner) -> sa.ColumnElement[bool]:
    column = col(ReportEntry.organisation_id)
    return column.is_(None) if owner is None else column == owner


def _filed_for(owner: Owner) -> sa.ColumnElement[bool]:
    column = col(ReportFiling.organisation_id)
    return column.is_(None) if owner is None else column == owner
