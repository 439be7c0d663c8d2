"""What happened to credit lines."""

from dataclasses import dataclass
from typing import ClassVar

from booking.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class CreditLineGranted(Event):
    """A bank granted a company a credit line."""

    name: ClassVar[str] = "loan.granted"

    credit_line_id: int
    organisation_id: int


@dataclass(frozen=True, kw_only=True)
class BankFileImported(Event):
    """Records of a bank came in; those known before changed nothing."""

    name: ClassVar[str] = "loan.bank_file_imported"

    added: int
    known: int
