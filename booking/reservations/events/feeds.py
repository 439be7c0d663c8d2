"""Facts about the addresses under which programs read calendars."""

from dataclasses import dataclass
from typing import ClassVar

from booking.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class FeedEvent(Event):
    """Something about the address under which programs read a calendar."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class FeedMade(FeedEvent):
    name: ClassVar[str] = "calendar_feed.made"


@dataclass(frozen=True, kw_only=True)
class FeedReplaced(FeedEvent):
    """The address before opens nothing any more."""

    name: ClassVar[str] = "calendar_feed.replaced"


@dataclass(frozen=True, kw_only=True)
class FeedRevoked(FeedEvent):
    name: ClassVar[str] = "calendar_feed.revoked"
