"""兑付批次: approved statements gathered for the bank, one row per organisation.

A statement is in one open row at most; amounts and accounts never change after they were drawn
(migration 64).
"""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, UtcDateTime
from booking.subsidies.states import BatchState, PaymentState

_OPEN = sa.text("open")
_REFERRED = sa.text("bank_reference <> ''")


class PaymentBatch(Row, table=True):
    """One sheet for the bank."""

    __tablename__ = "payment_batch"

    number: str = Field(max_length=32, unique=True)
    state: BatchState = Field(default=BatchState.DRAWN, sa_type=EnumText(BatchState))
    row_count: int
    amount_fen: int = Field(sa_type=sa.BigInteger)
    drawn_by: int | None = Field(default=None, sa_type=Id)
    drawn_at: datetime = Field(sa_type=UtcDateTime)
    sent_by: int | None = Field(default=None, sa_type=Id)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PaymentRow(Row, table=True):
    """What one organisation is paid, to the account that it had when the batch was drawn."""

    __tablename__ = "payment_row"
    __table_args__ = (
        sa.UniqueConstraint("batch_id", "position"),
        sa.CheckConstraint("amount_fen > 0", name="amount"),
        sa.CheckConstraint(
            "account_name <> '' AND bank_name <> '' AND account_no <> ''", name="account"
        ),
        sa.CheckConstraint("state <> 'paid' OR bank_reference <> ''", name="reference"),
        sa.CheckConstraint("state <> 'returned' OR reason <> ''", name="reason"),
        sa.Index(
            "uq_payment_row_bank_reference",
            "bank_reference",
            unique=True,
            sqlite_where=_REFERRED,
            postgresql_where=_REFERRED,
        ),
    )

    batch_id: int = Field(foreign_key="payment_batch.id", sa_type=Id)
    position: int
    organisation_id: int = Field(foreign_key="organisation.id", sa_type=Id)
    amount_fen: int = Field(sa_type=sa.BigInteger)
    account_name: str = Field(max_length=200)
    bank_name: str = Field(max_length=200)
    account_no: str = Field(max_length=40)
    state: PaymentState = Field(default=PaymentState.WAITING, sa_type=EnumText(PaymentState))
    bank_reference: str = Field(default="", max_length=80)
    reason: str = Field(default="", max_length=500)
    recorded_by: int | None = Field(default=None, sa_type=Id)
    recorded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PaymentItem(Row, table=True):
    """A statement in a row; negative ones make the row smaller. `open` until it is returned."""

    __tablename__ = "payment_item"
    __table_args__ = (
        sa.UniqueConstraint("row_id", "statement_id"),
        sa.Index(
            "uq_payment_item_open_statement",
            "statement_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    row_id: int = Field(foreign_key="payment_row.id", sa_type=Id)
    statement_id: int = Field(foreign_key="statement.id", sa_type=Id)
    amount_fen: int = Field(sa_type=sa.BigInteger)
    open: bool = True
