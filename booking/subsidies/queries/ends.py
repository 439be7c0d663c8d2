"""Early ends of versions: what was asked, what counts, and which drafts say something else."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from booking.kernel.periods import Period
from booking.organisations.models import Organisation
from booking.subsidies.models.application import ProgrammeApplication
from booking.subsidies.models.programme import ProgrammeEnd, ProgrammeVersion
from booking.subsidies.models.statement import Settlement, Statement
from booking.subsidies.states import ApplicationState, EndState, StatementState

# What two persons let count of a version; none where it runs to its own last day.
ENDED: Final = sa.and_(
    col(ProgrammeEnd.programme_version_id) == col(ProgrammeVersion.id),
    col(ProgrammeEnd.state) == EndState.CONFIRMED,
)


def end_of(session: Session, version_id: int) -> ProgrammeEnd | None:
    """What was asked for a version and not declined."""
    query = select(ProgrammeEnd).where(
        ProgrammeEnd.programme_version_id == version_id, ProgrammeEnd.state != EndState.DECLINED
    )
    return session.exec(query.with_for_update()).one_or_none()


def last_days(session: Session, programme_id: int) -> Mapping[int, date]:
    """The last days of the versions of a programme that were ended early."""
    query = (
        sa.select(col(ProgrammeEnd.programme_version_id), col(ProgrammeEnd.last_day))
        .join(ProgrammeVersion, col(ProgrammeVersion.id) == col(ProgrammeEnd.programme_version_id))
        .where(
            col(ProgrammeVersion.programme_id) == programme_id,
            col(ProgrammeEnd.state) == EndState.CONFIRMED,
        )
    )
    return {row.programme_version_id: row.last_day for row in session.execute(query)}


def last_day_of(session: Session, version: ProgrammeVersion) -> date:
    """The last day of a version that counts."""
    return last_days(session, version.programme_id).get(version.key, version.valid_to)


def accepted_companies(session: Session, version_id: int) -> list[tuple[int, int, str]]:
    """Whose application to a version is accepted: its id, and who they are."""
    query = (
        sa.select(
            col(ProgrammeApplication.id),
            col(ProgrammeApplication.organisation_id),
            col(Organisation.name),
        )
        .join(Organisation, col(Organisation.id) == col(ProgrammeApplication.organisation_id))
        .where(
            col(ProgrammeApplication.programme_version_id) == version_id,
            col(ProgrammeApplication.state) == ApplicationState.ACCEPTED,
        )
        .order_by(col(ProgrammeApplication.id))
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def drafted_periods(session: Session, after: date) -> list[Period]:
    """Periods that reach beyond a day and hold drafts, in order of their ends."""
    query = (
        sa.select(col(Settlement.period))
        .join(Statement, col(Statement.settlement_id) == col(Settlement.id))
        .where(col(Statement.state) == StatementState.DRAFT, col(Settlement.until) > after)
        .distinct()
    )
    found = [Period.parse(code) for code in session.execute(query).scalars()]
    return sorted(found, key=lambda one: (one.until, one.first))
