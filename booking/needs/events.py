"""What happened to needs, to what labs offered, and to saved searches."""

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


@dataclass(frozen=True, kw_only=True)
class SearchEvent(Event):
    search_id: int


@dataclass(frozen=True, kw_only=True)
class SearchSaved(SearchEvent):
    """What is looked for stays the person's own: the trail tells nothing of it."""

    name: ClassVar[str] = "saved_search.saved"


@dataclass(frozen=True, kw_only=True)
class SearchRenamed(SearchEvent):
    name: ClassVar[str] = "saved_search.renamed"


@dataclass(frozen=True, kw_only=True)
class SearchPaused(SearchEvent):
    name: ClassVar[str] = "saved_search.paused"


@dataclass(frozen=True, kw_only=True)
class SearchResumed(SearchEvent):
    name: ClassVar[str] = "saved_search.resumed"


@dataclass(frozen=True, kw_only=True)
class SearchRemoved(SearchEvent):
    name: ClassVar[str] = "saved_search.removed"


@dataclass(frozen=True, kw_only=True)
class NewCardsFit(Event):
    """Cards have come to fit what a person looks for: `found` has a search and its new cards."""

    name: ClassVar[str] = "saved_search.new_cards"
    person_id: int
    found: tuple[tuple[int, tuple[int, ...]], ...]
