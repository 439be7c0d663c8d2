"""Accounts, postings and entries, and what companies paid in advance; what was written stays."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, UtcDateTime


class AccountKind(StrEnum):
    """What an account holds, seen by the platform."""

    RECEIVABLE = "receivable"
    REVENUE = "revenue"
    SUBSIDY_PAYABLE = "subsidy_payable"
    SUBSIDY_EXPENSE = "subsidy_expense"
    BANK = "bank"
    # What companies have paid a provider in advance; whose it is, `prepaid_account` says.
    PREPAID = "prepaid"
    # What a provider has from the centre for honoured vouchers, and the centre's debt of it.
    VOUCHER_CLAIM = "voucher_claim"
    VOUCHER_PAYABLE = "voucher_payable"


class LedgerAccount(Row, table=True):
    """One account of one organisation."""

    __tablename__ = "ledger_account"
    __table_args__ = (sa.UniqueConstraint("kind", "organisation_id"),)

    kind: AccountKind = Field(sa_type=EnumText(AccountKind))
    organisation_id: int = Field(foreign_key="organisation.id", sa_type=Id)


class Posting(Row, table=True):
    """A balanced set of entries with one cause; the reference makes a retry harmless."""

    __tablename__ = "posting"

    reference: str = Field(max_length=64, unique=True)
    at: datetime = Field(index=True, sa_type=UtcDateTime)
    memo: str = Field(default="", max_length=200)


class Entry(Row, table=True):
    """Positive is debit, negative credit; the entries of a posting sum to nought."""

    __tablename__ = "ledger_entry"
    __table_args__ = (sa.CheckConstraint("amount_fen <> 0", name="not_nought"),)

    posting_id: int = Field(foreign_key="posting.id", index=True, sa_type=Id)
    account_id: int = Field(foreign_key="ledger_account.id", index=True, sa_type=Id)
    amount_fen: int = Field(sa_type=sa.BigInteger)


class PrepaidAccount(Row, table=True):
    """What a company has with a provider, and what of it is held for bookings.

    Both are sums kept up to date, so that the database can refuse what is not there.
    """

    __tablename__ = "prepaid_account"
    __table_args__ = (
        sa.UniqueConstraint("organisation_id", "provider_id"),
        sa.CheckConstraint("held_fen >= 0 AND held_fen <= balance_fen", name="available"),
    )

    organisation_id: int = Field(foreign_key="organisation.id", sa_type=Id)
    provider_id: int = Field(foreign_key="organisation.id", index=True, sa_type=Id)
    balance_fen: int = Field(default=0, sa_type=sa.BigInteger)
    held_fen: int = Field(default=0, sa_type=sa.BigInteger)


class PrepaidKind(StrEnum):
    """Why a prepaid balance changes."""

    TOP_UP = "top_up"
    REFUND = "refund"
    CHARGE = "charge"
    # A charge that was paid from it became cheaper.
    RETURN = "return"


class PrepaidEntry(Row, table=True):
    """One change of a balance, with the posting of the same reference."""

    __tablename__ = "prepaid_entry"
    __table_args__ = (
        sa.CheckConstraint("amount_fen <> 0", name="not_nought"),
        sa.Index(None, "account_id"),
    )

    account_id: int = Field(foreign_key="prepaid_account.id", sa_type=Id)
    kind: PrepaidKind = Field(sa_type=EnumText(PrepaidKind))
    # Positive is what the company has more.
    amount_fen: int = Field(sa_type=sa.BigInteger)
    reference: str = Field(max_length=64, unique=True)
    bank_reference: str = Field(default="", max_length=40)
    note: str = Field(default="", max_length=200)
    made_by: int | None = Field(default=None, sa_type=Id)
    made_at: datetime = Field(sa_type=UtcDateTime)


class FundsHold(Row, table=True):
    """Money set aside for a booking until it is charged or given up; one at a time for each."""

    __tablename__ = "funds_hold"
    __table_args__ = (
        sa.CheckConstraint("amount_fen > 0", name="amount"),
        sa.Index(
            "uq_funds_hold_held",
            "reference",
            unique=True,
            sqlite_where=sa.text("released_at IS NULL"),
            postgresql_where=sa.text("released_at IS NULL"),
        ),
        sa.Index(None, "account_id"),
    )

    account_id: int = Field(foreign_key="prepaid_account.id", sa_type=Id)
    # The booking's number.
    reference: str = Field(max_length=24)
    amount_fen: int = Field(sa_type=sa.BigInteger)
    held_at: datetime = Field(sa_type=UtcDateTime)
    released_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
