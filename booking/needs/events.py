"""What happened to needs and to what labs offered."""

from dataclasses import dataclass
from typing import ClassVar

from booking.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class NeedEvent(Event):
    need_id: int


@dataclass(frozen=True, kw_only=True)
class NeedToldOf(NeedEvent):
    """A company said what it needs; only the company knows."""

    name: ClassVar[str] = "need.told_of"


@dataclass(frozen=True, kw_only=True)
class NeedPublished(NeedEvent):
    name: ClassVar[str] = "need.published"


@dataclass(frozen=True, kw_only=True)
class NeedMatched(NeedEvent):
    name: ClassVar[str] = "need.matched"


@dataclass(frozen=True, kw_only=True)
class NeedClosed(NeedEvent):
    name: ClassVar[str] = "need.closed"


@dataclass(frozen=True, kw_only=True)
class NeedLapsed(NeedEvent):
    name: ClassVar[str] = "need.lapsed"


@dataclass(frozen=True, kw_only=True)
class OfferEvent(NeedEvent):
    offer_id: int
    lab_id: int


@dataclass(frozen=True, kw_only=True)
class OfferMade(OfferEvent):
    name: ClassVar[str] = "need.offer_made"


@dataclass(frozen=True, kw_only=True)
class OfferAccepted(OfferEvent):
    name: ClassVar[str] = "need.offer_accepted"


@dataclass(frozen=True, kw_only=True)
class OfferDeclined(OfferEvent):
    name: ClassVar[str] = "need.offer_declined"


@dataclass(frozen=True, kw_only=True)
class OfferWithdrawn(OfferEvent):
    name: ClassVar[str] = "need.offer_withdrawn"


@dataclass(frozen=True, kw_only=True)
class NeedsFitLab(Event):
    """Needs were published for which a lab has instruments; said at most once a day."""

    name: ClassVar[str] = "need.fits_lab"
    lab_id: int
    need_ids: tuple[int, ...]
