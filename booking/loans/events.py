"""What happened to credit lines."""

from dataclasses import dataclass
from datetime import date
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


@dataclass(frozen=True, kw_only=True)
class LoanEvent(Event):
    """Something that whoever owes and whoever keeps a credit line wants to know."""

    loan: str
    organisation_id: int
    bank: str


@dataclass(frozen=True, kw_only=True)
class DrawEvent(LoanEvent):
    """Something happened to a draw."""

    draw: str
    charge: str
    amount_fen: int


@dataclass(frozen=True, kw_only=True)
class DrawAsked(DrawEvent):
    """A company wants to draw its credit line for a charge."""

    name: ClassVar[str] = "loan.draw_asked"


@dataclass(frozen=True, kw_only=True)
class DrawConfirmed(DrawEvent):
    """The bank told that it paid."""

    name: ClassVar[str] = "loan.draw_confirmed"


@dataclass(frozen=True, kw_only=True)
class DrawRefused(DrawEvent):
    """The bank, or the centre, does not pay."""

    name: ClassVar[str] = "loan.draw_refused"


@dataclass(frozen=True, kw_only=True)
class DrawWithdrawn(DrawEvent):
    """The company does not want it any more."""

    name: ClassVar[str] = "loan.draw_withdrawn"


@dataclass(frozen=True, kw_only=True)
class DrawExpired(DrawEvent):
    """The bank did not tell of it within the term of its credit line."""

    name: ClassVar[str] = "loan.draw_expired"


@dataclass(frozen=True, kw_only=True)
class DrawExceeded(DrawEvent):
    """Its charge was corrected: so much of it is for nothing any more, and to be repaid."""

    name: ClassVar[str] = "loan.draw_exceeded"


@dataclass(frozen=True, kw_only=True)
class DrawCovered(DrawEvent):
    """Its charge was corrected again: all of it is for the order."""

    name: ClassVar[str] = "loan.draw_covered"


@dataclass(frozen=True, kw_only=True)
class RepaymentAgreed(LoanEvent):
    """How draws of a credit line are repaid, from a day on."""

    name: ClassVar[str] = "loan.repayment_agreed"


@dataclass(frozen=True, kw_only=True)
class LoanKindChosen(Event):
    """New loans of a kind are taken on, or refused."""

    name: ClassVar[str] = "loan.kind_chosen"


@dataclass(frozen=True, kw_only=True)
class HoursPromised(LoanEvent):
    """A borrower promised outside hours for what a purchase loan paid for."""

    name: ClassVar[str] = "loan.hours_promised"


@dataclass(frozen=True, kw_only=True)
class PromiseEvent(LoanEvent):
    """What is known of a year of promised hours; hours as decimal text."""

    first: date
    until: date
    promised: str
    delivered: str
    missing: str


@dataclass(frozen=True, kw_only=True)
class PromiseJudged(PromiseEvent):
    """The hours of a year that is over were counted, without another verdict than before."""

    name: ClassVar[str] = "loan.promise_judged"


@dataclass(frozen=True, kw_only=True)
class PromiseShort(PromiseEvent):
    """The year ended short."""

    name: ClassVar[str] = "loan.promise_short"


@dataclass(frozen=True, kw_only=True)
class PromiseKept(PromiseEvent):
    """The promise was kept; or, after uses were confirmed late, is kept after all."""

    name: ClassVar[str] = "loan.promise_kept"


@dataclass(frozen=True, kw_only=True)
class PromiseAtRisk(PromiseEvent):
    """On the present pace the year will end short."""

    name: ClassVar[str] = "loan.promise_at_risk"


@dataclass(frozen=True, kw_only=True)
class LineOverdue(LoanEvent):
    """What was due on a credit line was not repaid when its grace was over."""

    name: ClassVar[str] = "loan.overdue"

    since: date
    amount_fen: int


@dataclass(frozen=True, kw_only=True)
class LineInOrder(LoanEvent):
    """What was overdue is repaid."""

    name: ClassVar[str] = "loan.in_order"

    since: date
