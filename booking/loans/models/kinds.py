"""Which kinds of loans the centre takes on; what was said last of a kind counts."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, UtcDateTime
from booking.loans.models import LineKind


class LoanKindSetting(Row, table=True):
    """From now on new lines and draws of a kind are taken, or refused; why, and by whom."""

    __tablename__ = "loan_kind_setting"
    __table_args__ = (
        sa.CheckConstraint("accepted OR reason <> ''", name="reason"),
        sa.Index(None, "kind", "id"),
    )

    kind: LineKind = Field(sa_type=EnumText(LineKind))
    accepted: bool
    reason: str = Field(default="", max_length=200)
    set_by: int | None = Field(default=None, sa_type=Id)
    set_at: datetime = Field(sa_type=UtcDateTime)
