"""What happened to orders, their quotes, samples and files."""

from dataclasses import dataclass
from typing import ClassVar

from booking.kernel.events import Event
from booking.orders.states import Station


@dataclass(frozen=True, kw_only=True)
class OrderEvent(Event):
    number: str
    order_id: int
    instrument_id: int
    lab_id: int
    organisation_id: int
    asked_by: int


@dataclass(frozen=True, kw_only=True)
class OrderAsked(OrderEvent):
    name: ClassVar[str] = "order.asked"


@dataclass(frozen=True, kw_only=True)
class OrderQuoted(OrderEvent):
    name: ClassVar[str] = "order.quoted"


@dataclass(frozen=True, kw_only=True)
class OrderDeclined(OrderEvent):
    name: ClassVar[str] = "order.declined"


@dataclass(frozen=True, kw_only=True)
class QuoteAccepted(OrderEvent):
    name: ClassVar[str] = "order.quote_accepted"


@dataclass(frozen=True, kw_only=True)
class QuoteRefused(OrderEvent):
    name: ClassVar[str] = "order.quote_refused"


@dataclass(frozen=True, kw_only=True)
class QuoteExpired(OrderEvent):
    """By the clock; both sides are told."""

    name: ClassVar[str] = "order.quote_expired"


@dataclass(frozen=True, kw_only=True)
class OrderWithdrawn(OrderEvent):
    """By the company; its open bookings are cancelled with it."""

    name: ClassVar[str] = "order.withdrawn"


@dataclass(frozen=True, kw_only=True)
class OrderCalledOff(OrderEvent):
    """By the lab; its open bookings are cancelled with it."""

    name: ClassVar[str] = "order.called_off"


@dataclass(frozen=True, kw_only=True)
class OrderHandedOver(OrderEvent):
    """Who asked for it left; `asked_by` is the successor."""

    name: ClassVar[str] = "order.handed_over"
    former_id: int


@dataclass(frozen=True, kw_only=True)
class OrderScheduled(OrderEvent):
    """A booking for it was made; whose letter tells of it."""

    name: ClassVar[str] = "order.scheduled"


@dataclass(frozen=True, kw_only=True)
class SamplesMoved(OrderEvent):
    name: ClassVar[str] = "order.samples_moved"
    station: Station
    labels: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OrderFileAdded(OrderEvent):
    name: ClassVar[str] = "order.file_added"


@dataclass(frozen=True, kw_only=True)
class OrderMessageSent(OrderEvent):
    """What it says is read on the order's page only."""

    name: ClassVar[str] = "order.message_sent"
    from_lab: bool


@dataclass(frozen=True, kw_only=True)
class ReportHandedIn(OrderEvent):
    name: ClassVar[str] = "order.reported"


@dataclass(frozen=True, kw_only=True)
class ReportAccepted(OrderEvent):
    """By the company, or by its silence."""

    name: ClassVar[str] = "order.report_accepted"


@dataclass(frozen=True, kw_only=True)
class ReportObjected(OrderEvent):
    name: ClassVar[str] = "order.report_objected"


@dataclass(frozen=True, kw_only=True)
class OrderClosed(OrderEvent):
    """Accepted, and every sample is returned, kept or disposed of."""

    name: ClassVar[str] = "order.closed"
