"""What happened to invoices and payments."""

from dataclasses import dataclass
from typing import ClassVar

from booking.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class PaperEvent(Event):
    """Whose it is, and how much."""

    reference: str
    organisation_id: int
    provider_id: int
    amount_fen: int


@dataclass(frozen=True, kw_only=True)
class InvoiceEvent(PaperEvent):
    number: str


@dataclass(frozen=True, kw_only=True)
class InvoiceRecorded(InvoiceEvent):
    name: ClassVar[str] = "invoice.recorded"


@dataclass(frozen=True, kw_only=True)
class InvoiceChecked(InvoiceEvent):
    """By the centre's finance: from now on it counts."""

    name: ClassVar[str] = "invoice.checked"


@dataclass(frozen=True, kw_only=True)
class InvoiceVoided(InvoiceEvent):
    """What it was for is open again."""

    name: ClassVar[str] = "invoice.voided"


@dataclass(frozen=True, kw_only=True)
class InvoiceMatched(InvoiceEvent):
    """It is for these charges now, or for those no more."""

    name: ClassVar[str] = "invoice.matched"


@dataclass(frozen=True, kw_only=True)
class InvoiceFileAdded(InvoiceEvent):
    name: ClassVar[str] = "invoice.file_added"


@dataclass(frozen=True, kw_only=True)
class PaymentRecorded(PaperEvent):
    name: ClassVar[str] = "payment.recorded"


@dataclass(frozen=True, kw_only=True)
class PaymentChecked(PaperEvent):
    """By the centre's finance: it is posted, and counts."""

    name: ClassVar[str] = "payment.checked"


@dataclass(frozen=True, kw_only=True)
class PaymentVoided(PaperEvent):
    """If it was posted, it is posted back."""

    name: ClassVar[str] = "payment.voided"


@dataclass(frozen=True, kw_only=True)
class PaymentMatched(PaperEvent):
    """It pays these invoices now, or those no more."""

    name: ClassVar[str] = "payment.matched"


@dataclass(frozen=True, kw_only=True)
class PaymentFileAdded(PaperEvent):
    name: ClassVar[str] = "payment.file_added"


@dataclass(frozen=True, kw_only=True)
class InvoiceKeepingSet(Event):
    """Since when settlement reads invoices and payments, or that it does not."""

    name: ClassVar[str] = "invoice.keeping_set"
