"""What must be known to note a refusal."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.instruments.models.instrument import Instrument
from booking.organisations.models import Lab


def providers_of(session: Session, instrument_ids: Collection[int]) -> Mapping[int, int]:
    """The organisations that some instruments belong to."""
    asked = (
        sa.select(col(Instrument.id), col(Lab.organisation_id))
        .join(Lab, col(Instrument.lab_id) == col(Lab.id))
        .where(col(Instrument.id).in_(instrument_ids))
    )
    return {row.id: row.organisation_id for row in session.execute(asked)}
