"""Which reports nobody has handed in yet."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Reach
from booking.instruments.models.instrument import Instrument
from booking.kernel.periods import Period
from booking.organisations.models import Lab, Organisation
from booking.utilisation.models import (
    ReportFiling,
    ReportReminder,
    ReportSubmission,
    ReportUnit,
)
from booking.utilisation.queries.cutting import BOOKING, KNOWN, USE, finished_use
from booking.utilisation.queries.kept import EVERYTHING
from booking.utilisation.queries.yearly_sheet import reporting_organisations
from booking.utilisation.rules.sheets import Kind


@dataclass(frozen=True, slots=True)
class ReportingUnit:
    """A provider that reports."""

    id: int
    name: str
    name_en: str
    # Whom the education ministry knows by a code.
    is_school: bool


def units_reporting(session: Session, reach: Reach) -> Sequence[ReportingUnit]:
    """Providers with published instruments that somebody sees."""
    offers = (
        sa.exists()
        .where(col(Lab.organisation_id) == col(Organisation.id))
        .where(col(Instrument.lab_id) == col(Lab.id), col(Instrument.state).in_(KNOWN))
    )
    if not reach.everywhere:
        mine = col(Lab.id).in_(reach.lab_ids)
        offers = offers.where(mine | col(Lab.organisation_id).in_(reach.organisation_ids))
    asked = (
        sa.select(
            col(Organisation.id),
            col(Organisation.name),
            col(Organisation.name_en),
            sa.exists().where(col(ReportUnit.organisation_id) == col(Organisation.id)),
        )
        .where(offers)
        .order_by(col(Organisation.name), col(Organisation.id))
    )
    return [ReportingUnit(*row) for row in session.execute(asked)]


def owners_who_filed(session: Session, kind: Kind, period: str) -> frozenset[int | None]:
    """Whose report of a period was handed in."""
    asked = sa.select(col(ReportFiling.organisation_id)).where(
        col(ReportFiling.kind) == kind, col(ReportFiling.period) == period
    )
    if kind is Kind.SJ3:
        mine = col(ReportSubmission.organisation_id)
        asked = sa.select(mine).where(col(ReportSubmission.period) == period)
    return frozenset(session.execute(asked).scalars())


def owners_who_filed_before(session: Session, kind: Kind, period: str) -> frozenset[int | None]:
    """Who handed in an earlier one, which may have to be corrected."""
    asked = (
        sa.select(col(ReportFiling.organisation_id))
        .where(col(ReportFiling.kind) == kind, col(ReportFiling.period) < period)
        .distinct()
    )
    return frozenset(session.execute(asked).scalars())


def owners_reminded(session: Session, kind: Kind, period: str) -> frozenset[int | None]:
    """Who was reminded of it."""
    asked = sa.select(col(ReportReminder.organisation_id)).where(
        col(ReportReminder.kind) == kind, col(ReportReminder.period) == period
    )
    return frozenset(session.execute(asked).scalars())


def owners_of_valuables(session: Session) -> frozenset[int | None]:
    """Whose instruments are worth so much that the education ministry asks for them."""
    return frozenset(key for key, *_ in reporting_organisations(session, EVERYTHING))


def owners_with_uses(
    session: Session, period: Period, ids: Collection[int]
) -> frozenset[int | None]:
    """Whose instruments were used in a period; the others have nothing to tell of uses."""
    asked = (
        sa.select(col(Lab.organisation_id))
        .join(Instrument, col(Instrument.lab_id) == col(Lab.id))
        .where(
            col(Lab.organisation_id).in_(ids),
            sa.exists().where(
                BOOKING.c.instrument_id == col(Instrument.id),
                finished_use(),
                USE.c.ended_at > period.span.start,
                USE.c.ended_at <= period.span.end,
            ),
        )
        .distinct()
    )
    return frozenset(session.execute(asked).scalars())
