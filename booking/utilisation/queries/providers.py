"""Whose year can be reported, and what its records still wait for."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Reach
from booking.instruments.models.instrument import Instrument
from booking.kernel.periods import Period
from booking.organisations.models import Lab, Organisation
from booking.reservations.models.usage import UsageSession
from booking.utilisation.queries.cutting import KNOWN
from booking.utilisation.queries.kept import Sight, ids_in_sight


def providers_read_by(session: Session, reach: Reach) -> list[tuple[int, str, str]]:
    """Providers whose every instrument somebody reads, as id, name and English name."""
    theirs = (
        sa.exists()
        .where(col(Lab.organisation_id) == col(Organisation.id))
        .where(col(Instrument.lab_id) == col(Lab.id), col(Instrument.state).in_(KNOWN))
    )
    asked = (
        sa.select(col(Organisation.id), col(Organisation.name), col(Organisation.name_en))
        .where(theirs)
        .order_by(col(Organisation.name), col(Organisation.id))
    )
    if not reach.everywhere:
        of_other_labs = theirs.where(col(Lab.id).not_in(reach.lab_ids))
        whole = col(Organisation.id).in_(reach.organisation_ids)
        asked = asked.where(whole | sa.not_(of_other_labs))
    return [(row[0], row[1], row[2]) for row in session.execute(asked)]


def unconfirmed_uses(session: Session, period: Period, sight: Sight) -> Mapping[int, int]:
    """Uses that ended in a period and that both sides have not confirmed, by instrument."""
    owner, ended = col(UsageSession.instrument_id), col(UsageSession.ended_at)
    asked = (
        sa.select(owner, sa.func.count())
        .where(
            owner.in_(ids_in_sight(sight)),
            ended > period.span.start,
            ended <= period.span.end,
            col(UsageSession.settled_at).is_(None),
        )
        .group_by(owner)
    )
    return {row[0]: row[1] for row in session.execute(asked)}
