"""Settlements, statements and their lines.

A line may be replaced while its statement is a draft. Locking freezes line and snapshot: from then
on the database refuses to change or remove them (migration 15); only `live` may fall, when a
statement is withdrawn and drawn up anew.
"""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, Json, UtcDateTime
from booking.subsidies.states import StatementState


class Settlement(Row, table=True):
    """What is owed for a period, computed once; run again while nothing is locked."""

    __tablename__ = "settlement"
    __table_args__ = (sa.CheckConstraint("first < until", name="not_empty"),)

    period: str = Field(max_length=16, unique=True)
    first: date
    until: date
    # [{"programme", "version", "document"}] that were evaluated.
    programmes: list[dict[str, object]] = Field(default_factory=list, sa_type=Json)
    # How often it was drawn up; what differs from the time before is kept beside it.
    runs: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    settled_by: int | None = Field(default=None, sa_type=Id)
    settled_at: datetime = Field(sa_type=UtcDateTime)
    # Since when its drafts say what no longer holds; they are drawn again before they are locked.
    stale_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Statement(Row, table=True):
    """结算单: what one organisation is owed for a period; totals are sums of rounded lines."""

    __tablename__ = "statement"
    __table_args__ = (
        sa.UniqueConstraint("settlement_id", "organisation_id"),
        sa.CheckConstraint("payable_fen = usage_fen + provider_fen + interest_fen", name="sums"),
        sa.Index(None, "organisation_id", "state"),
        sa.Index(None, "state"),
    )

    number: str = Field(max_length=32, unique=True)
    settlement_id: int = Field(foreign_key="settlement.id", sa_type=Id)
    organisation_id: int = Field(foreign_key="organisation.id", sa_type=Id)
    revision: int = 1
    state: StatementState = Field(default=StatementState.DRAFT, sa_type=EnumText(StatementState))
    state_reason: str = Field(default="", max_length=500)
    line_count: int = 0
    use_count: int = 0
    spend_fen: int = Field(default=0, sa_type=sa.BigInteger)
    base_fen: int = Field(default=0, sa_type=sa.BigInteger)
    usage_fen: int = Field(default=0, sa_type=sa.BigInteger)
    provider_fen: int = Field(default=0, sa_type=sa.BigInteger)
    interest_fen: int = Field(default=0, sa_type=sa.BigInteger)
    cut_fen: int = Field(default=0, sa_type=sa.BigInteger)
    payable_fen: int = Field(default=0, sa_type=sa.BigInteger)
    # Reasons of cuts that finance should look at, e.g. "cap:user".
    remarks: list[str] = Field(default_factory=list, sa_type=Json)
    sha256: str = Field(default="", max_length=64)
    locked_by: int | None = Field(default=None, sa_type=Id)
    locked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    publicity_from: date | None = None
    publicity_to: date | None = None
    approved_by: int | None = Field(default=None, sa_type=Id)
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    paid_by: int | None = Field(default=None, sa_type=Id)
    paid_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    payment_reference: str = Field(default="", max_length=80)
    created_at: datetime = Field(sa_type=UtcDateTime)


class LineKind(StrEnum):
    """What a line pays: a use, a provider's service, interest."""

    USAGE = "usage"
    PROVIDER = "provider"
    INTEREST = "interest"


_FIRST_OF_USE = sa.text("live AND charge_id IS NOT NULL AND corrects_id IS NULL")
_OF_LOAN = sa.text("live AND credit_line_id IS NOT NULL AND clawback_id IS NULL")
_CORRECTION = sa.text("live AND corrects_id IS NOT NULL AND clawback_id IS NULL")
_CLAWBACK = sa.text("live AND clawback_id IS NOT NULL")
_PAID_FOR = sa.text("live AND instrument_id IS NOT NULL")
# Before the name of a group that is called as its member is: without it, the member is alone.
OWN_NAME = "="


