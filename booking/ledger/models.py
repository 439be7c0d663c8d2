"""Accounts, postings and entries; the database refuses to rewrite the latter two."""

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
    at: datetime = Field(sa_type=UtcDateTime)
    memo: str = Field(default="", max_length=200)


class Entry(Row, table=True):
    """Positive is debit, negative credit; the entries of a posting sum to nought."""

    __tablename__ = "ledger_entry"
    __table_args__ = (sa.CheckConstraint("amount_fen <> 0", name="not_nought"),)

    posting_id: int = Field(foreign_key="posting.id", index=True, sa_type=Id)
    account_id: int = Field(foreign_key="ledger_account.id", index=True, sa_type=Id)
    amount_fen: int = Field(sa_type=sa.BigInteger)
