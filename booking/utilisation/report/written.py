"""Reports as text that is kept and read back, and what each is kept under."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session, SQLModel

from booking.instruments.models.instrument import Instrument
from booking.organisations.models import Lab, Organisation
from booking.utilisation.queries.kept import Sight
from booking.utilisation.queries.zone_reports import kept_report, names_of
from booking.utilisation.report.pooled import Asked, By, Group, Report
from booking.utilisation.rules.indicators import RatedHours
from booking.utilisation.rules.pieces import counted_pieces

# Longer lists are read seldom, and reading one back takes as long as a page may.
LINES_AT_MOST: Final = 300
# What no stamp tells, a lab's change of provider say, shows after the next night at the latest.
HOLDS_FOR: Final = timedelta(hours=36)
_REPORT: Final = TypeAdapter(Report)
_CALLED_BY: Final[Mapping[By, type[SQLModel]]] = {
    By.INSTRUMENT: Instrument,
    By.LAB: Lab,
    By.ORGANISATION: Organisation,
}


@dataclass(frozen=True, slots=True)
class Made:
    """A report, what it answers, what it was made of, and when."""

    asked: str
    stamp: str
    at: datetime
    report: Report


def words_of(asked: Asked, *, now: datetime, paid: str | None = None) -> str:
    """What is asked of the whole zone: equal where answers are, until something changes.

    `paid` is the stamp of grants; without it, they are not told.
    """
    sight = asked.sight
    said = {
        "counted": len(counted_pieces(asked.period, now)),
        "rated": f"{asked.rated.general}/{asked.rated.special}",
        "cap": asked.cap or None,
        "lab": sight.lab_id,
        "instrument": sight.instrument_id,
        "among": None if sight.instrument_ids is None else sorted(sight.instrument_ids),
        "organisation": sight.organisation_id,
        "district": sight.district,
        "category": sight.category and sight.category.value,
        "value": sight.least_value_fen or None,
        "paid": paid,
    }
    more = (f"{name}={value}" for name, value in said.items() if value is not None)
    return " ".join([asked.period.code, asked.by.value, *more])


def is_worth_keeping(asked: Asked, report: Report) -> bool:
    """Whether others will ask the same, of many instruments, and it is read back at once."""
    usual = replace(asked.sight, organisation_id=None, district=None, category=None) == Sight()
    as_ever = usual and not asked.cap and asked.rated == RatedHours()
    return as_ever and len(report.groups) <= LINES_AT_MOST


def as_text(report: Report) -> str:
    """Exact: ratios are fractions."""
    return _REPORT.dump_json(report).decode()


def read_back(content: str) -> Report | None:
    """The same again; None where another version of the program wrote something else."""
    try:
        return _REPORT.validate_json(content)
    except ValidationError:
        return None


def kept_as(session: Session, asked: str, stamp: str, *, now: datetime) -> Made | None:
    """What is kept of this, with what everything is called now."""
    kept = kept_report(session, asked, stamp, since=now - HOLDS_FOR)
    report = read_back(kept.content) if kept else None
    if kept is None or report is None:
        return None
    return Made(asked, stamp, kept.made_at, _called_as_now(session, report))


def _called_as_now(session: Session, report: Report) -> Report:
    table = _CALLED_BY.get(report.by)
    if table is None:
        return report
    names = names_of(session, table, [int(group.key) for group in report.groups])
    return replace(report, groups=tuple(_named(group, names) for group in report.groups))


def _named(group: Group, names: Mapping[int, tuple[str, str]]) -> Group:
    name, name_en = names.get(int(group.key), (group.name, group.name_en))
    return replace(group, name=name, name_en=name_en)
