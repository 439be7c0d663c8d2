"""What happens to reservations, as facts with the figures that others need."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from booking.kernel.events import Event
from booking.kernel.timespan import TimeSpan


class Side(StrEnum):
    """Who says that a use was as recorded: the lab that hosted it, or who used it."""

    HOST = "host"
    USER = "user"
    CLOCK = "clock"


@dataclass(frozen=True, kw_only=True)
class ReservationEvent(Event):
    """Something about one reservation."""

    number: str
    reservation_id: int
    instrument_id: int
    lab_id: int
    organisation_id: int
    holder_id: int
    span: TimeSpan
    # How often the booking has changed, this time included.
    version: int


@dataclass(frozen=True, kw_only=True)
class ReservationRequested(ReservationEvent):
    """Time is asked for, and held until somebody decides."""

    name: ClassVar[str] = "reservation.requested"


@dataclass(frozen=True, kw_only=True)
class ReservationConfirmed(ReservationEvent):
    """Time is promised, at once or by approval."""

    name: ClassVar[str] = "reservation.confirmed"


@dataclass(frozen=True, kw_only=True)
class ReservationRejected(ReservationEvent):
    name: ClassVar[str] = "reservation.rejected"


@dataclass(frozen=True, kw_only=True)
class ReservationExpired(ReservationEvent):
    """Nobody decided in time."""

    name: ClassVar[str] = "reservation.expired"


@dataclass(frozen=True, kw_only=True)
class ReservationMoved(ReservationEvent):
    """Another time; `span` is the new one, the old one is among the changes. It `waits` where
    somebody has to decide (again)."""

    name: ClassVar[str] = "reservation.moved"

    waits: bool = False


@dataclass(frozen=True, kw_only=True)
class ReservationHandedOver(ReservationEvent):
    """Who held it left; `holder_id` is the successor."""

    name: ClassVar[str] = "reservation.handed_over"

    former_id: int


@dataclass(frozen=True, kw_only=True)
class ReservationCancelled(ReservationEvent):
    name: ClassVar[str] = "reservation.cancelled"

    late: bool
    fee_fen: int
    # The lab took its promise back.
    by_lab: bool = False


@dataclass(frozen=True, kw_only=True)
class ReservationMissed(ReservationEvent):
    """Nobody came before the grace had passed."""

    name: ClassVar[str] = "reservation.missed"

    fee_fen: int


@dataclass(frozen=True, kw_only=True)
class ReservationOverran(ReservationEvent):
    """Its use ended later than booked, by so many begun minutes."""

    name: ClassVar[str] = "reservation.overran"

    minutes: int
    fee_fen: int


@dataclass(frozen=True, kw_only=True)
class ReservationHindered(ReservationEvent):
    """Somebody else's use runs over into it, or is about to."""

    name: ClassVar[str] = "reservation.hindered"


@dataclass(frozen=True, kw_only=True)
class UseStarted(ReservationEvent):
    name: ClassVar[str] = "use.started"


@dataclass(frozen=True, kw_only=True)
class UseEnded(ReservationEvent):
    """Checked out; `forgotten` when nobody did and the clock had to."""

    name: ClassVar[str] = "use.ended"

    forgotten: bool = False


@dataclass(frozen=True, kw_only=True)
class UseConfirmed(ReservationEvent):
    """One side says that the record is right."""

    name: ClassVar[str] = "use.confirmed"

    side: Side


@dataclass(frozen=True, kw_only=True)
class UseSettled(ReservationEvent):
    """Both sides said so, or nobody objected in time: this makes the charge."""

    name: ClassVar[str] = "use.settled"


@dataclass(frozen=True, kw_only=True)
class UseDisputed(ReservationEvent):
    name: ClassVar[str] = "use.disputed"


@dataclass(frozen=True, kw_only=True)
class DisputeAnswered(ReservationEvent):
    name: ClassVar[str] = "use.dispute_answered"


@dataclass(frozen=True, kw_only=True)
class CentreAsked(ReservationEvent):
    name: ClassVar[str] = "use.centre_asked"


@dataclass(frozen=True, kw_only=True)
class ConditionShown(ReservationEvent):
    name: ClassVar[str] = "use.condition_shown"


@dataclass(frozen=True, kw_only=True)
class DisputeResolved(ReservationEvent):
    """The record stands, or was corrected; confirming begins anew."""

    name: ClassVar[str] = "use.dispute_resolved"


@dataclass(frozen=True, kw_only=True)
class SeriesEvent(Event):
    """Something about several bookings of a series; each of them announces its own as well."""

    number: str
    instrument_id: int
    lab_id: int
    organisation_id: int
    holder_id: int
    occurrences: int
    # Of the occurrences that it is about, in order of time.
    spans: tuple[TimeSpan, ...]


@dataclass(frozen=True, kw_only=True)
class SeriesReserved(SeriesEvent):
    """Booked together, or asked for where somebody decides."""

    name: ClassVar[str] = "series.reserved"

    skipped: int
    total_fen: int
    waits: bool


@dataclass(frozen=True, kw_only=True)
class SeriesApproved(SeriesEvent):
    name: ClassVar[str] = "series.approved"


@dataclass(frozen=True, kw_only=True)
class SeriesRejected(SeriesEvent):
    name: ClassVar[str] = "series.rejected"


@dataclass(frozen=True, kw_only=True)
class SeriesMoved(SeriesEvent):
    """All that was to be moved was; `spans` are the new ones."""

    name: ClassVar[str] = "series.moved"

    waits: bool = False


@dataclass(frozen=True, kw_only=True)
class SeriesCancelled(SeriesEvent):
    name: ClassVar[str] = "series.cancelled"

    fee_fen: int


@dataclass(frozen=True, kw_only=True)
class JointReserved(Event):
    """Several instruments were taken together; each booking tells its own as well."""

    name: ClassVar[str] = "joint.reserved"


@dataclass(frozen=True, kw_only=True)
class JointMoved(Event):
    name: ClassVar[str] = "joint.moved"


@dataclass(frozen=True, kw_only=True)
class JointCancelled(Event):
    name: ClassVar[str] = "joint.cancelled"


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
