"""Whose instruments are, without what reports count of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.instruments.models.instrument import Instrument
from booking.instruments.rules.categories import category_of
from booking.organisations.models import Lab, Organisation
from booking.utilisation.queries.cutting import KNOWN
from booking.utilisation.queries.kept import Owned, Sight, conditions


def owners_in_sight(session: Session, sight: Sight) -> Mapping[int, Owned]:
    """Whose the instruments in sight are, by their ids."""
    asked = (
        sa.select(
            col(Instrument.id),
            col(Instrument.name),
            col(Instrument.lab_id),
            col(Lab.name),
            col(Lab.organisation_id),
            col(Organisation.name),
            col(Instrument.district),
            col(Instrument.name_en),
            col(Lab.name_en),
            col(Organisation.name_en),
            col(Instrument.category_code),
        )
        .join(Lab, col(Lab.id) == col(Instrument.lab_id))
        .join(Organisation, col(Organisation.id) == col(Lab.organisation_id))
        .where(col(Instrument.state).in_(KNOWN), *conditions(sight))
    )
    return {row[0]: _owned(tuple(row)) for row in session.execute(asked)}


def _owned(row: Sequence[Any]) -> Owned:
    *rest, name_en, lab_en, organisation_en, code = row
    key, name, lab_id, lab, organisation_id, organisation, district = rest
    return Owned(
        id=key,
        name=name,
        lab_id=lab_id,
        lab_name=lab,
        organisation_id=organisation_id,
        organisation_name=organisation,
        district=district,
        name_en=name_en,
        lab_name_en=lab_en,
        organisation_name_en=organisation_en,
        category=category_of(code),
    )
