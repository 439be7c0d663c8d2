"""The page of utilisation, open to everybody by district, and the same table as a file."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from booking.access.actor import Actor
from booking.access.guards import PUBLIC, requires
from booking.access.permissions import Permission
from booking.access.roles import LAB_ROLES
from booking.kernel.clock import local
from booking.kernel.periods import Period
from booking.utilisation.forms import (
    GrantsDep,
    Narrowed,
    asked_by,
    may_read,
    sees_income,
)
from booking.utilisation.forms.zone import ReportsDep
from booking.utilisation.report.pooled import Asked, By, Report
from booking.utilisation.report.reading import sees_subsidy
from booking.utilisation.report.unmet import unmet_in_sight
from booking.utilisation.report.week import looked_at, week_in
from booking.utilisation.routes.calendar import calendar_of, sees_days
from booking.utilisation.routes.drawing import (
    Leads,
    drawn_unmet,
    drawn_waterfall,
    drawn_week,
    inside_outside,
    per_hour,
    ranking,
    trend,
)
from booking.utilisation.routes.lines import cells, head, named
from booking.utilisation.rules.indicators import (
    NATIONAL_EFFECTIVE_HOURS,
    NATIONAL_EXTERNAL_HOURS,
)
from booking.web.charts import Heat
from booking.web.clock import ClockDep
from booking.web.downloads import CSV, csv_lines, streamed
from booking.web.formats import period_text
from booking.web.forms import blank
from booking.web.pictures import Picture
from booking.web.rendering import PageDep
from booking.web.transactions import Reading

router = APIRouter()

NATIONAL: Final = {"effective": NATIONAL_EFFECTIVE_HOURS, "external": NATIONAL_EXTERNAL_HOURS}
# What narrows a report, as addresses carry it on.
NARROWING: Final = ("rated_hours", "cap", "least_value", "lab", "instrument")
ASKED: Final = ("rated_hours", "cap", "least_value")
NARROWING_MORE: Final = ("organisation", "district", "category")


@dataclass(frozen=True, slots=True)
class Tab:
    """One way of pooling, and the address that shows it."""

    by: By
    current: bool


@router.get("/utilisation", name="utilisation")
def utilisation(
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    grants: GrantsDep,
    reports: ReportsDep,
    wanted: Annotated[Narrowed, Query()],
    visitor: Annotated[Actor | None, PUBLIC],
) -> Response:
    """Where the time of the instruments went; to whom it does not belong, what is published."""
    if not may_read(visitor):
        return page.redirect_to(page.url("open_figures"))
    now = clock.now()
    asked = asked_by(visitor, _as_usual(visitor, wanted), now=now, grants=grants)
    report = named(reports.of(session, asked, now=now))
    income, subsidy = sees_income(visitor, asked.by), sees_subsidy(visitor)
    said = narrowing(wanted) | {"period": asked.period.code}
    days, kept = (None, False)
    if sees_days(visitor, asked):
        days, kept = calendar_of(session, page, asked, report, said=narrowing(wanted), now=now)
    return page.render(
        "utilisation/report.html",
        report=report,
        whole=report.whole,
        water=drawn_waterfall(report.whole.waterfall),
        ranked={name: ranking(report, external=name == "external") for name in NATIONAL},
        national={
            name: round(hours * report.months_counted / 12) for name, hours in NATIONAL.items()
        },
        pictures=pictures_of(report, income=income, subsidy=subsidy),
        week=(week := _week(session, asked, _leads(page, "utilisation_hour", said), now=now)),
        in_vain=drawn_unmet(unmet_in_sight(session, asked), _leads(page, "unmet", said))
        if week
        else None,
        days=days,
        days_kept=kept,
        tabs=[Tab(by, by is asked.by) for by in By] if may_read(visitor) else [],
        form=form_of(wanted, asked),
        periods=periods_to_choose(now, asked.period),
        narrowed=narrowing(wanted),
        parameters={k: v for k, v in narrowing(wanted).items() if k in {"rated_hours", "cap"}},
        kept=_kept(visitor, wanted, asked),
        period_words=period_text(asked.period.code),
        follows=income,
        narrowed_to=partial(_narrowed_to, report.by),
        with_income=income,
        with_subsidy=subsidy,
    )


@router.get("/utilisation.csv", name="utilisation_csv")
def utilisation_csv(
    session: Reading,
    clock: ClockDep,
    grants: GrantsDep,
    reports: ReportsDep,
    wanted: Annotated[Narrowed, Query()],
    reader: Annotated[Actor, requires(Permission.UTILISATION_READ)],
) -> Response:
    """The table of the page as a file."""
    now = clock.now()
    asked = asked_by(reader, _as_usual(reader, wanted), now=now, grants=grants)
    report = named(reports.of(session, asked, now=now))
    sees = {"income": sees_income(reader, asked.by), "subsidy": sees_subsidy(reader)}
    lines = csv_lines(head(**sees), [cells(group, **sees) for group in report.groups])
    filename = f"utilisation-{asked.period.code}-{asked.by.value}.csv"
    return streamed(lines, filename=filename, media_type=CSV)


def pictures_of(report: Report, *, income: bool, subsidy: bool) -> dict[str, Picture]:
    """What months show beside one another; nothing where there is only one."""
    if len(report.months) < 2:
        return {}
    found = {"trend": trend(report.months), "inside": inside_outside(report.months)}
    if income:
        found["per_hour"] = per_hour(report.months, with_subsidy=subsidy)
    return found


# What an address calls that by which a report pools.
_NAMED: Final = {
    By.INSTRUMENT: "instrument",
    By.CLASS: "category",
    By.LAB: "lab",
    By.ORGANISATION: "organisation",
    By.DISTRICT: "district",
}


def _narrowed_to(by: By, key: int | str) -> dict[str, int | str] | None:
    """What narrows to a line; None of those whose class is not known."""
    if by is By.ZONE:
        return {}
    return {_NAMED[by]: key} if key != "" else None


def narrowing(wanted: Narrowed) -> dict[str, str | int]:
    """What narrows a report or changes its figures, for addresses that go on from it."""
    said = wanted.model_dump(include={*NARROWING, *NARROWING_MORE}, mode="json")
    said["cap"] = "1" if wanted.cap else None
    return {name: value for name, value in said.items() if value is not None}


def _kept(visitor: Actor | None, wanted: Narrowed, asked: Asked) -> dict[str, str | int]:
    """What the form carries on without asking for it."""
    said = narrowing(wanted)
    by = {"by": asked.by.value} if may_read(visitor) else {}
    return {name: said[name] for name in said if name not in ASKED} | by


def form_of(wanted: Narrowed, asked: Asked) -> object:
    """The form as it was sent."""
    return blank(
        period=asked.period.code,
        first="",
        last="",
        rated_hours=str(wanted.rated_hours or ""),
        least_value=str(wanted.least_value or ""),
        cap="1" if wanted.cap else "",
    )


def _leads(page: PageDep, route: str, said: dict[str, str | int]) -> Leads:
    return lambda weekday, hour: page.url(route, **said, weekday=weekday, hour=hour)


def _week(session: Reading, asked: Asked, leads: Leads, *, now: datetime) -> Heat | None:
    """The hours of the week, where it is about some instruments and not about all of them."""
    if asked.by is not By.INSTRUMENT:
        return None
    looked = looked_at(session, asked, now=now)
    return None if looked is None else drawn_week(week_in(looked), leads)


def _as_usual(visitor: Actor | None, wanted: Narrowed) -> Narrowed:
    """A lab sees its instruments first, the centre its providers, everybody else districts."""
    if wanted.by is not None or not may_read(visitor):
        return wanted
    of_lab = visitor is not None and visitor.roles & LAB_ROLES
    return wanted.model_copy(update={"by": By.INSTRUMENT if of_lab else By.ORGANISATION})


def periods_to_choose(now: datetime, chosen: Period) -> list[tuple[str, str]]:
    """The months of a year, the quarters, calendar and academic years; newest first."""
    today = local(now).date()
    months = [Period.month(date(today.year, today.month, 1))]
    while len(months) < 13:
        months.append(Period.month(date.fromordinal(months[-1].first.toordinal() - 1)))
    quarters = list(dict.fromkeys(f"{m.first.year}-Q{(m.first.month + 2) // 3}" for m in months))
    academic = today.year if today.month >= 9 else today.year - 1
    years = [str(today.year), str(today.year - 1), f"AY{academic}", f"AY{academic - 1}"]
    codes = dict.fromkeys([*(m.code for m in months), *quarters, *years, chosen.code])
    return [(code, period_text(code)) for code in codes]
