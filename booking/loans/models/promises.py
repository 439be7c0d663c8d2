"""What purchase loans paid for, the outside hours promised for it, and what came of them."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, UtcDateTime
from booking.loans.states import Acquired


class PurchasePromise(Row, table=True):
    """The instrument that a purchase loan paid for, and the outside hours promised for it; agreed
    once. Its years follow each other from a day on."""

    __tablename__ = "purchase_promise"
    __table_args__ = (
        sa.CheckConstraint("cost_fen > 0", name="cost"),
        sa.CheckConstraint("hours_a_year > 0", name="hours"),
        sa.CheckConstraint("years > 0", name="years"),
    )

    credit_line_id: int = Field(foreign_key="credit_line.id", unique=True, sa_type=Id)
    instrument_id: int = Field(foreign_key="instrument.id", index=True, sa_type=Id)
    acquired: Acquired = Field(sa_type=EnumText(Acquired))
    cost_fen: int = Field(sa_type=sa.BigInteger)
    contract_number: str = Field(default="", max_length=80)
    hours_a_year: int
    valid_from: date
    years: int
    agreed_by: int | None = Field(default=None, sa_type=Id)
    agreed_at: datetime = Field(sa_type=UtcDateTime)


class PromiseJudgement(Row, table=True):
    """What was delivered in a year of a promise that is over; the last of a year holds."""

    __tablename__ = "promise_judgement"
    __table_args__ = (
        sa.CheckConstraint("delivered_seconds >= 0", name="delivered"),
        sa.Index(None, "credit_line_id", "first"),
    )

    credit_line_id: int = Field(foreign_key="credit_line.id", sa_type=Id)
    first: date
    until: date
    promised_hours: int
    delivered_seconds: int = Field(sa_type=sa.BigInteger)
    judged_at: datetime = Field(sa_type=UtcDateTime)


class PromiseWarning(Row, table=True):
    """That a borrower was told, in a year of a promise, that it will end short."""

    __tablename__ = "promise_warning"
    __table_args__ = (sa.UniqueConstraint("credit_line_id", "first"),)

    credit_line_id: int = Field(foreign_key="credit_line.id", sa_type=Id)
    first: date
    told_at: datetime = Field(sa_type=UtcDateTime)
