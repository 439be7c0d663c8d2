"""Facts about several bookings at once: series, steps on several instruments, and all that somebody
had ahead."""

from dataclasses import dataclass
from typing import ClassVar

from booking.kernel.events import Event
from booking.kernel.timespan import TimeSpan


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


@dataclass(frozen=True, slots=True)
class JointStep:
    """One of several bookings, as the deed left it; it `waits` where its lab decides."""

    number: str
    instrument_id: int
    span: TimeSpan
    version: int
    waits: bool


@dataclass(frozen=True, kw_only=True)
class JointEvent(Event):
    """Something about several steps of a joint booking; each announces its own as well."""

    number: str
    organisation_id: int
    holder_id: int
    # Those that it is about, in order of time.
    steps: tuple[JointStep, ...]


@dataclass(frozen=True, kw_only=True)
class JointReserved(JointEvent):
    """Several instruments were taken together."""

    name: ClassVar[str] = "joint.reserved"

    total_fen: int


@dataclass(frozen=True, kw_only=True)
class JointMoved(JointEvent):
    name: ClassVar[str] = "joint.moved"


@dataclass(frozen=True, kw_only=True)
class JointCancelled(JointEvent):
    name: ClassVar[str] = "joint.cancelled"

    fee_fen: int


@dataclass(frozen=True, kw_only=True)
class BookingsEvent(Event):
    """Something about all that one person had ahead in an organisation; each of the bookings
    announces its own as well."""

    organisation_id: int
    holder_id: int
    # In order of time.
    bookings: tuple[JointStep, ...]


@dataclass(frozen=True, kw_only=True)
class BookingsEnded(BookingsEvent):
    """They ended with their organisation."""

    name: ClassVar[str] = "bookings.ended"


@dataclass(frozen=True, kw_only=True)
class BookingsHandedOver(BookingsEvent):
    """Who held them left; `holder_id` is the successor."""

    name: ClassVar[str] = "bookings.handed_over"

    former_id: int
    # Those of them about which their labs decide because of the successor.
    asked_again: tuple[str, ...] = ()
