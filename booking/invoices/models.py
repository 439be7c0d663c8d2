"""Tables of invoices and payments, of their files, and of what they are matched with.

Rows are written once: only their state moves, and a match can only end. The database refuses
everything else, and whatever would invoice or pay more than there is (migration 58).
"""

from datetime import date, datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from booking.db.base import Row
from booking.db.types import EnumText, Id, UtcDateTime
from booking.invoices.rules.kinds import InvoiceKind
from booking.invoices.states import PaperState

_STANDS: Final = sa.text("state <> 'voided'")
_LIVE: Final = sa.text("live")


class Invoice(Row, table=True):
    """A tax invoice as it was issued, VAT told apart; a credit note is negative and names what it
    takes back."""

    __tablename__ = "invoice"
    __table_args__ = (
        sa.CheckConstraint("total_fen = net_fen + tax_fen", name="sums"),
        sa.CheckConstraint("(original_id IS NULL) = (total_fen > 0)", name="credit"),
        sa.CheckConstraint("total_fen <> 0", name="not_nought"),
        sa.CheckConstraint("checked_by <> recorded_by", name="two_people"),
        sa.Index(
            "uq_invoice_standing",
            *("code", "number"),
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        sa.Index(None, "organisation_id", "provider_id"),
        sa.Index(None, "state"),
    )

    reference: str = Field(max_length=24, unique=True)
    kind: InvoiceKind = Field(sa_type=EnumText(InvoiceKind))
    # 发票代码: only older invoices have one.
    code: str = Field(default="", max_length=12)
    number: str = Field(max_length=20)
    provider_id: int = Field(foreign_key="organisation.id", index=True, sa_type=Id)
    organisation_id: int = Field(foreign_key="organisation.id", sa_type=Id)
    seller_uscc: str = Field(default="", max_length=18)
    buyer_uscc: str = Field(default="", max_length=18)
    issued_on: date
    net_fen: int = Field(sa_type=sa.BigInteger)
    tax_fen: int = Field(sa_type=sa.BigInteger)
    total_fen: int = Field(sa_type=sa.BigInteger)
    original_id: int | None = Field(default=None, foreign_key="invoice.id", index=True, sa_type=Id)
    note: str = Field(default="", max_length=200)
    state: PaperState = Field(default=PaperState.RECORDED, sa_type=EnumText(PaperState))
    state_reason: str = Field(default="", max_length=500)
    recorded_by: int | None = Field(default=None, sa_type=Id)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    checked_by: int | None = Field(default=None, sa_type=Id)
    checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    voided_by: int | None = Field(default=None, sa_type=Id)
    voided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Payment(Row, table=True):
    """What a company's bank paid a provider; negative, and naming what it gives back, if it went
    the other way."""

    __tablename__ = "payment"
    __table_args__ = (
        sa.CheckConstraint("(original_id IS NULL) = (amount_fen > 0)", name="refund"),
        sa.CheckConstraint("amount_fen <> 0", name="not_nought"),
        sa.CheckConstraint("checked_by <> recorded_by", name="two_people"),
        sa.Index(
            "uq_payment_standing",
            *("bank", "bank_transaction_number"),
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        sa.Index(None, "organisation_id", "provider_id"),
        sa.Index(None, "state"),
    )

    reference: str = Field(max_length=24, unique=True)
    # Who pays and who is paid, whichever way the money of this one went.
    organisation_id: int = Field(foreign_key="organisation.id", sa_type=Id)
    provider_id: int = Field(foreign_key="organisation.id", index=True, sa_type=Id)
    paid_on: date
    amount_fen: int = Field(sa_type=sa.BigInteger)
    bank: str = Field(max_length=100)
    bank_transaction_number: str = Field(max_length=64)
    original_id: int | None = Field(default=None, foreign_key="payment.id", index=True, sa_type=Id)
    note: str = Field(default="", max_length=200)
    state: PaperState = Field(default=PaperState.RECORDED, sa_type=EnumText(PaperState))
    state_reason: str = Field(default="", max_length=500)
    recorded_by: int | None = Field(default=None, sa_type=Id)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    checked_by: int | None = Field(default=None, sa_type=Id)
    checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    voided_by: int | None = Field(default=None, sa_type=Id)
    voided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class InvoiceFile(Row, table=True):
    """The file of an invoice, as it was issued."""

    __tablename__ = "invoice_file"

    invoice_id: int = Field(foreign_key="invoice.id", index=True, sa_type=Id)
    file_id: int = Field(foreign_key="stored_file.id", index=True, sa_type=Id)
    added_by: int | None = Field(default=None, sa_type=Id)
    added_at: datetime = Field(sa_type=UtcDateTime)


class PaymentFile(Row, table=True):
    """电子回单: what the bank says of a payment."""

    __tablename__ = "payment_file"

    payment_id: int = Field(foreign_key="payment.id", index=True, sa_type=Id)
    file_id: int = Field(foreign_key="stored_file.id", index=True, sa_type=Id)
    added_by: int | None = Field(default=None, sa_type=Id)
    added_at: datetime = Field(sa_type=UtcDateTime)


class InvoiceMatch(Row, table=True):
    """How much of an invoice is for a charge."""

    __tablename__ = "invoice_match"
    __table_args__ = (
        sa.CheckConstraint("amount_fen <> 0", name="not_nought"),
        sa.Index(
            "uq_invoice_match_live",
            *("invoice_id", "charge_id"),
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
    )

    invoice_id: int = Field(foreign_key="invoice.id", sa_type=Id)
    charge_id: int = Field(foreign_key="charge.id", index=True, sa_type=Id)
    amount_fen: int = Field(sa_type=sa.BigInteger)
    live: bool = True
    matched_by: int | None = Field(default=None, sa_type=Id)
    matched_at: datetime = Field(sa_type=UtcDateTime)
    ended_by: int | None = Field(default=None, sa_type=Id)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PaymentMatch(Row, table=True):
    """How much of a payment is for an invoice."""

    __tablename__ = "payment_match"
    __table_args__ = (
        sa.CheckConstraint("amount_fen <> 0", name="not_nought"),
        sa.Index(
            "uq_payment_match_live",
            *("payment_id", "invoice_id"),
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
    )

    payment_id: int = Field(foreign_key="payment.id", sa_type=Id)
    invoice_id: int = Field(foreign_key="invoice.id", index=True, sa_type=Id)
    amount_fen: int = Field(sa_type=sa.BigInteger)
    live: bool = True
    matched_by: int | None = Field(default=None, sa_type=Id)
    matched_at: datetime = Field(sa_type=UtcDateTime)
    ended_by: int | None = Field(default=None, sa_type=Id)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class InvoiceKeeping(Row, table=True):
    """Since when the centre keeps invoices here; the last entry holds, without a day: not."""

    __tablename__ = "invoice_keeping"

    first_day: date | None = None
    reason: str = Field(max_length=200)
    set_by: int | None = Field(default=None, sa_type=Id)
    set_at: datetime = Field(sa_type=UtcDateTime)


def _table(model: type[SQLModel]) -> sa.Table:
    table = model.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
    assert isinstance(table, sa.Table)  # noqa: S101 - narrows a type
    return table


INVOICE: Final = _table(Invoice)
PAYMENT: Final = _table(Payment)
INVOICE_FILE: Final = _table(InvoiceFile)
PAYMENT_FILE: Final = _table(PaymentFile)
INVOICE_MATCH: Final = _table(InvoiceMatch)
PAYMENT_MATCH: Final = _table(PaymentMatch)
KEEPING: Final = _table(InvoiceKeeping)
