"""Credit lines and what the bank reported on them; bank records are written once."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, Json, UtcDateTime
from booking.loans.rules.schedule import DayCount, Repaying
from booking.loans.states import Decision, DrawState, FileState, Outcome


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
        sa.CheckConstraint("draw_days > 0", name="draw_days"),
    )

    number: str = Field(max_length=40, unique=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True, sa_type=Id)
    bank: str = Field(max_length=100)
    contract_number: str = Field(default="", max_length=80)
    kind: LineKind = Field(default=LineKind.USAGE, sa_type=EnumText(LineKind))
    credit_limit_fen: int = Field(sa_type=sa.BigInteger)
    annual_rate: str = Field(max_length=16)
    # How much of an order may be drawn for it, of one.
    draw_share: str = Field(default="1", max_length=16)
    # How many days a draw waits for the bank before it is over; None: until somebody ends it.
    draw_days: int | None = None
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
        sa.UniqueConstraint("bank", "bank_transaction_number"),
        sa.Index(None, "credit_line_id", "day"),
    )

    # That of the credit line: banks count on their own.
    bank: str = Field(max_length=100)
    bank_transaction_number: str = Field(max_length=64)
    credit_line_id: int = Field(foreign_key="credit_line.id", sa_type=Id)
    day: date
    kind: RecordKind = Field(sa_type=EnumText(RecordKind))
    amount_fen: int = Field(sa_type=sa.BigInteger)
    # The reservation or order that a draw pays for, where the bank names one.
    order_reference: str = Field(default="", max_length=40)
    note: str = Field(default="", max_length=200)
    imported_by: int | None = Field(default=None, sa_type=Id)
    imported_at: datetime = Field(sa_type=UtcDateTime)


_LIVE = sa.text("state IN ('asked', 'confirmed')")


class DrawRequest(Row, table=True):
    """A company's wish to draw for a charge: asked, then once and for good told by the bank,
    refused, withdrawn or expired; the last may still be told late. A charge is drawn for once."""

    __tablename__ = "draw_request"
    __table_args__ = (
        sa.CheckConstraint("amount_fen > 0 AND amount_fen <= charge_fen", name="amount"),
        sa.CheckConstraint("(state = 'confirmed') = (bank_record_id IS NOT NULL)", name="told"),
        sa.CheckConstraint("(state = 'asked') = (ended_at IS NULL)", name="ended"),
        sa.Index(
            "uq_draw_request_live",
            "charge_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        sa.Index(None, "credit_line_id", "state"),
        sa.Index(None, "state", "id"),
        sa.Index(None, "state", "expires_at"),
    )

    number: str = Field(max_length=24, unique=True)
    credit_line_id: int = Field(foreign_key="credit_line.id", sa_type=Id)
    charge_id: int = Field(foreign_key="charge.id", sa_type=Id)
    amount_fen: int = Field(sa_type=sa.BigInteger)
    # What the charge came to, and how much of it could be drawn, when it was asked.
    charge_fen: int = Field(sa_type=sa.BigInteger)
    share: str = Field(max_length=16)
    state: DrawState = Field(default=DrawState.ASKED, sa_type=EnumText(DrawState))
    asked_by: int | None = Field(default=None, sa_type=Id)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    # When it is over if the bank has not told of it by then.
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    bank_record_id: int | None = Field(
        default=None, foreign_key="bank_record.id", unique=True, sa_type=Id
    )
    ended_by: int | None = Field(default=None, sa_type=Id)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reason: str = Field(default="", max_length=200)


class RepaymentTerms(Row, table=True):
    """How draws from a day on are repaid; agreed once, changed by terms from a later day."""

    __tablename__ = "repayment_terms"
    __table_args__ = (
        sa.UniqueConstraint("credit_line_id", "valid_from"),
        sa.CheckConstraint("months > 0", name="months"),
        sa.CheckConstraint("pay_day BETWEEN 1 AND 31", name="pay_day"),
        sa.CheckConstraint("grace_days >= 0", name="grace"),
    )

    credit_line_id: int = Field(foreign_key="credit_line.id", sa_type=Id)
    valid_from: date
    repaying: Repaying = Field(sa_type=EnumText(Repaying))
    months: int
    day_count: DayCount = Field(default=DayCount.ACT_360, sa_type=EnumText(DayCount))
    pay_day: int = 20
    grace_days: int = 0
    agreed_by: int | None = Field(default=None, sa_type=Id)
    agreed_at: datetime = Field(sa_type=UtcDateTime)


class OverdueSpell(Row, table=True):
    """Days on which a credit line was overdue: the first counts, `until` does not.

    What the bank told is entered; the rest is reckoned from terms and records, again and again.
    """

    __tablename__ = "overdue_spell"
    __table_args__ = (
        sa.UniqueConstraint("credit_line_id", "first", "reckoned"),
        sa.CheckConstraint("until IS NULL OR first < until", name="in_order"),
    )

    credit_line_id: int = Field(foreign_key="credit_line.id", sa_type=Id)
    first: date
    until: date | None = None
    reckoned: bool = False
    note: str = Field(default="", max_length=200)


class ReferenceRateEntry(Row, table=True):
    """The loan prime rate of a term, from a day until the next entry."""

    __tablename__ = "reference_rate"
    __table_args__ = (sa.UniqueConstraint("term", "valid_from"),)

    term: str = Field(max_length=8)
    valid_from: date
    rate: str = Field(max_length=16)
    source: str = Field(default="", max_length=200)


class BankMapping(Row, table=True):
    """How one bank writes its files, as somebody said who had one before them."""

    __tablename__ = "bank_mapping"

    bank: str = Field(max_length=100, unique=True)
    columns: dict[str, Any] = Field(sa_type=Json)
    saved_by: int | None = Field(default=None, sa_type=Id)
    saved_at: datetime = Field(sa_type=UtcDateTime)


class BankFile(Row, table=True):
    """One file on its way in; `done` counts its rows and moves on with what became of them."""

    __tablename__ = "bank_file"
    __table_args__ = (
        sa.CheckConstraint("done = taken + known + conflicting + queued + refused", name="adds_up"),
        sa.CheckConstraint("done <= total", name="within_total"),
        sa.CheckConstraint("state <> 'done' OR done = total", name="whole"),
    )

    bank: str = Field(max_length=100, index=True)
    file_id: int = Field(foreign_key="stored_file.id", index=True, sa_type=Id)
    # The mapping as it was when the file was read; empty until there is one.
    columns: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    # Of bank, mapping and bytes: the same file twice is one file.
    fingerprint: str | None = Field(default=None, max_length=64, unique=True)
    encoding: str = Field(default="", max_length=12)
    state: FileState = Field(default=FileState.UNMAPPED, index=True, sa_type=EnumText(FileState))
    total: int = 0
    done: int = 0
    taken: int = 0
    known: int = 0
    conflicting: int = 0
    queued: int = 0
    refused: int = 0
    attempts: int = 0
    error: str = Field(default="", max_length=60)
    sent_by: int | None = Field(default=None, sa_type=Id)
    sent_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class BankFileRow(Row, table=True):
    """What became of one row of a file, and of a queued one what finance decided."""

    __tablename__ = "bank_file_row"
    __table_args__ = (
        sa.UniqueConstraint("bank_file_id", "line"),
        sa.CheckConstraint("(outcome = 'queued') = (decision IS NOT NULL)", name="decided"),
        sa.Index(
            "uq_bank_file_row_queued",
            "bank",
            "number",
            unique=True,
            sqlite_where=sa.text("outcome = 'queued'"),
            postgresql_where=sa.text("outcome = 'queued'"),
        ),
        sa.Index(None, "decision", "id"),
    )

    bank_file_id: int = Field(foreign_key="bank_file.id", sa_type=Id)
    line: int
    bank: str = Field(max_length=100)
    outcome: Outcome = Field(sa_type=EnumText(Outcome))
    # Why it was not taken.
    code: str = Field(default="", max_length=60)
    number: str = Field(default="", max_length=64)
    account: str = Field(default="", max_length=80)
    day: date | None = None
    kind: RecordKind | None = Field(default=None, sa_type=EnumText(RecordKind))
    amount_fen: int | None = Field(default=None, sa_type=sa.BigInteger)
    order_reference: str = Field(default="", max_length=40)
    note: str = Field(default="", max_length=200)
    # The line itself, where it could not be read.
    text: str = Field(default="", max_length=500)
    credit_line_id: int | None = Field(
        default=None, foreign_key="credit_line.id", index=True, sa_type=Id
    )
    decision: Decision | None = Field(default=None, sa_type=EnumText(Decision))
    decided_by: int | None = Field(default=None, sa_type=Id)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reason: str = Field(default="", max_length=200)