class StatementLine(Row, table=True):
    """One programme's answer for one use or loan, with the inputs and steps it came from."""

    __tablename__ = "statement_line"
    __table_args__ = (
        # A use is paid once per programme, a loan once per programme and settlement.
        sa.Index(
            "uq_statement_line_live_charge",
            "charge_id",
            "programme",
            unique=True,
            sqlite_where=_FIRST_OF_USE,
            postgresql_where=_FIRST_OF_USE,
        ),
        sa.Index(
            "uq_statement_line_live_loan",
            "credit_line_id",
            "programme",
            "settlement_id",
            "span_from",
            unique=True,
            sqlite_where=_OF_LOAN,
            postgresql_where=_OF_LOAN,
        ),
        # A settlement corrects a line once per version and day, and recovers an amount once.
        sa.Index(
            "uq_statement_line_live_correction",
            "corrects_id",
            "settlement_id",
            "version",
            "day",
            unique=True,
            sqlite_where=_CORRECTION,
            postgresql_where=_CORRECTION,
        ),
        sa.Index(
            "uq_statement_line_live_clawback",
            "clawback_id",
            unique=True,
            sqlite_where=_CLAWBACK,
            postgresql_where=_CLAWBACK,
        ),
        sa.Index(
            "ix_statement_line_corrects_id",
            "corrects_id",
            sqlite_where=sa.text("corrects_id IS NOT NULL"),
            postgresql_where=sa.text("corrects_id IS NOT NULL"),
        ),
        sa.Index(None, "statement_id", "position"),
        sa.Index(None, "programme", "period_year"),
        sa.Index(None, "settlement_id"),
        sa.Index(
            "ix_statement_line_instrument_id_day",
            "instrument_id",
            "day",
            sqlite_where=_PAID_FOR,
            postgresql_where=_PAID_FOR,
        ),
    )

    settlement_id: int = Field(foreign_key="settlement.id", sa_type=Id)
    statement_id: int = Field(foreign_key="statement.id", sa_type=Id)
    revision: int = 1
    position: int
    live: bool = True
    locked: bool = False
    kind: LineKind = Field(sa_type=EnumText(LineKind))
    programme: str = Field(max_length=64)
    version: int
    charge_id: int | None = Field(default=None, foreign_key="charge.id", sa_type=Id)
    credit_line_id: int | None = Field(default=None, foreign_key="credit_line.id", sa_type=Id)
    # The locked line that this one corrects; its amounts are differences then.
    corrects_id: int | None = Field(default=None, foreign_key="statement_line.id", sa_type=Id)
    # What it recovers. No foreign key: `clawback` refers to lines, and tables know an order.
    clawback_id: int | None = Field(default=None, sa_type=Id)
    # The reservation's or the credit line's number.
    reference: str = Field(max_length=40)
    # What the caps count by.
    day: date
    period_year: int
    user_key: str = Field(max_length=40)
    group_key: str = Field(max_length=64)
    provider_id: int | None = Field(default=None, foreign_key="organisation.id", sa_type=Id)
    instrument_id: int | None = Field(default=None, foreign_key="instrument.id", sa_type=Id)
    # The days of interest, the last not counted.
    span_from: date | None = None
    span_until: date | None = None
    eligible: bool
    amount_fen: int = Field(sa_type=sa.BigInteger)
    base_fen: int = Field(sa_type=sa.BigInteger)
    before_fen: int = Field(sa_type=sa.BigInteger)
    # What the caps' balances fell by; a pro-rata budget may make less payable.
    granted_fen: int = Field(sa_type=sa.BigInteger)
    payable_fen: int = Field(sa_type=sa.BigInteger)
    # {"line" or "loan": inputs, "rate", "raw", "reasons", "cuts", "steps"}; of a correction
    # {"correction": {"why", "reason"}, "rate", "raw", "reasons", "cuts", "steps"}.
    detail: dict[str, object] = Field(sa_type=Json)


class StatementSnapshot(Row, table=True):
    """The exact bytes that were locked; every file is made from them, never from the tables."""

    __tablename__ = "statement_snapshot"
    __table_args__ = (sa.UniqueConstraint("statement_id", "revision"),)

    statement_id: int = Field(foreign_key="statement.id", sa_type=Id)
    revision: int
    sha256: str = Field(max_length=64)
    content: str = Field(sa_type=sa.Text)
    locked_by: int | None = Field(default=None, sa_type=Id)
    locked_at: datetime = Field(sa_type=UtcDateTime)


class Objection(Row, table=True):
    """What somebody said against a statement in publicity, and what became of it."""

    __tablename__ = "objection"

    statement_id: int = Field(foreign_key="statement.id", index=True, sa_type=Id)
    raised_by: int | None = Field(default=None, sa_type=Id)
    raised_at: datetime = Field(sa_type=UtcDateTime)
    text: str = Field(max_length=2000)
    answer: str = Field(default="", max_length=2000)
    answered_by: int | None = Field(default=None, sa_type=Id)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
