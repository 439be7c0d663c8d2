"""JSON: the waterfall and its ratios, by instrument, lab, organisation or district."""

from dataclasses import asdict
from fractions import Fraction
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.utilisation.forms import (
    AdviceNarrowed,
    GrantsDep,
    Narrowed,
    PromisesDep,
    UnmetNarrowed,
    asked_by,
    sees_income,
    unmet_asked_by,
)
from booking.utilisation.forms.zone import ReportsDep
from booking.utilisation.report.advice import advice_in_sight
from booking.utilisation.report.pooled import By
from booking.utilisation.report.reading import sees_subsidy
from booking.utilisation.report.told import Number, told
from booking.utilisation.report.unmet import unmet_in_sight
from booking.utilisation.rules.advice import AdviceKind
from booking.utilisation.rules.hours import hours
from booking.utilisation.rules.indicators import (
    NATIONAL_EFFECTIVE_HOURS,
    NATIONAL_EXTERNAL_HOURS,
    Indicators,
)
from booking.utilisation.rules.unmet import Sum, Unmet
from booking.web.clock import ClockDep
from booking.web.json import YuanOut
from booking.web.transactions import Reading

router = APIRouter(tags=["utilisation"])


class UtilisationFigures(BaseModel):
    """calendar = closed + maintenance + fault + open; open = used + booked_unused + idle."""

    instruments: int
    calendar_hours: float
    closed_hours: float
    maintenance_hours: float
    fault_hours: float
    open_hours: float
    used_hours: float
    booked_unused_hours: float
    idle_hours: float
    effective_hours: float | None
    external_hours: float | None
    utilisation_rated: float | None
    utilisation_rated_mean: float | None
    utilisation_open: float | None
    utilisation_open_mean: float | None
    sharing_rate: float | None
    sharing_rate_mean: float | None
    average_effective_hours: float | None
    average_in_service_hours: float | None
    average_external_hours: float | None
    openness: float | None
    booked_used: float | None
    no_show_rate: float | None
    mean_hours_between_faults: float | None
    mean_repair_hours: float | None
    reservations: int
    missed: int
    uses: int
    samples: int
    faults: int
    filing_due: int
    filed: int
    filing_rate: float | None
    users: int | None
    income: YuanOut | None
    income_per_hour: YuanOut | None
    subsidy: YuanOut | None
    subsidy_per_hour: YuanOut | None


class UtilisationItem(UtilisationFigures):
    """One line; `key` is an id, or the code of a district."""

    key: int | str
    name: str


class Benchmarks(BaseModel):
    """National yearly averages of 2025."""

    average_effective_hours: int = NATIONAL_EFFECTIVE_HOURS
    average_external_hours: int = NATIONAL_EXTERNAL_HOURS


class UtilisationReport(BaseModel):
    """Lines, all of them together, and how far they reach: `through` is the last month counted."""

    period: str
    by: By
    through: str
    up_to_date: bool
    items: list[UtilisationItem]
    total: UtilisationFigures
    benchmarks: Benchmarks


@router.get("/utilisation")
def utilisation(
    session: Reading,
    clock: ClockDep,
    wanted: Annotated[Narrowed, Query()],
    grants: GrantsDep,
    reports: ReportsDep,
    reader: Annotated[Actor, requires(Permission.UTILISATION_READ)],
) -> UtilisationReport:
    """Whole districts and the zone; instruments, classes, labs and organisations for those they
    concern. `…_mean` is the mean of the instruments' ratios."""
    now = clock.now()
    asked = asked_by(reader, wanted, now=now, grants=grants)
    report = reports.of(session, asked, now=now)
    income = sees_income(reader, asked.by)

    def figures(of: Indicators) -> dict[str, Number]:
        return told(of, income=income, subsidy=sees_subsidy(reader))

    items = [
        UtilisationItem(key=group.key, name=group.name, **figures(group.indicators))
        for group in report.groups
    ]
    return UtilisationReport(
        period=asked.period.code,
        by=asked.by,
        through=report.through.code,
        up_to_date=report.up_to_date,
        items=items,
        total=UtilisationFigures(**figures(report.whole)),
        benchmarks=Benchmarks(),
    )


class UnmetSum(BaseModel):
    """unmet = occupied + closed + broken + waited."""

    occupied_hours: float | None
    closed_hours: float | None
    broken_hours: float | None
    waited_hours: float | None
    unmet_hours: float | None


class UnmetItem(UnmetSum):
    """One line of the ranking; `key` is an id, or the code of a district."""

    key: int | str
    name: str
    requests: int


class UnmetHour(UnmetSum):
    """An hour of the week; Monday is 0."""

    weekday: int
    hour: int


class UnmetDemand(BaseModel):
    """What was asked for and not given; items and hours each add up to the total."""

    period: str
    by: By
    items: list[UnmetItem]
    hours: list[UnmetHour]
    total: UnmetSum
    requests: int


@router.get("/utilisation/unmet")
def unmet(
    session: Reading,
    clock: ClockDep,
    wanted: Annotated[UnmetNarrowed, Query()],
    reader: Annotated[Actor, requires(Permission.UTILISATION_READ)],
) -> UnmetDemand:
    """Refused for lack of time, or waited for in vain, of the instruments in the caller's reach."""
    asked = unmet_asked_by(reader, wanted, now=clock.now())
    report = unmet_in_sight(session, asked, hour=wanted.hour_of_week)
    return UnmetDemand(
        period=asked.period.code,
        by=asked.by,
        items=[
            UnmetItem(key=one.key, name=one.name, requests=one.wishes, **_lost(one.lost))
            for one in report.ranks
        ],
        hours=[
            UnmetHour(weekday=day, hour=hour, **_lost(lost))
            for (day, hour), lost in sorted(report.by_hour.items())
        ],
        total=UnmetSum(**_lost(report.whole)),
        requests=report.requests,
    )


def _lost(of: Sum) -> dict[str, float | None]:
    by_reason = {f"{why.value}_hours": hours(getattr(of, why.value)) for why in Unmet}
    return {**by_reason, "unmet_hours": hours(of.all)}


class AdviceItem(BaseModel):
    """What to do about an instrument, and the figures it is drawn from."""

    kind: AdviceKind
    instrument_id: int
    name: str
    hours: float | None
    figures: dict[str, float | str]


class AdviceAnswer(BaseModel):
    """What is about most time first; `thresholds` say from where on something is said."""

    period: str
    up_to_date: bool
    instruments: int
    thresholds: dict[str, int]
    items: list[AdviceItem]


@router.get("/utilisation/advice")
def advice(
    session: Reading,
    clock: ClockDep,
    promises: PromisesDep,
    wanted: Annotated[AdviceNarrowed, Query()],
    reader: Annotated[Actor, requires(Permission.UTILISATION_READ)],
) -> AdviceAnswer:
    """What the figures advise for the instruments in the caller's reach."""
    now = clock.now()
    asked = unmet_asked_by(reader, wanted, now=now)
    report = advice_in_sight(session, asked, wanted.thresholds, promises=promises, now=now)
    items = [
        AdviceItem(
            kind=one.kind,
            instrument_id=one.instrument_id,
            name=one.name,
            hours=hours(one.seconds),
            figures={name: _number(value) for name, value in one.figures.items()},
        )
        for one in report.advice
    ]
    return AdviceAnswer(
        period=asked.period.code,
        up_to_date=report.up_to_date,
        instruments=report.instruments,
        thresholds=asdict(report.thresholds),
        items=items,
    )


def _number(value: Fraction | int | str) -> float | str:
    return value if isinstance(value, str) else round(float(value), 4)
