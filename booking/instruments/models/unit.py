"""What can be held: an instrument's places, and operators and accessories of its lab."""

from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id


class UnitKind(StrEnum):
    """工位, operator, accessory: all are held through the one exclusion."""

    PLACE = "place"
    OPERATOR = "operator"
    ACCESSORY = "accessory"


class Unit(Row, table=True):
    """One thing that can serve one booking at a time."""

    __tablename__ = "unit"
    __table_args__ = (sa.UniqueConstraint("instrument_id", "kind", "position"),)

    instrument_id: int = Field(foreign_key="instrument.id", index=True, sa_type=Id)
    kind: UnitKind = Field(
        default=UnitKind.PLACE,
        sa_type=EnumText(UnitKind),
    )
    position: int = 1
    label: str = Field(default="", max_length=50)
    active: bool = True


class UnitOffer(Row, table=True):
    """An operator or accessory serves bookings of this instrument; one unit, many instruments."""

    __tablename__ = "unit_offer"
    __table_args__ = (sa.UniqueConstraint("unit_id", "instrument_id"),)

    unit_id: int = Field(foreign_key="unit.id", sa_type=Id)
    instrument_id: int = Field(foreign_key="instrument.id", index=True, sa_type=Id)
