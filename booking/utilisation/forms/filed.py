"""What addresses say about reports that are filed, and what is typed of one record."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, Field

from booking.kernel.errors import Violation
from booking.kernel.periods import Period
from booking.utilisation.errors import WrongPeriod
from booking.utilisation.forms import RowId, readable
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


def _filed_alike(kind: Kind) -> Kind:
    if kind not in FILED_ALIKE:
        raise ValueError(f"has pages of its own: {kind.value}")
    return kind


FiledKind = Annotated[Kind, AfterValidator(_filed_alike)]


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
    period: Annotated[str, Field(min_length=4, max_length=8)]


class LineOf(ReportOf):
    """One record of it."""

    subject: Annotated[str, Field(min_length=1, max_length=40)]


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
