"""Reports that are filed: columns, what keeps a record from being written, what changed later."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from booking.kernel.errors import RulesBroken, Violation
from booking.kernel.periods import Period

Values = Mapping[str, str]
Lines = Mapping[str, Values]


class Kind(StrEnum):
    """What is reported, and to whom."""

    # The national platform's records of uses, quarter by quarter (type 6).
    SERVICE = "service"
    # What a unit came to in a year (type 7).
    UNIT = "unit"
    # 贵重仪器设备年度效益评价, of an academic year.
    EFFICIENCY = "efficiency"
    # The zone watches its providers, year by year.
    MONITORING = "monitoring"
    # The education ministry's sheet of valuable instruments, which has pages of its own.
    SJ3 = "sj3"


# By the form of a period's code.
PERIODS: Final[Mapping[Kind, str]] = {
    Kind.SERVICE: "quarter",
    Kind.UNIT: "year",
    Kind.EFFICIENCY: "academic_year",
    Kind.MONITORING: "year",
    Kind.SJ3: "academic_year",
}
# Handed in by the centre for all of the zone, not by a provider for itself.
OF_THE_ZONE: Final = frozenset({Kind.MONITORING})
# Records put together and frozen in the same way.
FILED_ALIKE: Final = frozenset(Kind) - {Kind.SJ3}


@dataclass(frozen=True, slots=True)
class Report:
    """Which report: of what kind, whose (the zone's, when nobody's), of which period."""

    kind: Kind
    owner: int | None
    period: Period


class Need(StrEnum):
    """A record without it cannot be written, is incomplete, or lacks nothing."""

    REQUIRED = "required"
    WANTED = "wanted"
    OPTIONAL = "optional"


class Mend(StrEnum):
    """Where a value is put right."""

    CARD = "card"
    ORGANISATION = "organisation"
    USE = "use"
    ENTRY = "entry"


@dataclass(frozen=True, slots=True)
class Column:
    """A field of the report; what no record tells may be typed (`typed`)."""

    code: str
    heading: str
    heading_en: str = ""
    need: Need = Need.OPTIONAL
    longest: int = 0
    mend: Mend = Mend.USE
    typed: bool = False
    is_number: bool = False
    # Who a person is may be forgotten later, which corrects no record.
    compared: bool = True
    # Where it is from, and whether the figure in it is only an example.
    source: str = ""
    is_example: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field of one record."""

    column: Column
    violation: Violation
    blocks: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """What records say otherwise by now than was handed in for `period`."""

    period: str
    key: str
    column: str
    before: str
    after: str


class ReportIncomplete(RulesBroken):
    """A record of the report cannot be written as it stands."""

    code = "report.incomplete"


def faults_of(columns: Sequence[Column], values: Values) -> Iterator[Fault]:
    """Field by field: what is missing, too long, or no number."""
    for column in columns:
        value = values.get(column.code, "")
        told = {"field": column.code}
        if not value:
            if column.need is not Need.OPTIONAL:
                blocks = column.need is Need.REQUIRED
                yield Fault(column, Violation("report.missing", told), blocks)
        elif column.longest and len(value) > column.longest:
            over = {**told, "longest": column.longest, "length": len(value)}
            yield Fault(column, Violation("report.too_long", over), blocks=True)
        elif column.is_number and not _is_number(value):
            yield Fault(column, Violation("report.no_number", told), blocks=True)


def _is_number(value: str) -> bool:
    digits = value.removeprefix("-").replace(".", "", 1)
    return digits.isascii() and digits.isdigit()


def differences(
    columns: Sequence[Column], before: Lines, now: Lines, *, period: str
) -> Iterator[Difference]:
    """Record by record and field by field; a record that came or went differs in all it says."""
    for key in sorted(before.keys() | now.keys()):
        old, new = before.get(key, {}), now.get(key, {})
        whole = key in before and key in now
        for column in columns:
            was, is_now = old.get(column.code, ""), new.get(column.code, "")
            if was != is_now and (column.compared or not whole):
                yield Difference(period, key, column.code, was, is_now)


def corrected(lines: Lines, corrections: Iterable[Difference]) -> dict[str, dict[str, str]]:
    """What was handed in, with what was told as a difference since."""
    out = {key: dict(values) for key, values in lines.items()}
    for one in corrections:
        out.setdefault(one.key, {})[one.column] = one.after
    return {key: values for key, values in out.items() if any(values.values())}
