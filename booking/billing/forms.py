"""What addresses say about charges, and what is sent to change one."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from booking.kernel.errors import BookingError
from booking.kernel.periods import Period
from booking.kernel.timespan import TimeSpan
from booking.web.json import YuanStr
from booking.web.texts import prose

Words = Annotated[str, prose(500, shortest=1)]
# A charge never comes to more than ten thousand million fen.
Amount = Annotated[YuanStr, Field(ge=0, le=10_000_000_000)]


class NoSuchPeriod(BookingError):
    """The text names no month, quarter or year."""

    code = "period.unreadable"


def period_span(code: str) -> TimeSpan | None:
    """The time that a period's code names; nothing for no code."""
    if not code:
        return None
    try:
        return Period.parse(code).span
    except ValueError as broken:
        raise NoSuchPeriod(period=code) from broken


class AdjustForm(BaseModel):
    """What a charge shall come to, and why."""

    amount: Amount
    reason: Words


class LimitForm(BaseModel):
    """How much one person alone may take off, and by which rule."""

    amount: Amount
    note: Words


class DecisionForm(BaseModel):
    """Why not."""

    reason: Words


class AdjustBody(AdjustForm):
    """`POST /charges/{number}/adjustments`."""

    model_config = ConfigDict(extra="forbid")


class LimitBody(LimitForm):
    """`PUT /adjustment-limit`."""

    model_config = ConfigDict(extra="forbid")


class DecisionBody(DecisionForm):
    """`POST /charge-adjustments/{id}/refusal`."""

    model_config = ConfigDict(extra="forbid")
