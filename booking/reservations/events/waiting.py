"""Facts about places in line and the time that is offered to them."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from booking.kernel.events import Event
from booking.kernel.timespan import TimeSpan


@dataclass(frozen=True, kw_only=True)
class WaitlistEvent(Event):
    """Something about a place in line; `span` is the window, or the time that is offered."""

    entry_id: int
    instrument_id: int
    organisation_id: int
    holder_id: int
    span: TimeSpan


@dataclass(frozen=True, kw_only=True)
class WaitlistJoined(WaitlistEvent):
    name: ClassVar[str] = "waitlist.joined"


@dataclass(frozen=True, kw_only=True)
class WaitlistLeft(WaitlistEvent):
    name: ClassVar[str] = "waitlist.left"


@dataclass(frozen=True, kw_only=True)
class WaitlistExpired(WaitlistEvent):
    """The time began and nothing had become free."""

    name: ClassVar[str] = "waitlist.expired"


@dataclass(frozen=True, kw_only=True)
class TimeOffered(WaitlistEvent):
    """Freed time is held for the next in line."""

    name: ClassVar[str] = "waitlist.offered"

    lapses_at: datetime


@dataclass(frozen=True, kw_only=True)
class OfferTaken(WaitlistEvent):
    """The offer became a booking."""

    name: ClassVar[str] = "waitlist.accepted"


@dataclass(frozen=True, kw_only=True)
class OfferRefused(WaitlistEvent):
    """The offer was declined; the time goes on to the next."""

    name: ClassVar[str] = "waitlist.declined"


@dataclass(frozen=True, kw_only=True)
class OfferLapsed(WaitlistEvent):
    """Nobody answered in time; the time goes on to the next."""

    name: ClassVar[str] = "waitlist.lapsed"


@dataclass(frozen=True, kw_only=True)
class HelpersWithdrawn(WaitlistEvent):
    """What was waited for too is offered no longer; the place goes on without it."""

    name: ClassVar[str] = "waitlist.helpers_withdrawn"

    labels: tuple[str, ...]
