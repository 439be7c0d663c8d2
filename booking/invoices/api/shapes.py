"""How invoices and payments are answered to programs."""

from collections.abc import Sequence
from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from booking.invoices.report import InvoiceSheet, PaymentSheet
from booking.invoices.rules.kinds import InvoiceKind
from booking.invoices.states import PaperState
from booking.web.json import AwareMoment, YuanOut


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True, populate_by_name=True)


class InvoiceOut(_Out):
    """An invoice in a list: `matched` of it is for charges, `settled` of it is paid."""

    reference: str
    kind: InvoiceKind
    code: str
    number: str
    provider_id: int
    provider: str
    organisation_id: int
    company: str
    seller_uscc: str
    buyer_uscc: str
    issued_on: date
    net: YuanOut = Field(validation_alias="net_fen")
    tax: YuanOut = Field(validation_alias="tax_fen")
    total: YuanOut = Field(validation_alias="total_fen")
    matched: YuanOut = Field(validation_alias="matched_fen")
    settled: YuanOut = Field(validation_alias="settled_fen")
    original: str | None
    note: str
    state: PaperState
    state_reason: str
    recorded_at: AwareMoment
    checked_at: AwareMoment | None
    voided_at: AwareMoment | None


class PaymentOut(_Out):
    """A payment in a list: `matched` of it is for invoices."""

    reference: str
    organisation_id: int
    company: str
    provider_id: int
    provider: str
    paid_on: date
    amount: YuanOut = Field(validation_alias="amount_fen")
    matched: YuanOut = Field(validation_alias="matched_fen")
    bank: str
    bank_transaction_number: str
    original: str | None
    note: str
    state: PaperState
    state_reason: str
    recorded_at: AwareMoment
    checked_at: AwareMoment | None
    voided_at: AwareMoment | None


class ShareOut(_Out):
    """So much for the charge, the invoice or by the payment of that number."""

    id: int
    number: str
    amount: YuanOut = Field(validation_alias="amount_fen")


class OfferedOut(_Out):
    """What could be shared in: how much of it is open, and how much is proposed."""

    number: str
    open: YuanOut = Field(validation_alias="open_fen")
    proposed: YuanOut = Field(validation_alias="proposed_fen")


class PaperFileOut(_Out):
    id: int
    given_name: str
    kind: str
    size: int
    sha256: str


class InvoiceInFull(_Out):
    """An invoice with what it is for, what paid it, and what it could be for."""

    invoice: InvoiceOut
    charges: Sequence[ShareOut]
    payments: Sequence[ShareOut]
    offered: Sequence[OfferedOut]
    files: Sequence[PaperFileOut]

    @classmethod
    def of(cls, sheet: InvoiceSheet) -> "InvoiceInFull":
        return cls.model_validate(sheet)


class PaymentInFull(_Out):
    """A payment with what it is for, and what it could be for."""

    payment: PaymentOut
    invoices: Sequence[ShareOut]
    offered: Sequence[OfferedOut]
    files: Sequence[PaperFileOut]

    @classmethod
    def of(cls, sheet: PaymentSheet) -> "PaymentInFull":
        return cls.model_validate(sheet)


class InvoiceList(BaseModel):
    items: list[InvoiceOut]
    next_cursor: str | None


class PaymentList(BaseModel):
    items: list[PaymentOut]
    next_cursor: str | None
