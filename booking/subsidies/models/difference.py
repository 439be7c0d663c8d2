"""By what a settlement differs from the time before: replaced whenever it is drawn up again."""

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id
from booking.subsidies.rules.differences import DifferenceKind


class SettlementDifference(Row, table=True):
    """One use or loan of one organisation under one programme, before and after."""

    __tablename__ = "settlement_difference"

    settlement_id: int = Field(foreign_key="settlement.id", index=True, sa_type=Id)
    organisation_id: int = Field(foreign_key="organisation.id", sa_type=Id)
    programme: str = Field(max_length=64)
    reference: str = Field(max_length=40)
    kind: DifferenceKind = Field(sa_type=EnumText(DifferenceKind))
    before_fen: int = Field(sa_type=sa.BigInteger)
    after_fen: int = Field(sa_type=sa.BigInteger)
