"""Early ends of versions: what was asked, what counts, and which drafts say something else."""

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from booking.kernel.periods import Period
from booking.organisations.models import Organisation
from booking.subsidies.models.application import ProgrammeApplication
from booking.subsidies.models.programme import ProgrammeEnd, ProgrammeVersion
from booking.subsidies.models.statement import Settlement, Statement
from booking.subsidies.states import (
    APPLICATION_DEAD,
    LIVE_ENDS,
    ApplicationState,
    EndState,
    StatementState,
)

# What two persons let count of a version; none where it runs to its own last day.
ENDED: Final = sa.and_(
    col(ProgrammeEnd.programme_version_id) == col(ProgrammeVersion.id),
    col(ProgrammeEnd.state) == EndState.CONFIRMED,
)


def end_of(session: Session, version_id: int) -> ProgrammeEnd | None:
    """What was asked for a version, and neither declined nor lifted."""
    query = select(ProgrammeEnd).where(
        ProgrammeEnd.programme_version_id == version_id, col(ProgrammeEnd.state).in_(LIVE_ENDS)
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


class Applicant(NamedTuple):
    """Whose application to a version is accepted, or waits."""

    application_id: int
    organisation_id: int
    organisation: str
    accepted: bool


def applicants_of(session: Session, version_id: int) -> list[Applicant]:
    """Everybody who applied to a version, and was not refused."""
    query = (
        sa.select(
            col(ProgrammeApplication.id),
            col(ProgrammeApplication.organisation_id),
            col(Organisation.name),
            col(ProgrammeApplication.state) == ApplicationState.ACCEPTED,
        )
        .join(Organisation, col(Organisation.id) == col(ProgrammeApplication.organisation_id))
        .where(
            col(ProgrammeApplication.programme_version_id) == version_id,
            col(ProgrammeApplication.state).not_in(APPLICATION_DEAD),
        )
        .order_by(col(ProgrammeApplication.id))
    )
    return [Applicant(*row) for row in session.execute(query)]


def with_drafts(after: date) -> sa.ColumnElement[bool]:
    """Settlements that reach beyond a day and hold drafts."""
    drafts = sa.exists().where(
        col(Statement.settlement_id) == col(Settlement.id),
        col(Statement.state) == StatementState.DRAFT,
    )
    return sa.and_(col(Settlement.until) > after, drafts)


def stale_periods(session: Session) -> list[Period]:
    """Periods whose drafts have to be drawn again, in order of their ends."""
    query = sa.select(col(Settlement.period)).where(col(Settlement.stale_at).is_not(None))
    found = [Period.parse(code) for code in session.execute(query).scalars()]
    return sorted(found, key=_in_order)


def follows_stale(session: Session, period: Period) -> bool:
    """Whether an earlier period, on which this one stands, waits to be drawn again."""
    return any(_in_order(one) < _in_order(period) for one in stale_periods(session))


def _in_order(period: Period) -> tuple[date, date]:
    return period.until, period.first
