"""A report as it stands now: its records, what is wrong with them, what changed since others."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from hashlib import sha256

from booking.kernel.errors import Violation
from booking.kernel.periods import Period
from booking.utilisation.models import ReportFiling
from booking.utilisation.rules.sheets import (
    Column,
    Difference,
    Fault,
    Report,
    ReportIncomplete,
    Values,
    faults_of,
)
from booking.web.downloads import csv_bytes

CORRECTION_HEAD = ("报告期", "记录", "字段", "原值", "现值")


@dataclass(frozen=True)
class Line:
    """One record: how it is called, where it is mended, which columns it need not have."""

    key: str
    name: str
    name_en: str
    values: Values
    columns: Sequence[Column]
    lab_id: int | None = None
    instrument_id: int | None = None
    user_id: int | None = None
    reservation_id: int | None = None
    skips: frozenset[str] = frozenset()

    @cached_property
    def faults(self) -> list[Fault]:
        asked = [column for column in self.columns if column.code not in self.skips]
        return list(faults_of(asked, self.values))

    @property
    def asks(self) -> list[Column]:
        """What may be typed of it."""
        return [one for one in self.columns if one.typed and one.code not in self.skips]

    @property
    def blocks(self) -> bool:
        return any(fault.blocks for fault in self.faults)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The records of a report; not `up_to_date` where figures are those of the last roll-up."""

    lines: Sequence[Line] = ()
    up_to_date: bool = True


@dataclass(frozen=True)
class Sheet:
    """All of it; `unsettled` uses will come as corrections."""

    report: Report
    columns: Sequence[Column]
    lines: Sequence[Line]
    corrections: Sequence[Difference] = ()
    unsettled: int = 0
    up_to_date: bool = True
    title: str = ""
    title_en: str = ""
    source: str = ""

    @cached_property
    def incomplete(self) -> list[Line]:
        return [line for line in self.lines if line.faults]

    @property
    def says_something(self) -> bool:
        """Where nothing was used, there may be something to correct of the time before."""
        return bool(self.lines or self.corrections)

    @property
    def can_be_filed(self) -> bool:
        blocked = any(line.blocks for line in self.lines)
        return self.says_something and self.up_to_date and not blocked

    @property
    def typed(self) -> list[Column]:
        """What a person may say of a record."""
        return [column for column in self.columns if column.typed]

    def as_filed(self) -> "Filed":
        """What would be handed in, or `ReportIncomplete` with every fault of every record."""
        broken: list[Violation] = [
            Violation(fault.violation.code, {**fault.violation.params, "record": line.key})
            for line in self.lines
            for fault in line.faults
            if fault.blocks
        ]
        if broken:
            raise ReportIncomplete(broken)
        return self.written()

    def written(self) -> "Filed":
        """The same whatever is wrong with it: to be looked through."""
        return Filed(
            columns=[(column.code, column.heading) for column in self.columns],
            lines={line.key: dict(line.values) for line in self.lines},
            corrections=[
                (one.period, one.key, one.column, one.before, one.after) for one in self.corrections
            ],
        )


@dataclass(frozen=True)
class Filed:
    """A report as files have it: the same bytes from the same contents, whenever."""

    columns: Sequence[tuple[str, str]]
    lines: Mapping[str, Mapping[str, str]]
    corrections: Sequence[tuple[str, str, str, str, str]] = field(default_factory=tuple)

    @classmethod
    def of(cls, row: ReportFiling) -> "Filed":
        """As it was handed in."""
        return cls(
            columns=[(code, heading) for code, heading in row.columns],
            lines=row.lines,
            corrections=[
                (period, key, column, before, after)
                for period, key, column, before, after in row.corrections
            ],
        )

    def without(self, codes: Collection[str]) -> "Filed":
        """The same to somebody whom some fields do not concern."""
        lines = {
            key: {code: "" if code in codes else value for code, value in values.items()}
            for key, values in self.lines.items()
        }
        kept = [one for one in self.corrections if one[2] not in codes]
        return replace(self, lines=lines, corrections=kept)

    @property
    def header(self) -> list[str]:
        return ["记录", *(self._heading(code) for code, _ in self.columns)]

    @property
    def rows(self) -> list[list[str]]:
        """In the order of their keys, which no database changes."""
        codes = [code for code, _ in self.columns]
        return [
            [key, *(self.lines[key].get(code, "") for code in codes)]
            for key in sorted(self.lines, key=_by_number)
        ]

    @property
    def correction_rows(self) -> list[list[str]]:
        return [
            [period, key, self._heading(column), before, after]
            for period, key, column, before, after in self.corrections
        ]

    def csv(self) -> bytes:
        """Records first, then what is corrected of earlier periods."""
        found = csv_bytes(self.header, self.rows)
        if not self.corrections:
            return found
        return found + csv_bytes(CORRECTION_HEAD, self.correction_rows).removeprefix(
            b"\xef\xbb\xbf"
        )

    @property
    def fingerprint(self) -> str:
        return sha256(self.csv()).hexdigest()

    def _heading(self, code: str) -> str:
        heading = dict(self.columns).get(code, code)
        return heading if heading == code else f"{heading} {code}"


def _by_number(key: str) -> tuple[int, int, str]:
    """Ids as numbers, the whole after its parts."""
    return (0, int(key), "") if key.isascii() and key.isdigit() else (1, 0, key)


def filing_corrections(row: ReportFiling) -> list[Difference]:
    """What a report that was handed in told of earlier ones."""
    return [
        Difference(period, key, column, before, after)
        for period, key, column, before, after in row.corrections
    ]


def report_of(row: ReportFiling) -> Report:
    """Which report was handed in."""
    return Report(row.kind, row.organisation_id, Period.parse(row.period))


def is_over(report: Report, now: datetime) -> bool:
    return report.period.span.end <= now
