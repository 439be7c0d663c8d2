"""Shapes coming in for joint bookings: what programs send and what people type."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import BaseModel, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from booking.instruments.rules.terms import ServiceMode
from booking.kernel.timespan import TimeSpan
from booking.reservations.forms import (
    Pieces,
    Purpose,
    Reason,
    RowId,
    Samples,
    SpanBody,
    _Body,
)
from booking.reservations.rules.joint import MOST_STEPS, Step, spans_from
from booking.reservations.rules.wish import Wish
from booking.web.forms import LocalMoment
from booking.web.json import AwareMoment
from booking.web.texts import text

_WEEK: Final = 7 * 24 * 60

Length = Annotated[int, Field(ge=5, le=31 * 24 * 60)]
Pause = Annotated[int, Field(ge=0, le=_WEEK)]


def _of_step(value: object) -> object:
    """`1:27`: the unit 27 for the step after the first."""
    if not isinstance(value, str):
        return value
    step, _, unit = value.partition(":")
    return step, unit


# Which step, from 0, and which unit it takes along.
OfStep = Annotated[
    tuple[Annotated[int, Field(ge=0, lt=MOST_STEPS)], RowId], BeforeValidator(_of_step)
]


class Follows(StrEnum):
    """How a step lies to the one before."""

    AFTER = "after"
    TOGETHER = "together"


class StepBody(SpanBody):
    """One instrument of a joint booking, and when."""

    instrument_id: RowId
    mode: ServiceMode | None = None
    samples: Samples = 0
    consumables: Pieces = Field(default_factory=dict)
    operator_id: RowId | None = None
    accessory_ids: Annotated[list[RowId], Field(max_length=20)] = Field(default_factory=list)


class JointBody(_Body):
    """`POST /joint-bookings`: steps in the order in which they are told of."""

    steps: Annotated[list[StepBody], Field(min_length=1, max_length=MOST_STEPS)]
    purpose: Purpose
    organisation_id: RowId | None = None
    on_behalf_of: RowId | Annotated[str, text(254)] | None = None
    voucher: Annotated[str, text(24)] = ""

    def wishes(self) -> tuple[Wish, ...]:
        return tuple(
            Wish(
                instrument_id=one.instrument_id,
                span=one.span,
                mode=one.mode,
                purpose=self.purpose,
                samples=one.samples,
                consumables=one.consumables,
                organisation_id=self.organisation_id,
                on_behalf_of=self.on_behalf_of,
                helper_ids=tuple(
                    key for key in (one.operator_id, *one.accessory_ids) if key is not None
                ),
                voucher=self.voucher,
            )
            for one in self.steps
        )


class MoveJointBody(_Body):
    """`POST /joint-bookings/{number}/move`: when the earliest step is to begin."""

    starts_at: AwareMoment
    reason: Reason = ""


class JointForm(BaseModel):
    """The first moment, and for each instrument how long, and how it follows the one before."""

    starts_at: LocalMoment
    instrument: Annotated[tuple[RowId, ...], Field(min_length=1, max_length=MOST_STEPS)]
    minutes: Annotated[tuple[Length, ...], Field(max_length=MOST_STEPS)]
    follows: Annotated[tuple[Follows, ...], Field(max_length=MOST_STEPS)]
    pause: Annotated[tuple[Pause, ...], Field(max_length=MOST_STEPS)]
    samples: Annotated[tuple[Samples, ...], Field(max_length=MOST_STEPS)]
    accessory: Annotated[tuple[OfStep, ...], Field(max_length=20 * MOST_STEPS)] = ()
    voucher: Annotated[str, text(24)] = ""

    @model_validator(mode="after")
    def as_many_of_each(self) -> Self:
        told = (self.minutes, self.follows, self.pause, self.samples)
        if any(len(one) != len(self.instrument) for one in told):
            raise PydanticCustomError("missing", "every step is told in full")
        return self

    @property
    def spans(self) -> tuple[TimeSpan, ...]:
        """When each step lies."""
        steps = [
            Step(
                timedelta(minutes=minutes),
                None if follows is Follows.TOGETHER else timedelta(minutes=pause),
            )
            for minutes, follows, pause in zip(self.minutes, self.follows, self.pause, strict=True)
        ]
        return spans_from(self.starts_at, steps)

    def wishes(self, purpose: str = "") -> tuple[Wish, ...]:
        steps = zip(self.instrument, self.spans, self.samples, strict=True)
        return tuple(
            Wish(
                instrument_id=instrument_id,
                span=span,
                purpose=purpose,
                samples=samples,
                helper_ids=tuple(unit for step, unit in self.accessory if step == n),
                voucher=self.voucher,
            )
            for n, (instrument_id, span, samples) in enumerate(steps)
        )


class JointBookingForm(JointForm):
    """The same to be booked."""

    purpose: Purpose


class MoveJointForm(BaseModel):
    """When the earliest step is to begin."""

    starts_at: LocalMoment
