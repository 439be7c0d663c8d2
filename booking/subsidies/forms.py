"""What the browser and programs may say about settlements and statements."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from booking.instruments.rules.terms import ServiceMode
from booking.kernel.periods import Period
from booking.kernel.timespan import TimeSpan
from booking.reservations.forms import Pieces
from booking.subsidies.errors import PeriodUnknown
from booking.web.json import AwareMoment
from booking.web.texts import prose, text

Reason = Annotated[str, prose(500)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SettlementBody(_Strict):
    """Which period to settle."""

    period: Annotated[str, text(10)]


class ActivationBody(_Strict):
    """Which version is to pay, under which public document (文号)."""

    version: int | None = None
    document: Annotated[str, text(200)] = ""


class ReasonBody(_Strict):
    """Why."""

    reason: Reason = ""


class ObjectionBody(_Strict):
    """What is said against a statement."""

    text: Annotated[str, prose(2000, shortest=1)]


class PaymentBody(_Strict):
    """The bank's reference for a payment."""

    reference: Annotated[str, text(80)] = ""


class ProgrammeForm(BaseModel):
    """A programme in the words of its format (YAML)."""

    document: Annotated[str, prose(50_000, shortest=1)]


class QuoteBody(_Strict):
    """A use that is only wished for."""

    instrument_id: int
    starts_at: AwareMoment
    ends_at: AwareMoment
    mode: ServiceMode | None = None
    samples: Annotated[int, Field(ge=0, le=100_000)] = 0
    consumables: Pieces = {}
    organisation_id: int | None = None
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
