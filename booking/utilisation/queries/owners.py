"""Whose instruments are, without what reports count of them."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.instruments.models.instrument import Instrument
from booking.organisations.models import Lab, Organisation
from booking.utilisation.queries.cutting import KNOWN
from booking.utilisation.queries.kept import OWNED, Owned, Sight, conditions, owned


def owners_in_sight(session: Session, sight: Sight) -> Mapping[int, Owned]:
    """Whose the instruments in sight are, by their ids."""
    asked = (
        sa.select(*OWNED)
        .join(Lab, col(Lab.id) == col(Instrument.lab_id))
        .join(Organisation, col(Organisation.id) == col(Lab.organisation_id))
        .where(col(Instrument.state).in_(KNOWN), *conditions(sight))
    )
    return {row[0]: Owned(**owned(row)) for row in session.execute(asked)}
