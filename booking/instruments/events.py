"""What happens to instruments, as facts."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from booking.kernel.events import Event
from booking.kernel.timespan import TimeSpan


@dataclass(frozen=True, kw_only=True)
class InstrumentRegistered(Event):
    name: ClassVar[str] = "instrument.registered"
    instrument_id: int


@dataclass(frozen=True, kw_only=True)
class SheetSent(Event):
    name: ClassVar[str] = "instrument_import.sent"
    import_id: int


@dataclass(frozen=True, kw_only=True)
class SheetTakenIn(Event):
    name: ClassVar[str] = "instrument_import.ended"
    import_id: int


@dataclass(frozen=True, kw_only=True)
class InstrumentEdited(Event):
    name: ClassVar[str] = "instrument.edited"
    instrument_id: int


@dataclass(frozen=True, kw_only=True)
class InstrumentSubmitted(Event):
    name: ClassVar[str] = "instrument.submitted"
    instrument_id: int


@dataclass(frozen=True, kw_only=True)
class InstrumentPublished(Event):
    name: ClassVar[str] = "instrument.published"
    instrument_id: int


@dataclass(frozen=True, kw_only=True)
class InstrumentReturned(Event):
    name: ClassVar[str] = "instrument.returned"
    instrument_id: int


@dataclass(frozen=True, kw_only=True)
class InstrumentSuspended(Event):
    name: ClassVar[str] = "instrument.suspended"
    instrument_id: int


@dataclass(frozen=True, kw_only=True)
class InstrumentResumed(Event):
    name: ClassVar[str] = "instrument.resumed"
    instrument_id: int


@dataclass(frozen=True, kw_only=True)
class InstrumentRetired(Event):
    name: ClassVar[str] = "instrument.retired"
    instrument_id: int


@dataclass(frozen=True, kw_only=True)
class FilingDue(Event):
    """It must be filed with the national platform by a day that is near, or past."""

    name: ClassVar[str] = "instrument.filing_due"
    instrument_id: int
    lab_id: int
    instrument: str
    due: date
    is_overdue: bool


@dataclass(frozen=True, kw_only=True)
class OpeningChanged(Event):
    name: ClassVar[str] = "instrument.opening_changed"
    instrument_id: int


@dataclass(frozen=True, kw_only=True)
class LabOpeningChanged(Event):
    name: ClassVar[str] = "lab.opening_changed"
    lab_id: int


@dataclass(frozen=True, kw_only=True)
class HelperChanged(Event):
    name: ClassVar[str] = "lab.helper_changed"
    lab_id: int


@dataclass(frozen=True, kw_only=True)
class RosterChanged(Event):
    name: ClassVar[str] = "lab.roster_changed"
    lab_id: int
    unit_id: int


@dataclass(frozen=True, kw_only=True)
class ZoneOpeningChanged(Event):
    name: ClassVar[str] = "zone.opening_changed"


@dataclass(frozen=True, kw_only=True)
class PolicyChanged(Event):
    name: ClassVar[str] = "instrument.policy_changed"
    instrument_id: int
    policy_id: int
    valid_from: datetime


@dataclass(frozen=True, kw_only=True)
class PolicyWithdrawn(Event):
    name: ClassVar[str] = "instrument.policy_withdrawn"
    instrument_id: int
    policy_id: int
    valid_from: datetime


@dataclass(frozen=True, kw_only=True)
class TariffChanged(Event):
    name: ClassVar[str] = "instrument.tariff_changed"
    instrument_id: int
    tariff_id: int
    valid_from: datetime


@dataclass(frozen=True, kw_only=True)
class TariffWithdrawn(Event):
    name: ClassVar[str] = "instrument.tariff_withdrawn"
    instrument_id: int
    tariff_id: int
    valid_from: datetime


@dataclass(frozen=True, kw_only=True)
class ClosureScheduled(Event):
    """`affected` are the reservations that a fault found in its way; nothing else may find any."""

    name: ClassVar[str] = "instrument.closed"
    instrument_id: int
    closure_id: int
    kind: str
    span: TimeSpan
    affected: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ClosureSeriesScheduled(Event):
    """Several closures at once; the occurrences that were left out had bookings in their way."""

    name: ClassVar[str] = "instrument.series_scheduled"
    instrument_id: int
    series_id: int


@dataclass(frozen=True, kw_only=True)
class ClosureSeriesEnded(Event):
    name: ClassVar[str] = "instrument.series_ended"
    instrument_id: int
    series_id: int


@dataclass(frozen=True, kw_only=True)
class ClosureLifted(Event):
    name: ClassVar[str] = "instrument.reopened"
    instrument_id: int
    closure_id: int


@dataclass(frozen=True, kw_only=True)
class FaultReported(Event):
    name: ClassVar[str] = "fault.reported"
    instrument_id: int
    fault_id: int


@dataclass(frozen=True, kw_only=True)
class FaultTriaged(Event):
    """It goes on working, or there was nothing wrong with it."""

    name: ClassVar[str] = "fault.triaged"
    instrument_id: int
    fault_id: int


@dataclass(frozen=True, kw_only=True)
class InstrumentBroken(Event):
    """Out of service for `span`; whoever holds a booking that touches it is told."""

    name: ClassVar[str] = "fault.closed"
    instrument_id: int
    fault_id: int
    span: TimeSpan


@dataclass(frozen=True, kw_only=True)
class RepairPutOff(Event):
    """Out of service for longer than was said: `span` is what was added."""

    name: ClassVar[str] = "fault.put_off"
    instrument_id: int
    fault_id: int
    span: TimeSpan


@dataclass(frozen=True, kw_only=True)
class AffectedToldAgain(Event):
    name: ClassVar[str] = "fault.told_again"
    instrument_id: int
    fault_id: int
    span: TimeSpan


@dataclass(frozen=True, kw_only=True)
class FaultRepaired(Event):
    """`freed` is the time in which it was expected to be out of service, and is not."""

    name: ClassVar[str] = "fault.repaired"
    instrument_id: int
    fault_id: int
    freed: TimeSpan | None


@dataclass(frozen=True, kw_only=True)
class CalendarEntered(Event):
    name: ClassVar[str] = "calendar.entered"
    year: int


@dataclass(frozen=True, kw_only=True)
class WordsPaired(Event):
    name: ClassVar[str] = "instrument.words_paired"


@dataclass(frozen=True, kw_only=True)
class WordsParted(Event):
    name: ClassVar[str] = "instrument.words_parted"
