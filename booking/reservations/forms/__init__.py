"""Shapes coming in: what programs send and what people type."""

import re
from typing import Annotated, Final, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from booking.instruments.rules.terms import ServiceMode
from booking.kernel.timespan import TimeSpan
from booking.reservations.rules.use_record import UseRecord
from booking.reservations.rules.wish import Wish
from booking.web.forms import LocalMoment
from booking.web.json import AwareMoment
from booking.web.texts import prose, text, title

NOT_IN_ORDER = "span.not_in_order"
_SEPARATORS: Final = re.compile(r"[、,，;；\n]")
_LONGEST_LIST: Final = 500
_COUNTED: Final = re.compile(r"(.+?)\s*[×*\s]\s*(\d{1,6})")

Purpose = Annotated[str, text(200, shortest=1)]
Reason = Annotated[str, prose(500)]
Note = Annotated[str, prose(500)]
Samples = Annotated[int, Field(ge=0, le=100_000)]
Minutes = Annotated[int, Field(ge=0, le=60 * 24 * 31)]
Piece = Annotated[int, Field(ge=1, le=100_000)]
# Pieces by their name in the price list.
Pieces = Annotated[dict[Annotated[str, text(40, shortest=1)], Piece], Field(max_length=30)]
RowId = Annotated[int, Field(ge=1, le=2**63 - 1)]


def typed_pieces(value: object) -> object:
    """`碳膜铜网 3、金靶 1`, as people type it; a name alone means one piece, 0 none."""
    if not isinstance(value, str):
        return value
    if len(value) > _LONGEST_LIST:
        raise PydanticCustomError("string_too_long", "a long list", {"max_length": _LONGEST_LIST})
    found: dict[str, int] = {}
    # Single blanks: among many the pattern would look for its sign again and again.
    for piece in filter(None, (" ".join(one.split()) for one in _SEPARATORS.split(value))):
        counted = _COUNTED.fullmatch(piece)
        name, number = (counted[1], int(counted[2])) if counted else (piece, 1)
        found[name] = found.get(name, 0) + number
    return {name: number for name, number in found.items() if number}


# The same, as people type it.
TypedPieces = Annotated[Pieces, BeforeValidator(typed_pieces)]


class _Body(BaseModel):
    """JSON of a program: what it does not know of, it does not send."""

    model_config = ConfigDict(extra="forbid")


class SpanBody(_Body):
    """A time with offsets."""

    starts_at: AwareMoment
    ends_at: AwareMoment

    @model_validator(mode="after")
    def in_order(self) -> Self:
        if self.starts_at >= self.ends_at:
            raise PydanticCustomError(NOT_IN_ORDER, "a span ends after it starts")
        return self

    @property
    def span(self) -> TimeSpan:
        return TimeSpan(self.starts_at, self.ends_at)


class MoveBody(SpanBody):
    """`POST /reservations/{number}/reschedule`."""

    override_reason: Reason = ""


class ReserveBody(SpanBody):
    """`POST /reservations`."""

    instrument_id: RowId
    mode: ServiceMode | None = None
    purpose: Purpose
    samples: Samples = 0
    consumables: Pieces = {}
    operator_id: RowId | None = None
    accessory_ids: Annotated[list[RowId], Field(max_length=20)] = []
    organisation_id: RowId | None = None
    on_behalf_of: RowId | Annotated[str, text(254)] | None = None
    override_reason: Reason = ""
    quote: Annotated[str, text(24)] = ""
    voucher: Annotated[str, text(24)] = ""

    def wish(self) -> Wish:
        operator = () if self.operator_id is None else (self.operator_id,)
        return Wish(
            instrument_id=self.instrument_id,
            span=self.span,
            mode=self.mode,
            purpose=self.purpose,
            samples=self.samples,
            consumables=self.consumables,
            organisation_id=self.organisation_id,
            on_behalf_of=self.on_behalf_of,
            override_reason=self.override_reason,
            helper_ids=(*operator, *self.accessory_ids),
            quote_number=self.quote,
            voucher=self.voucher,
        )


class ReasonBody(_Body):
    """Why; needed where somebody else loses something."""

    reason: Reason = ""


class RecordBody(_Body):
    """`check-out`: whole minutes; what is not accounted for was idle."""

    preparation_minutes: Minutes = 0
    test_minutes: Minutes = 0
    post_minutes: Minutes = 0
    idle_minutes: Minutes = 0
    samples: Samples = 0
    consumables: Pieces | None = None
    note: Note = ""

    def record(self) -> UseRecord:
        return UseRecord(**self.model_dump(exclude={"reason", "back_to_day"}))


