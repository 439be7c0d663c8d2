"""What happens to reservations, as facts with the figures that others need."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from booking.kernel.events import Event
from booking.kernel.timespan import TimeSpan
from booking.reservations.events.feeds import FeedEvent, FeedMade, FeedReplaced, FeedRevoked
from booking.reservations.events.together import (
    BookingsEnded,
    BookingsEvent,
    BookingsHandedOver,
    JointCancelled,
    JointEvent,
    JointMoved,
    JointReserved,
    JointStep,
    SeriesApproved,
    SeriesCancelled,
    SeriesEvent,
    SeriesMoved,
    SeriesRejected,
    SeriesReserved,
)
from booking.reservations.events.waiting import (
    HelpersWithdrawn,
    OfferLapsed,
    OfferRefused,
    OfferTaken,
    TimeOffered,
    WaitlistEvent,
    WaitlistExpired,
    WaitlistJoined,
    WaitlistLeft,
)
from booking.reservations.states import Speaker

__all__ = [
    "BookingsEnded",
    "BookingsEvent",
    "BookingsHandedOver",
    "CentreAsked",
    "ConditionShown",
    "DisputeAnswered",
    "DisputeEvent",
    "DisputeResolved",
    "FeedEvent",
    "FeedMade",
    "FeedReplaced",
    "FeedRevoked",
    "HelpersWithdrawn",
    "JointCancelled",
    "JointEvent",
    "JointMoved",
    "JointReserved",
    "JointStep",
    "OfferLapsed",
    "OfferRefused",
    "OfferTaken",
    "ReservationCancelled",
    "ReservationConfirmed",
    "ReservationEvent",
    "ReservationExpired",
    "ReservationHandedOver",
    "ReservationHindered",
    "ReservationMissed",
    "ReservationMoved",
    "ReservationOverran",
    "ReservationRejected",
    "ReservationRequested",
    "SeriesApproved",
    "SeriesCancelled",
    "SeriesEvent",
    "SeriesMoved",
    "SeriesRejected",
    "SeriesReserved",
    "Side",
    "TimeOffered",
    "UseConfirmed",
    "UseDisputed",
    "UseEnded",
    "UseGraded",
    "UseSettled",
    "UseStarted",
    "WaitlistEvent",
    "WaitlistExpired",
    "WaitlistJoined",
    "WaitlistLeft",
]


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

    # The voucher that whoever booked wants to pay with.
    voucher: str = ""


@dataclass(frozen=True, kw_only=True)
class ReservationConfirmed(ReservationEvent):
    """Time is promised, at once or by approval."""

    name: ClassVar[str] = "reservation.confirmed"

    # As above, where it was booked just now.
    voucher: str = ""


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
    """Who held it left; `holder_id` is the successor. It `waits` where the lab has to decide again
    about whoever that is."""

    name: ClassVar[str] = "reservation.handed_over"

    former_id: int
    waits: bool = False


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
    """Checked in, `by_host` where somebody of the lab did."""

    name: ClassVar[str] = "use.started"

    by_host: bool = False


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
    """Both sides said so, or nobody objected in time: this makes the charge.

    `unanswered`: the days to answer are over, and a side has not.
    """

    name: ClassVar[str] = "use.settled"

    unanswered: bool = False


@dataclass(frozen=True, kw_only=True)
class UseCorrected(ReservationEvent):
    """The centre put right when a use ended, its figures, or what running over costs.

    `forgives`: that it ran over counts no more for anybody's credit.
    """

    name: ClassVar[str] = "use.corrected"

    overrun_fen: int
    forgives: bool = False


@dataclass(frozen=True, kw_only=True)
class DisputeEvent(ReservationEvent):
    """Something about an objection to a record, and whose doing it was."""

    by: Speaker


@dataclass(frozen=True, kw_only=True)
class UseDisputed(DisputeEvent):
    name: ClassVar[str] = "use.disputed"


@dataclass(frozen=True, kw_only=True)
class DisputeAnswered(DisputeEvent):
    name: ClassVar[str] = "use.dispute_answered"


@dataclass(frozen=True, kw_only=True)
class CentreAsked(DisputeEvent):
    name: ClassVar[str] = "use.centre_asked"


@dataclass(frozen=True, kw_only=True)
class ConditionShown(ReservationEvent):
    name: ClassVar[str] = "use.condition_shown"


@dataclass(frozen=True, kw_only=True)
class UseGraded(ReservationEvent):
    """Its users said how it was."""

    name: ClassVar[str] = "use.graded"


@dataclass(frozen=True, kw_only=True)
class DisputeResolved(DisputeEvent):
    """The record stands, or was corrected; confirming begins anew unless it is `final`."""

    name: ClassVar[str] = "use.dispute_resolved"

    final: bool = False
