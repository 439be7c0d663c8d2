"""基表三 贵重仪器设备表 (SJ3): the education ministry's yearly sheet of valuable instruments.

25 fields of fixed width, together 349 bytes of GB18030, in the order of the printed form
(`policy-facts.md` §3.3). How a field is filled up is not published: words stand at its left,
numbers at its right, and an asterisk says that nothing is known. A value that does not fit is
refused under the field's name and never cut.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from booking.kernel.errors import RulesBroken, Violation

# 40万元 and above: what the sheet asks for.
THRESHOLD_FEN: Final = 40_000_000
# The hours of a leap year; no instrument works longer.
LARGEST_HOURS: Final = 8_784
ENCODING: Final = "gb18030"
UNKNOWN: Final = "*"
LINE_END: Final = b"\r\n"

Value = str | int | None
Row = Mapping[str, Value]


class Source(StrEnum):
    """Where a field comes from: what the card says may be typed otherwise, what is recorded not."""

    UNIT = "unit"
    CARD = "card"
    RECORDS = "records"
    TYPED = "typed"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the record; `width` in bytes."""

    code: str
    width: int
    source: Source
    is_number: bool = False
    unknown: str = UNKNOWN


def _typed(code: str, width: int) -> Field:
    return Field(code, width, Source.TYPED, is_number=True)


def _recorded(code: str, width: int, *, unknown: str = UNKNOWN) -> Field:
    return Field(code, width, Source.RECORDS, is_number=True, unknown=unknown)


FIELDS: Final = (
    Field("school_code", 5, Source.UNIT),
    Field("asset_no", 8, Source.CARD),
    Field("category_code", 8, Source.CARD),
    Field("name", 30, Source.CARD),
    Field("unit_price", 12, Source.RECORDS, is_number=True),
    Field("model", 20, Source.CARD),
    Field("spec", 200, Source.CARD),
    Field("hours_teaching", 4, Source.TYPED, is_number=True, unknown="0"),
    _recorded("hours_research", 4, unknown="0"),
    _recorded("hours_service", 4, unknown="0"),
    _recorded("hours_open", 4),
    _recorded("samples", 6),
    _typed("trained_students", 4),
    _typed("trained_teachers", 4),
    _typed("trained_others", 4),
    _typed("teaching_projects", 3),
    _typed("research_projects", 3),
    _typed("service_projects", 4),
    _typed("awards_national", 2),
    _typed("awards_provincial", 2),
    _typed("patents_teacher", 2),
    _typed("patents_student", 2),
    _typed("papers_indexed", 3),
    _typed("papers_core", 3),
    Field("manager", 8, Source.CARD, unknown="无"),
)
BY_CODE: Final = {field.code: field for field in FIELDS}
RECORD_BYTES: Final = sum(field.width for field in FIELDS)
# What a lab may type: what no record tells, and what the card says at too great length.
TO_TYPE: Final = tuple(
    field.code for field in FIELDS if field.source in {Source.CARD, Source.TYPED}
)
_HOURS: Final = ("hours_teaching", "hours_research", "hours_service")


class SheetRefused(RulesBroken):
    """A record of the sheet cannot be written as it stands."""

    code = "sj3.refused"


@dataclass(frozen=True, slots=True)
class Worked:
    """An academic year of one instrument: effective seconds, those for others than its owner, those
    operated by the users themselves, and the samples."""

    effective: int = 0
    external: int = 0
    by_users: int = 0
    samples: int = 0


def hours_of(worked: Worked, *, teaching: int | None) -> dict[str, Value]:
    """The fields that records tell, in whole hours.

    Use for others is social service; what the owner used is research, less the hours of teaching
    that the lab names.
    """
    own = _nearest(worked.effective - worked.external)
    # Rounded down, so that it never exceeds the hours of which it is a part.
    by_users = min(worked.by_users, worked.effective) // 3600
    return {
        "hours_research": own - (teaching or 0),
        "hours_service": _nearest(worked.external),
        "hours_open": by_users,
        "samples": worked.samples,
    }


def _nearest(seconds: int) -> int:
    return (seconds + 1800) // 3600


def faults_of(row: Row) -> list[Violation]:
    """Everything that keeps a record from being written."""
    return [*_of_fields(row), *_of_hours(row)]


def gaps_of(row: Row) -> list[str]:
    """The fields of which nothing is known; the record can be written without them."""
    return [field.code for field in FIELDS if row.get(field.code) in {None, ""}]


def record(row: Row) -> bytes:
    """One line without its end: exactly 349 bytes, or `SheetRefused` with every reason."""
    if faults := faults_of(row):
        raise SheetRefused(faults)
    return b"".join(_filled(field, row.get(field.code)) for field in FIELDS)


def _filled(field: Field, value: Value) -> bytes:
    known = _bytes(field, value)
    return known.rjust(field.width) if field.is_number else known.ljust(field.width)


def _bytes(field: Field, value: Value) -> bytes:
    said = field.unknown if value is None or value == "" else str(value)
    return said.encode(ENCODING)


def _of_fields(row: Row) -> Iterator[Violation]:
    for field in FIELDS:
        value = row.get(field.code)
        told = {"field": field.code, "width": field.width}
        is_negative = isinstance(value, int) and value < 0
        if len(size := _bytes(field, value)) > field.width and not is_negative:
            yield Violation("sj3.too_long", {**told, "bytes": len(size)})
        if isinstance(value, str) and not value.isprintable():
            yield Violation("sj3.unprintable", told)
    code = row.get("school_code")
    if not (isinstance(code, str) and len(code) == 5 and code.isascii() and code.isdigit()):
        yield Violation("sj3.school_code", {"field": "school_code"})


def _of_hours(row: Row) -> Iterator[Violation]:
    """Teaching is part of what the owner used; no year has more hours than it has."""
    hours = {code: int(row.get(code) or 0) for code in (*_HOURS, "hours_open")}
    worked = sum(hours[code] for code in _HOURS)
    if hours["hours_research"] < 0:
        least = hours["hours_teaching"] + hours["hours_research"]
        yield Violation("sj3.teaching_beyond", {"field": "hours_teaching", "most": least})
    if worked > LARGEST_HOURS:
        beyond = {"field": "hours_research", "hours": worked, "most": LARGEST_HOURS}
        yield Violation("sj3.hours_beyond_year", beyond)
    if hours["hours_open"] > worked:
        yield Violation("sj3.open_beyond", {"field": "hours_open", "most": worked})


def differences(before: Row, now: Row) -> list[tuple[str, Value, Value]]:
    """What a record says otherwise than before: field, before, now."""
    return [
        (field.code, before.get(field.code), now.get(field.code))
        for field in FIELDS
        if before.get(field.code) != now.get(field.code)
    ]
