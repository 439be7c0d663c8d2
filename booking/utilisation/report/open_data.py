"""Open figures as everybody reads them: lines in hours, and what each column means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from hashlib import sha256
from typing import Final

from sqlmodel import Session

from booking.kernel.periods import Period
from booking.utilisation.errors import NotPublished
from booking.utilisation.queries.open_figures import publications
from booking.utilisation.rules.hours import hours, ratio
from booking.utilisation.rules.open_figures import Dimension

Value = str | int | float | None
PUBLISHED, WITHHELD = "published", "withheld"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table; its words are `open_figures.<name>`."""

    name: str
    unit: str
    source: str


_RECORDS: Final = "instrument_month"
_USES: Final = "usage_session"
COLUMNS: Final = (
    Column("by", "code", "instrument"),
    Column("key", "code", "instrument"),
    Column("period", "period", "calendar"),
    Column("state", "code", "open_publication"),
    Column("instruments", "count", _RECORDS),
    Column("users", "count", _USES),
    Column("bookings", "count", _RECORDS),
    Column("uses", "count", _RECORDS),
    *(
        Column(f"{name}_hours", "hours", _RECORDS)
        for name in (
            *("calendar", "closed", "maintenance", "fault", "open", "used"),
            *("effective", "external"),
        )
    ),
    Column("utilisation_open", "ratio", _RECORDS),
    Column("sharing_rate", "ratio", _RECORDS),
)


@dataclass(frozen=True, slots=True)
class OpenData:
    """What is asked of the figures, which version it is, and how far it reaches."""

    rows: Sequence[Mapping[str, Value]]
    periods: Sequence[str]
    tag: str
    through: str | None
    published_at: datetime | None


def open_data(
    session: Session, *, by: Dimension | None = None, period: Period | None = None
) -> OpenData:
    """The lines asked for, in the order of periods; NotPublished where there can be none."""
    found = publications(session)
    periods = list(dict.fromkeys(str(line["period"]) for each in found for line in each.lines))
    if period is not None and period.code not in periods:
        raise NotPublished(period=period.code, offered=periods)
    lines = [
        line
        for each in found
        if period is None or period.code[:4] == str(each.year)
        for line in each.lines
        if by in {None, line["by"]} and (period is None or line["period"] == period.code)
    ]
    versions = "".join(
        f"{each.sha256}{each.rule}{each.through}{each.published_at.isoformat()}" for each in found
    )
    asked = f"{by or ''}/{period.code if period else ''}"
    return OpenData(
        rows=[as_row(line) for line in lines],
        periods=periods,
        tag=sha256(f"{versions}/{asked}".encode()).hexdigest()[:32],
        through=found[-1].through if found else None,
        published_at=max((each.published_at for each in found), default=None),
    )


def as_row(line: Mapping[str, str | int | None]) -> dict[str, Value]:
    """A line as its columns have it."""
    shown = line["users"] is not None
    made: dict[str, Value] = {
        **{name: line[name] for name in ("by", "key", "period")},
        "state": PUBLISHED if shown else WITHHELD,
        "utilisation_open": _of(line, "effective", "open"),
        "sharing_rate": _of(line, "external", "effective"),
    }
    for column in COLUMNS:
        if column.unit == "hours":
            made[column.name] = hours(_number(line, column.name.removesuffix("_hours")))
        elif column.unit == "count":
            made[column.name] = line[column.name]
    return {column.name: made[column.name] for column in COLUMNS}


def _number(line: Mapping[str, str | int | None], name: str) -> int | None:
    value = line[name]
    return value if isinstance(value, int) else None


def _of(line: Mapping[str, str | int | None], part: str, whole: str) -> float | None:
    above, below = _number(line, part), _number(line, whole)
    return None if above is None or not below else ratio(Fraction(above, below))
