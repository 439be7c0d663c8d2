"""What may be said about training, on pages."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from booking.instruments.errors import SpanBackwards
from booking.kernel.timespan import TimeSpan
from booking.training.rules import MOST_SEATS
from booking.web.forms import LocalMoment
from booking.web.moments import Day
from booking.web.texts import prose, text, title

_Keys = Annotated[list[int], Field(max_length=MOST_SEATS)]


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AskForm(_Said):
    """What the lab should know; for which organisation, where there are several."""

    message: Annotated[str, prose(500)] = ""
    organisation_id: int | None = None


class SessionForm(_Said):
    """A session as it is planned."""

    starts_at: LocalMoment
    ends_at: LocalMoment
    seats: Annotated[int, Field(ge=1, le=MOST_SEATS)]
    place: Annotated[str, text(200)] = ""
    trainer: Annotated[str, title(100, shortest=0)] = ""
    closes: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.starts_at >= self.ends_at:
            raise PydanticCustomError(SpanBackwards.code, "ends before it starts")
        return self

    @property
    def span(self) -> TimeSpan:
        return TimeSpan(self.starts_at, self.ends_at)


class SeatForm(_Said):
    """Who is put on a session."""

    people: Annotated[_Keys, Field(min_length=1)]


class HoldForm(_Said):
    """Who passed, and until when they may operate."""

    passed: _Keys = Field(default_factory=list)
    valid_to: Day | None = None


class TermForm(_Said):
    """The last day of a permission; none for one without end."""

    valid_to: Day | None = None


class WhyForm(_Said):
    """A refusal, a cancellation, a revocation says why."""

    reason: Annotated[str, prose(500, shortest=1)]
