"""What the browser and programs may say about settlements and statements."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

from booking.files.forms import ChosenFile
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.periods import Period
from booking.kernel.timespan import TimeSpan
from booking.reservations.forms import Pieces
from booking.subsidies.errors import PeriodUnknown
from booking.web.json import AwareMoment, YuanStr
from booking.web.moments import Day
from booking.web.texts import prose, text

Reason = Annotated[str, prose(500)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SettlementBody(_Strict):
    """Which period to settle."""

    period: Annotated[str, text(10)]


class ActivationBody(_Strict):
    """Which version is to pay, under which public document (文号); the first call proposes it."""

    version: int | None = None
    document: Annotated[str, text(200)] = ""


class StepBody(_Strict):
    """Which version goes back or is given up, and why."""

    version: int | None = None
    reason: Reason = ""


class EndBody(_Strict):
    """The new last day of a version, and the document that says so; the first call asks."""

    version: int | None = None
    last_day: Day
    document: Annotated[str, text(200, shortest=1)]


class WithdrawBody(_Strict):
    """Which version that has not begun is taken back, by which document, and why."""

    version: int | None = None
    document: Annotated[str, text(200, shortest=1)]
    reason: Annotated[str, prose(500, shortest=1)]


class ReasonBody(_Strict):
    """Why."""

    reason: Reason = ""


class ObjectionBody(_Strict):
    """What is said against a statement."""

    text: Annotated[str, prose(2000, shortest=1)]


class PaymentBody(_Strict):
    """The bank's reference for a payment."""

    reference: Annotated[str, text(80)] = ""


LARGEST_ANSWER: Final = 10 * 1024 * 1024


class ClawbackBody(_Strict):
    """How much of a paid line is to be recovered, and why."""

    amount: Annotated[YuanStr, Field(gt=0)]
    reason: Annotated[str, prose(500, shortest=1)]


class ProgrammeForm(BaseModel):
    """A programme in the words of its format (YAML)."""

    document: Annotated[str, prose(50_000, shortest=1)]


class WhatIfForm(BaseModel):
    """Which versions (`ID:2`) are to be tried on which period."""

    programme: list[Annotated[str, text(80)]] = Field(default_factory=list, max_length=20)
    period: Annotated[str, text(10)] = ""


class WhatIfBody(_Strict):
    """Programmes as documents, or versions that were entered (`{"id", "version"}`), and caps that
    they share; without these, the joint caps that were entered bind."""

    period: Annotated[str, text(10)]
    programmes: list[dict[str, object]] = Field(min_length=1, max_length=20)
    joint_caps: list[dict[str, object]] = Field(default_factory=list, max_length=20)


class QuoteBody(_Strict):
    """A use that is only wished for."""

    instrument_id: int
    starts_at: AwareMoment
    ends_at: AwareMoment
    mode: ServiceMode | None = None
    samples: Annotated[int, Field(ge=0, le=100_000)] = 0
    consumables: Pieces = {}
    organisation_id: int | None = None
    # A price that was kept, and a voucher to pay a part of it with.
    quote: Annotated[str, text(24)] = ""
    voucher: Annotated[str, text(24)] = ""
    # Keep the price for a while, for a booking to cite.
    keep: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> "QuoteBody":
        if self.starts_at >= self.ends_at:
            raise ValueError("a span ends after it starts")
        return self

    @property
    def span(self) -> TimeSpan:
        return TimeSpan(self.starts_at, self.ends_at)


def read_period(code: str) -> Period:
    """A period's code as a period, or a refusal."""
    try:
        return Period.parse(code)
    except ValueError:
        raise PeriodUnknown(period=code) from None


class VouchersBody(_Strict):
    """`POST /vouchers`: the programme, and the companies that get one each."""

    programme: Annotated[str, text(64, shortest=1)]
    organisation_ids: Annotated[
        list[Annotated[int, Field(ge=1, le=2**63 - 1)]], Field(min_length=1, max_length=500)
    ]


class VouchersForm(BaseModel):
    """The same by people."""

    programme: Annotated[str, text(64, shortest=1)]
    companies: Annotated[
        list[Annotated[int, Field(ge=1, le=2**63 - 1)]], Field(min_length=1, max_length=500)
    ]


_Id = Annotated[int, Field(ge=1, le=2**63 - 1)]


class ApplicationBody(_Strict):
    """`POST /applications`: to which programme, and for which of one's companies."""

    programme: Annotated[str, text(64, shortest=1)]
    # Without it, the one that may be applied to today.
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    organisation_id: _Id | None = None


class NoteBody(_Strict):
    """What the company says with its papers."""

    note: Annotated[str, prose(1000)] = ""


class SubmissionBody(_Strict):
    """The same when it is handed in; without it, what was kept stays."""

    note: Annotated[str, prose(1000)] | None = None


class ApplicationPaperForm(BaseModel):
    """A paper, under the code of the evidence that it is."""

    code: Annotated[str, text(40, shortest=1)]
    file: ChosenFile


class WhyBody(_Strict):
    """Why more is asked for, or why it is refused."""

    reason: Annotated[str, prose(500, shortest=1)]


class RevocationBody(_Strict):
    """From which day on an acceptance reaches nothing any more, and why."""

    first_day: Day
    reason: Annotated[str, prose(500, shortest=1)]
