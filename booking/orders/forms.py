"""What companies fill in about an order, labs about a quote, both while it lives.

A page's form has no lists, so each sample and each line besides the price list has names of its own
(`sample2_name`, `extra1_words`); programs send lists.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, Field, create_model, model_validator
from pydantic_core import PydanticCustomError

from booking.files.forms import ChosenFile
from booking.instruments.forms.texts import Said
from booking.kernel.timespan import TimeSpan
from booking.orders.rules import (
    MOST_SAMPLES,
    Afterwards,
    Choice,
    Decision,
    Extra,
    OrderTold,
    QuoteTold,
    SampleTold,
    Slot,
)
from booking.orders.states import Station
from booking.web.forms import LocalMoment, YuanField
from booking.web.json import AwareMoment, YuanStr
from booking.web.moments import Day
from booking.web.texts import prose, text, title

# So many of each a page offers.
SAMPLE_ROWS: Final = 6
EXTRA_ROWS: Final = 3
RowId = Annotated[int, Field(ge=1, le=2**63 - 1)]
Count = Annotated[int, Field(ge=1, le=10_000)]
Samples = Annotated[int, Field(ge=0, le=100_000)]
Minutes = Annotated[int, Field(ge=0, le=60_000)]
Hours = Annotated[Decimal, Field(ge=0, le=1000, max_digits=6, decimal_places=2)]
Amount = Annotated[YuanField, Field(ge=0, le=10_000_000_000)]
Wishes = Annotated[str, prose(4000, shortest=1)]
Standard = Annotated[str, text(200)]
Name = Annotated[str, title(100)]
Form = Annotated[str, text(100)]
Hazards = Annotated[str, text(300)]
Reason = Annotated[str, text(500)]
Label = Annotated[str, text(32)]
LineWords = Annotated[str, text(100, shortest=1)]
Note = Annotated[str, prose(1000)]


class _Asked(BaseModel):
    """What is the same for all samples."""

    wishes: Wishes
    standard: Standard = ""
    by_day: Day
    company: RowId | None = None
    paper: ChosenFile | None = None

    def told(self) -> OrderTold:
        """Rows without a name are not there."""
        rows = self.model_dump(exclude={"paper"})
        return OrderTold(
            wishes=self.wishes,
            standard=self.standard,
            by_day=self.by_day,
            samples=tuple(_samples(rows)),
            organisation_id=self.company,
        )


def _samples(rows: dict[str, Any]) -> Iterator[SampleTold]:
    for n in range(1, SAMPLE_ROWS + 1):
        row = {name: rows[f"sample{n}_{name}"] for name in _SAMPLE}
        if row["name"]:
            yield SampleTold(**row)


_SAMPLE: Final[dict[str, Any]] = {
    "name": (Name | None, None),
    "count": (Count, 1),
    "form": (Form, ""),
    "hazards": (Hazards, ""),
    "afterwards": (Afterwards, Afterwards.RETURN),
}
_ROWS: Final[dict[str, Any]] = {
    f"sample{n}_{name}": kind for n in range(1, SAMPLE_ROWS + 1) for name, kind in _SAMPLE.items()
}
OrderForm = create_model("OrderForm", __base__=_Asked, **_ROWS)


class _Quoted(BaseModel):
    """What is reckoned by the price list, and until when it holds."""

    hours: Hours = Decimal(0)
    samples: Samples = 0
    staff_hours: Hours = Decimal(0)
    valid_until: Day
    promised_day: Day
    note: Note = ""

    @model_validator(mode="after")
    def _lines_whole(self) -> Self:
        told = self.model_dump()
        for n in range(1, EXTRA_ROWS + 1):
            if (told[f"extra{n}_words"] is None) != (told[f"extra{n}_amount"] is None):
                raise PydanticCustomError("order.line_incomplete", "half a line")
        return self

    def told(self) -> QuoteTold:
        """Whole minutes of the hours that were typed."""
        rows = self.model_dump()
        lines = [
            (rows[f"extra{n}_words"], rows[f"extra{n}_amount"]) for n in range(1, EXTRA_ROWS + 1)
        ]
        return QuoteTold(
            minutes=round(self.hours * 60),
            samples=self.samples,
            staff_minutes=round(self.staff_hours * 60),
            extras=tuple(Extra(*line) for line in lines if line[0] is not None),
            valid_until=self.valid_until,
            promised_day=self.promised_day,
            note=self.note,
        )


_LINES: Final[dict[str, Any]] = {
    f"extra{n}_{name}": (kind | None, None)
    for n in range(1, EXTRA_ROWS + 1)
    for name, kind in (("words", LineWords), ("amount", Amount))
}
QuoteForm = create_model("QuoteForm", __base__=_Quoted, **_LINES)


class SlotForm(BaseModel):
    """When the lab works, and against which rules for what reason."""

    starts_at: LocalMoment
    ends_at: LocalMoment
    samples: Samples = 0
    override_reason: Reason = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.starts_at >= self.ends_at:
            raise PydanticCustomError("span.not_in_order", "ends before it starts")
        return self

    def slot(self) -> Slot:
        return Slot(
            span=TimeSpan(self.starts_at, self.ends_at),
            samples=self.samples,
            override_reason=self.override_reason,
        )


class DecisionForm(BaseModel):
    """What one side decides."""

    choice: Choice
    quote: RowId | None = None
    reason: Annotated[str, prose(500)] = ""

    def decision(self) -> Decision:
        return Decision(self.choice, self.quote, self.reason)


class StationForm(BaseModel):
    """Where samples go: one, or all that may; and to which page that leads back."""

    station: Station
    label: Label = ""
    back: Annotated[str, text(10)] = ""


class MessageForm(BaseModel):
    words: Annotated[str, prose(2000, shortest=1)]


class OrderFileForm(BaseModel):
    """A file of either side."""

    file: ChosenFile


class SampleBody(Said):
    """A kind of sample, `count` pieces of it."""

    name: Name
    count: Count = 1
    form: Form = ""
    hazards: Hazards = ""
    afterwards: Afterwards = Afterwards.RETURN


class OrderBody(Said):
    """An order as programs ask for it."""

    instrument_id: RowId
    wishes: Wishes
    standard: Standard = ""
    by_day: Day
    organisation_id: RowId | None = None
    samples: Annotated[list[SampleBody], Field(min_length=1, max_length=MOST_SAMPLES)]

    def told(self) -> OrderTold:
        return OrderTold(
            wishes=self.wishes,
            standard=self.standard,
            by_day=self.by_day,
            samples=tuple(SampleTold(**one.model_dump()) for one in self.samples),
            organisation_id=self.organisation_id,
        )


class ExtraBody(Said):
    """A line that no price list names, VAT contained."""

    words: LineWords
    amount: Annotated[YuanStr, Field(ge=0, le=10_000_000_000)]


class QuoteBody(Said):
    """A quote as programs make it."""

    minutes: Minutes = 0
    samples: Samples = 0
    staff_minutes: Minutes = 0
    extras: Annotated[list[ExtraBody], Field(max_length=20)] = Field(default_factory=list)
    valid_until: Day
    promised_day: Day
    note: Note = ""

    def told(self) -> QuoteTold:
        extras = tuple(Extra(one.words, one.amount) for one in self.extras)
        return QuoteTold(**{**self.model_dump(exclude={"extras"}), "extras": extras})


class SlotBody(Said):
    """Time for an order."""

    starts_at: AwareMoment
    ends_at: AwareMoment
    samples: Samples = 0
    override_reason: Reason = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.starts_at >= self.ends_at:
            raise PydanticCustomError("span.not_in_order", "ends before it starts")
        return self

    def slot(self) -> Slot:
        return Slot(
            span=TimeSpan(self.starts_at, self.ends_at),
            samples=self.samples,
            override_reason=self.override_reason,
        )


class DecisionBody(Said):
    choice: Choice
    quote_id: RowId | None = None
    reason: Annotated[str, prose(500)] = ""

    def decision(self) -> Decision:
        return Decision(self.choice, self.quote_id, self.reason)


class StationBody(Said):
    station: Station
    label: Label = ""


class MessageBody(Said):
    words: Annotated[str, prose(2000, shortest=1)]
