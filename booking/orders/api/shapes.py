"""What programs read of entrusted orders."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from booking.orders.rules import Afterwards, FileRole, LineKind
from booking.orders.states import OrderState, QuoteState, Station
from booking.reservations.states import State
from booking.web.json import AwareMoment, YuanOut
from booking.web.moments import Day


class Seat(StrEnum):
    """On which side of the table the caller looks at orders."""

    COMPANY = "company"
    LAB = "lab"


class Shape(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class OrderSummary(Shape):
    """An order in a list; `samples` counts pieces."""

    number: str
    instrument_id: int
    organisation_id: int
    lab_id: int
    wishes: str
    standard: str
    by_day: Day
    state: OrderState
    state_reason: str
    accept_by: Day | None
    samples: int
    created_at: AwareMoment


class OrderList(BaseModel):
    items: list[OrderSummary]
    next_cursor: str | None


class StepOut(Shape):
    station: Station
    at: AwareMoment


class SampleOut(Shape):
    label: str
    name: str
    count: int
    form: str
    hazards: str
    afterwards: Afterwards
    station: Station
    way: list[StepOut]


class LineOut(Shape):
    """`quantity` is hours or samples; other lines have none."""

    kind: LineKind
    words: str
    quantity: Decimal | None
    amount: Annotated[YuanOut, Field(validation_alias="amount_fen")]


class QuoteOut(Shape):
    id: int
    lines: list[LineOut]
    total: Annotated[YuanOut, Field(validation_alias="total_fen")]
    note: str
    valid_until: Day
    promised_day: Day
    state: QuoteState
    quoted_at: AwareMoment


class FileOut(Shape):
    """Its content is at `/orders/{number}/files/{id}`."""

    id: int
    role: FileRole
    name: str
    size: int
    added_at: AwareMoment


class MessageOut(Shape):
    from_lab: bool
    is_objection: bool
    words: str
    at: AwareMoment


class BookingOut(Shape):
    number: str
    state: State


class OrderOut(BaseModel):
    """An order with all that the caller may see of it."""

    order: OrderSummary
    samples: list[SampleOut]
    quotes: list[QuoteOut]
    files: list[FileOut]
    messages: list[MessageOut]
    bookings: list[BookingOut]