class ConfirmBody(RecordBody):
    """`confirmation`: the figures, and when a use that the clock ended was really over."""

    ended_at: AwareMoment | None = None


class SpanForm(BaseModel):
    """A time as people type it: local, in order."""

    starts_at: LocalMoment
    ends_at: LocalMoment

    @model_validator(mode="after")
    def in_order(self) -> Self:
        if self.starts_at >= self.ends_at:
            raise PydanticCustomError(NOT_IN_ORDER, "a span ends after it starts")
        return self

    @property
    def span(self) -> TimeSpan:
        return TimeSpan(self.starts_at, self.ends_at)


class ReserveForm(SpanForm):
    """The booking panel; staff may book for somebody and give a reason against a rule."""

    purpose: Purpose
    mode: ServiceMode | None = None
    samples: Samples = 0
    consumables: TypedPieces = {}
    accessory_ids: Annotated[list[RowId], Field(max_length=20)] = []
    on_behalf_of: Annotated[str, text(254)] = ""
    override_reason: Reason = ""
    quote: Annotated[str, text(24)] = ""
    voucher: Annotated[str, text(24)] = ""

    def wish(self, instrument_id: int) -> Wish:
        return Wish(
            instrument_id=instrument_id,
            span=self.span,
            mode=self.mode,
            purpose=self.purpose,
            samples=self.samples,
            consumables=self.consumables,
            helper_ids=tuple(self.accessory_ids),
            on_behalf_of=self.on_behalf_of or None,
            override_reason=self.override_reason,
            quote_number=self.quote,
            voucher=self.voucher,
        )


class TryForm(SpanForm):
    """Whom and when the rules are tried on."""

    company: Annotated[str, title(100)]
    mode: ServiceMode | None = None
    version: RowId | None = None


class PanelForm(BaseModel):
    """The booking panel while somebody is still choosing: anything may be missing."""

    starts_at: LocalMoment | None = None
    ends_at: LocalMoment | None = None
    mode: ServiceMode | None = None
    samples: Samples = 0
    consumables: TypedPieces = {}
    accessory_ids: Annotated[list[RowId], Field(max_length=20)] = []
    quote: Annotated[str, text(24)] = ""
    voucher: Annotated[str, text(24)] = ""

    @property
    def span(self) -> TimeSpan | None:
        """The span, once both ends stand there in order."""
        if self.starts_at is None or self.ends_at is None or self.starts_at >= self.ends_at:
            return None
        return TimeSpan(self.starts_at, self.ends_at)


class MoveForm(SpanForm):
    """Another time, perhaps against a rule."""

    override_reason: Reason = ""


class FaultReport(BaseModel):
    """What is wrong with an instrument."""

    what: Annotated[str, prose(500, shortest=1)]


class LabReport(FaultReport):
    """The same by the lab, perhaps afterwards: since when it was out of service, until when."""

    broken_since: LocalMoment | None = None
    works_since: LocalMoment | None = None
    done: Annotated[str, prose(500)] = ""


class RepairExpected(BaseModel):
    """Until when a repair is expected to last; empty for the usual two weeks."""

    expected: LocalMoment | None = None


class OutOfService(RepairExpected):
    """The same, and since when it does not work; empty for now."""

    broken_since: LocalMoment | None = None


class RepairDone(BaseModel):
    """What was done about a fault, or why nothing was."""

    done: Annotated[str, prose(500, shortest=1)]


class ReasonForm(BaseModel):
    """Why."""

    reason: Reason = ""


class RecordForm(BaseModel):
    """The operator's figures."""

    preparation_minutes: Minutes = 0
    test_minutes: Minutes = 0
    post_minutes: Minutes = 0
    idle_minutes: Minutes = 0
    samples: Samples = 0
    consumables: Annotated[Pieces | None, BeforeValidator(typed_pieces)] = None
    note: Note = ""

    def record(self) -> UseRecord:
        return UseRecord(**self.model_dump(exclude={"reason", "back_to_day"}))


class ConfirmForm(RecordForm):
    """The same, and when a use that the clock ended was really over."""

    ended_at: LocalMoment | None = None


class StepForm(RecordForm):
    """Check-in and check-out in one tap; from the day sheet they lead back there."""

    back_to_day: int | None = None


class DepartureForm(BaseModel):
    """Who takes over from somebody who leaves."""

    model_config = ConfigDict(extra="forbid")

    successor: RowId | None = None


class OwnDepartureForm(BaseModel):
    """The same by oneself: whoever leaves knows the colleague, and is told no others."""

    model_config = ConfigDict(extra="forbid")

    colleague: Annotated[str, title(254)] | None = None
