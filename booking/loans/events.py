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


@dataclass(frozen=True, kw_only=True)
class BankFileSent(Event):
    """A bank's file was sent, to be taken in."""

    name: ClassVar[str] = "loan.bank_file_sent"

    bank_file_id: int


@dataclass(frozen=True, kw_only=True)
class BankFileTakenIn(Event):
    """Every row of a bank's file is accounted for, or the file was given up."""

    name: ClassVar[str] = "loan.bank_file_taken_in"

    bank_file_id: int


@dataclass(frozen=True, kw_only=True)
class BankMappingSaved(Event):
    """Somebody said how a bank writes its files."""

    name: ClassVar[str] = "loan.bank_mapping_saved"

    bank: str


@dataclass(frozen=True, kw_only=True)
class BankRowAssigned(Event):
    """A queued row became a record of a credit line."""

    name: ClassVar[str] = "loan.bank_row_assigned"

    row_id: int


@dataclass(frozen=True, kw_only=True)
class BankRowDismissed(Event):
    """A queued row stays out for good."""

    name: ClassVar[str] = "loan.bank_row_dismissed"

    row_id: int
