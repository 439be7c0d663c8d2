"""What addresses say about reports that are filed, and what is typed of one record."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, Field
from sqlmodel import Session

from booking.access.actor import Actor, Reach
from booking.kernel.clock import local
from booking.kernel.errors import NotFound, Violation
from booking.kernel.periods import Period
from booking.utilisation.errors import WrongPeriod
from booking.utilisation.forms import RowId, readable, sheets_reach
from booking.utilisation.queries.filings import providers_in
from booking.utilisation.queries.single_uses import GrantSource, NothingGranted
from booking.utilisation.report.filed import Sheet
from booking.utilisation.report.filing import sheet_of
from booking.utilisation.rules.deadlines import last_ended
from booking.utilisation.rules.sheets import (
    FILED_ALIKE,
    OF_THE_ZONE,
    PERIODS,
    Column,
    Kind,
    Report,
    ReportIncomplete,
    faults_of,
)
from booking.web.forms import Filled

_OFFERED: Final = 5
_NOTHING: Final = NothingGranted()


def _filed_alike(kind: Kind) -> Kind:
    if kind not in FILED_ALIKE:
        raise ValueError(f"has pages of its own: {kind.value}")
    return kind


FiledKind = Annotated[Kind, AfterValidator(_filed_alike)]


PeriodCode = Annotated[str, Field(min_length=4, max_length=8)]


class ReportNamed(BaseModel):
    """Which report; whatever is left out is the usual one."""

    kind: FiledKind = Kind.SERVICE
    organisation: RowId | None = None
    period: Annotated[str, Field(max_length=8)] = ""

    def period_or_last(self, today: date) -> Period:
        """The one that ended last, unless another is named."""
        if not self.period:
            return last_ended(self.kind, today)
        found = readable(self.period)
        if kind_of(found) != PERIODS[self.kind]:
            raise WrongPeriod(period=self.period)
        return found

    def report(self, today: date, *, owner: int | None) -> Report:
        whose = None if self.kind in OF_THE_ZONE else owner
        return Report(self.kind, whose, self.period_or_last(today))


class ReportOf(ReportNamed):
    """The same, named in full."""

    kind: FiledKind
    period: PeriodCode

    def to_hand_in(self, today: date) -> Report:
        """Whose it is must be said, but for the zone's."""
        if self.kind not in OF_THE_ZONE and self.organisation is None:
            raise NotFound(organisation_id=0)
        return self.report(today, owner=self.organisation)


class LineOf(ReportOf):
    """One record of it."""

    subject: Annotated[str, Field(min_length=1, max_length=40)]


def kinds_read_by(reach: Reach) -> list[Kind]:
    """What is filed alike; of the zone for whoever reads all of it."""
    alike = [kind for kind in Kind if kind in FILED_ALIKE]
    return [kind for kind in alike if reach.everywhere or kind not in OF_THE_ZONE]


def report_named(
    wanted: ReportNamed, known: Sequence[tuple[int, str, str]], *, now: datetime
) -> Report:
    """The one that is named, of an organisation that the reader sees; the first, of none named."""
    chosen = wanted.organisation or (known[0][0] if known else 0)
    if wanted.kind not in OF_THE_ZONE and chosen not in {key for key, *_ in known}:
        raise NotFound(organisation_id=chosen)
    return wanted.report(local(now).date(), owner=chosen)


def sheet_in_reach(
    session: Session,
    wanted: ReportOf,
    actor: Actor,
    *,
    now: datetime,
    grants: GrantSource = _NOTHING,
) -> Sheet:
    """The report as it stands, for somebody who may read of it."""
    reach = sheets_reach(actor)
    if wanted.kind not in kinds_read_by(reach):
        raise NotFound(kind=wanted.kind.value)
    report = report_named(wanted, providers_in(session, reach), now=now)
    return sheet_of(session, report, reach=reach, now=now, grants=grants)


def kind_of(period: Period) -> str:
    """By the form of its code."""
    if "Q" in period.code:
        return "quarter"
    if period.code.startswith("AY"):
        return "academic_year"
    return "year" if len(period.code) == 4 else "month"


def offered_periods(kind: Kind, today: date) -> list[str]:
    """The running period and some before it."""
    last = last_ended(kind, today)
    if PERIODS[kind] == "quarter":
        number = last.first.year * 4 + (last.first.month - 1) // 3
        return [f"{n // 4}-Q{n % 4 + 1}" for n in range(number + 1, number - _OFFERED, -1)]
    prefix = "AY" if PERIODS[kind] == "academic_year" else ""
    year = last.first.year
    return [f"{prefix}{one}" for one in range(year + 1, year - _OFFERED, -1)]


def entered(form: Filled[Any], columns: Sequence[Column]) -> Mapping[str, str]:
    """What was typed, or `ReportIncomplete` with what is wrong with it."""
    typed = {column.code: form.value(column.code).strip() for column in columns}
    given = [column for column in columns if typed[column.code]]
    broken = [fault.violation for fault in faults_of(given, typed)]
    broken += [
        Violation("report.unprintable", {"field": code})
        for code, value in typed.items()
        if not value.isprintable()
    ]
    if broken:
        raise ReportIncomplete(broken)
    return typed
