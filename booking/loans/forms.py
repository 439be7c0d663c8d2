"""What the browser and programs may say about credit lines."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from booking.files.forms import ChosenFile
from booking.loans.models import LineKind
from booking.loans.rules.bank_columns import Columns, DayFormat, DecimalMark, Direction
from booking.loans.rules.dues import Agreed
from booking.loans.rules.promises import Purchase
from booking.loans.rules.schedule import DayCount, Repaying
from booking.loans.states import Acquired
from booking.web.json import YuanStr
from booking.web.moments import Day
from booking.web.texts import text, title

LARGEST_BANK_FILE: Final = 10 * 1024 * 1024
_Word = Annotated[str, title(100)]
_Rate = Annotated[str, StringConstraints(pattern=r"^[01](\.\d{1,8})?$")]


class KindBody(BaseModel):
    """Whether the centre takes on loans of a kind, and why not."""

    model_config = ConfigDict(extra="forbid")

    kind: LineKind
    accepted: bool
    reason: Annotated[str, text(200)] = ""


class LineBody(BaseModel):
    """A credit line as the bank granted it."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,40}$")]
    organisation_id: int
    bank: _Word
    credit_limit: YuanStr
    annual_rate: _Rate
    draw_share: _Rate = "1"
    draw_days: int | None = None
    valid_from: Day
    valid_to: Day
    contract_number: Annotated[str, text(80)] = ""
    kind: LineKind = LineKind.USAGE
    purpose: Annotated[str, text(200)] = ""


class BankFileForm(BaseModel):
    """A bank's file, and whose it is."""

    sheet: ChosenFile
    bank: _Word


class MappingForm(BaseModel):
    """Which column means what; what the bank does not have stays empty."""

    number: _Word
    account: _Word
    day: _Word
    amount: _Word
    repaid: Annotated[str, text(100)] = ""
    kind: Annotated[str, text(100)] = ""
    order: Annotated[str, text(100)] = ""
    note: Annotated[str, text(100)] = ""
    direction: Direction
    day_format: DayFormat
    decimal: DecimalMark
    draw_words: Annotated[str, text(200)] = ""
    repayment_words: Annotated[str, text(200)] = ""
    positive: Literal["draw", "repayment"] = "draw"

    def columns(self) -> Columns:
        """As the rules read it."""
        told = self.model_dump(exclude={"draw_words", "repayment_words", "positive"})
        return Columns(
            **told,
            draw_words=tuple(self.draw_words.split()),
            repayment_words=tuple(self.repayment_words.split()),
            draw_is_positive=self.positive == "draw",
        )


class AssignForm(BaseModel):
    """The credit line that a row belongs to."""

    loan: Annotated[str, title(40)]


class DismissForm(BaseModel):
    """Why a row stays out."""

    reason: Annotated[str, title(200)]


class DrawForm(BaseModel):
    """How much of a credit line is to pay for a charge."""

    charge: Annotated[str, title(40)]
    amount: YuanStr


class DrawBody(BaseModel):
    """The same, as programs say it."""

    model_config = ConfigDict(extra="forbid")

    charge: Annotated[str, title(40)]
    amount: YuanStr


class RefusalBody(BaseModel):
    """Why a draw is not paid."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, title(200)]


class PurchaseForm(BaseModel):
    """What a purchase loan paid for, and the outside hours promised for it."""

    instrument_id: int
    acquired: Acquired = Acquired.BOUGHT
    cost: YuanStr
    contract_number: Annotated[str, text(80)] = ""
    hours_a_year: int
    valid_from: Day
    years: int

    def purchase(self) -> Purchase:
        """As the rules read it."""
        return Purchase(**self.model_dump(exclude={"cost"}), cost_fen=self.cost)


class PurchaseBody(PurchaseForm):
    """The same, as programs say it."""

    model_config = ConfigDict(extra="forbid")


class RepaymentForm(BaseModel):
    """How draws from a day on are repaid."""

    valid_from: Day
    repaying: Repaying
    months: int
    day_count: DayCount = DayCount.ACT_360
    pay_day: int = 20
    grace_days: int = 0

    def agreed(self) -> Agreed:
        """As the rules read it."""
        told = self.model_dump(exclude={"grace_days"})
        return Agreed(**told, grace=self.grace_days)


class RepaymentBody(RepaymentForm):
    """The same, as programs say it."""

    model_config = ConfigDict(extra="forbid")
