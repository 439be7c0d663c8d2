"""Credit lines and what the bank reported on them; bank records are written once."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, UtcDateTime


class LineKind(StrEnum):
    """使用型: drawn against platform orders; 购置型: for an instrument that will be shared."""

    USAGE = "usage"
    PURCHASE = "purchase"


class RecordKind(StrEnum):
    """What a bank record says."""

    DRAW = "draw"
    REPAYMENT = "repayment"


class CreditLine(Row, table=True):
    """What a bank granted a company; rates are decimal text, exactly as agreed."""

    __tablename__ = "credit_line"
    __table_args__ = (
        sa.CheckConstraint("credit_limit_fen >= 0", name="limit"),
        sa.CheckConstraint("valid_from <= valid_to", name="in_order"),
    )

    number: str = Field(max_length=40, unique=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True, sa_type=Id)
    bank: str = Field(max_length=100)
    contract_number: str = Field(default="", max_length=80)
    kind: LineKind = Field(default=LineKind.USAGE, sa_type=EnumText(LineKind))
    credit_limit_fen: int = Field(sa_type=sa.BigInteger)
    annual_rate: str = Field(max_length=16)
    valid_from: date
    valid_to: date
    purpose: str = Field(default="", max_length=200)
    created_by: int | None = Field(default=None, sa_type=Id)
    created_at: datetime = Field(sa_type=UtcDateTime)


class BankRecord(Row, table=True):
    """One transaction out of a bank's file; its number makes a second import harmless."""

    __tablename__ = "bank_record"
    __table_args__ = (
        sa.CheckConstraint("amount_fen > 0", name="amount"),
        sa.Index(None, "credit_line_id", "day"),
    )

    bank_transaction_number: str = Field(max_length=64, unique=True)
    credit_line_id: int = Field(foreign_key="credit_line.id", sa_type=Id)
    day: date
    kind: RecordKind = Field(sa_type=EnumText(RecordKind))
    amount_fen: int = Field(sa_type=sa.BigInteger)
    # The reservation or order that a draw pays for, where the bank names one.
    order_reference: str = Field(default="", max_length=40)
    note: str = Field(default="", max_length=200)
    imported_by: int | None = Field(default=None, sa_type=Id)
    imported_at: datetime = Field(sa_type=UtcDateTime)


class OverdueSpell(Row, table=True):
    """Days on which a credit line was overdue: the first counts, `until` does not."""

    __tablename__ = "overdue_spell"
    __table_args__ = (
        sa.UniqueConstraint("credit_line_id", "first"),
        sa.CheckConstraint("until IS NULL OR first < until", name="in_order"),
    )

    credit_line_id: int = Field(foreign_key="credit_line.id", sa_type=Id)
    first: date
    until: date | None = None
    note: str = Field(default="", max_length=200)


class ReferenceRateEntry(Row, table=True):
    """The loan prime rate of a term, from a day until the next entry."""

    __tablename__ = "reference_rate"
    __table_args__ = (sa.UniqueConstraint("term", "valid_from"),)

    term: str = Field(max_length=8)
    valid_from: date
    rate: str = Field(max_length=16)
    source: str = Field(default="", max_length=200)
