"""How reports that are filed look in JSON."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from pydantic import BaseModel

from booking.utilisation.forms import RowId
from booking.utilisation.models import ReportFiling
from booking.utilisation.queries.filings import Version
from booking.utilisation.report.filed import Line
from booking.utilisation.rules.sheets import Column, Difference, Kind, Need
from booking.web.json import AwareMoment


class ReportState(StrEnum):
    """Where a report of a period stands."""

    RUNNING = "running"
    OPEN = "open"
    HANDED_IN = "handed_in"


class VersionOut(BaseModel):
    """A version that was handed in."""

    id: int
    version: int
    sha256: str
    submitted_at: AwareMoment


class ReportItem(BaseModel):
    """A report of a period; `organisation` is null for the whole zone's.

    Records are counted for the period that ended last; others are asked for one by one. `due` is
    by a rule of the installation, perhaps only an example.
    """

    kind: Kind
    organisation: int | None
    period: str
    state: ReportState
    due: date | None
    due_is_example: bool
    records: int | None
    incomplete: int | None
    last_version: VersionOut | None


class ReportList(BaseModel):
    """A piece of the list: kind by kind, the running period first."""

    items: list[ReportItem]
    next_cursor: str | None


class ColumnOut(BaseModel):
    """A field of the report, whether a record must have it, and whether a person tells it."""

    code: str
    heading: str
    need: Need
    typed: bool
    source: str
    example: bool


class CorrectionOut(BaseModel):
    """What records say otherwise by now than was handed in of an earlier period."""

    period: str
    record: str
    field: str
    before: str
    after: str


class VersionSince(VersionOut):
    """A version, and how many fields say something else by now."""

    differences: int


class ReportOut(BaseModel):
    """A report as it stands; `sha256` is of its file, and the tag that `If-Match` names.

    `can_be_handed_in` when no record lacks what it must have and figures are up to date.
    """

    kind: Kind
    organisation: int | None
    period: str
    state: ReportState
    source: str
    records: int
    incomplete: int
    unsettled: int
    up_to_date: bool
    can_be_handed_in: bool
    sha256: str
    columns: list[ColumnOut]
    corrections: list[CorrectionOut]
    versions: list[VersionSince]


class FaultOut(BaseModel):
    """What is wrong with a field; `blocks` when it cannot be handed in like this."""

    field: str
    code: str
    params: Mapping[str, object]
    blocks: bool


class RecordOut(BaseModel):
    """One record, by the codes of the columns; texts as the file has them."""

    key: str
    name: str
    name_en: str
    values: Mapping[str, str]
    faults: list[FaultOut]


class RecordList(BaseModel):
    """A piece of the records, in the order of the file."""

    items: list[RecordOut]
    next_cursor: str | None


class FilingOut(VersionOut):
    """A version as it was handed in, byte for byte the same whenever it is asked for; `sha256` is
    of its file, which has more than is shown to those whom some fields do not concern."""

    kind: Kind
    organisation: int | None
    period: str
    columns: list[str]
    records: Mapping[str, Mapping[str, str]]
    corrections: list[CorrectionOut]


class HandIn(BaseModel):
    """Whose report it is; nobody's for the zone's."""

    organisation: RowId | None = None


def version_out(row: Version | ReportFiling) -> VersionOut:
    return VersionOut(
        id=row.id or 0, version=row.version, sha256=row.sha256, submitted_at=row.submitted_at
    )


def column_out(of: Column) -> ColumnOut:
    return ColumnOut(
        code=of.code,
        heading=of.heading,
        need=of.need,
        typed=of.typed,
        source=of.source,
        example=of.is_example,
    )


def correction_out(of: Difference) -> CorrectionOut:
    return CorrectionOut(
        period=of.period, record=of.key, field=of.column, before=of.before, after=of.after
    )


def record_out(line: Line, values: Mapping[str, str]) -> RecordOut:
    """With the values that its reader may see."""
    faults = [
        FaultOut(
            field=one.column.code,
            code=one.violation.code,
            params=one.violation.params,
            blocks=one.blocks,
        )
        for one in line.faults
    ]
    return RecordOut(
        key=line.key, name=line.name, name_en=line.name_en, values=values, faults=faults
    )
