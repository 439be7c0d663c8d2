"""What happened to reports."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from booking.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class YearlyEntryChanged(Event):
    """A lab said what no record tells of an instrument's year."""

    name: ClassVar[str] = "report.entry_changed"

    instrument_id: int


@dataclass(frozen=True, kw_only=True)
class ReportUnitNamed(Event):
    """Somebody said what a ministry calls an organisation."""

    name: ClassVar[str] = "report.unit_named"

    organisation_id: int


@dataclass(frozen=True, kw_only=True)
class SheetHandedIn(Event):
    """A yearly sheet was frozen as it was handed in."""

    name: ClassVar[str] = "report.handed_in"

    organisation_id: int
    submission_id: int


@dataclass(frozen=True, kw_only=True)
class ReportFiled(Event):
    """A report was frozen as it was handed in."""

    name: ClassVar[str] = "report.filed"

    organisation_id: int | None
    filing_id: int


@dataclass(frozen=True, kw_only=True)
class ReportEntered(Event):
    """Somebody said what no record tells of one line of a report."""

    name: ClassVar[str] = "report.entered"

    organisation_id: int | None


@dataclass(frozen=True, kw_only=True)
class ReportDue(Event):
    """A report comes due that nobody has handed in."""

    name: ClassVar[str] = "report.due"

    organisation_id: int | None
    kind: str
    period: str
    due: date
