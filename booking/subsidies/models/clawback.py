"""What is recovered of a line that was paid: entered once, written into the next statement."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import Id, UtcDateTime


class Clawback(Row, table=True):
    """An amount to be recovered, with its reason; never more than the line was paid (migration 63).

    It has been drawn up when a live line carries it.
    """

    __tablename__ = "clawback"
    __table_args__ = (
        sa.CheckConstraint("amount_fen > 0", name="amount"),
        sa.CheckConstraint("reason <> ''", name="reason"),
    )

    line_id: int = Field(foreign_key="statement_line.id", index=True, sa_type=Id)
    amount_fen: int = Field(sa_type=sa.BigInteger)
    reason: str = Field(max_length=500)
    entered_by: int | None = Field(default=None, sa_type=Id)
    entered_at: datetime = Field(sa_type=UtcDateTime)
