"""The page of utilisation, open to everybody by district, and the same table as a file."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query, Response

from booking.access.actor import Actor
from booking.access.guards import PUBLIC
from booking.access.roles import LAB_ROLES
from booking.kernel.clock import local
from booking.kernel.money import yuan
from booking.kernel.periods import Period
from booking.organisations.rules import District
from booking.utilisation.forms import Narrowed, asked_by, may_read, sees_income
from booking.utilisation.report.pooled import Asked, By, Group, Report, by_month, waterfall_of
from booking.utilisation.report.unmet import unmet_in_sight
from booking.utilisation.report.week import week_in_sight
from booking.utilisation.routes.drawing import (
    beside_national,
    drawn_unmet,
    drawn_waterfall,
    drawn_week,
    months_as_curve,
)
from booking.utilisation.rules.hours import hours, ratio, waterfall_hours
from booking.utilisation.rules.indicators import (
    NATIONAL_EFFECTIVE_HOURS,
    NATIONAL_EXTERNAL_HOURS,
)
from booking.web.charts import Heat
from booking.web.clock import ClockDep
from booking.web.downloads import CSV, Cell, csv_lines, streamed
from booking.web.formats import period_text
from booking.web.forms import blank
from booking.web.i18n import gettext
from booking.web.rendering import PageDep
from booking.web.transactions import Reading
from booking.web.words import words

router = APIRouter()

WATERFALL = ("calendar", "closed", "maintenance", "fault", "open", "used", "booked_unused", "idle")
NATIONAL = {"effective": NATIONAL_EFFECTIVE_HOURS, "external": NATIONAL_EXTERNAL_HOURS}


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
    wanted: Annotated[Narrowed, Query()],
    visitor: Annotated[Actor | None, PUBLIC],
) -> Response:
    """Where the time of the instruments went."""
    now = clock.now()
    asked = asked_by(visitor, _as_usual(visitor, wanted), now=now)
    report = named(waterfall_of(session, asked, now=now))
    months = by_month(session, asked, now=now) if len(asked.period.months()) > 1 else []
    counted = len(months) or 1
    charts = {
        name: beside_national(
            report.groups, national=national, months=counted, external=name == "external"
        )
        for name, national in NATIONAL.items()
    }
    return page.render(
        "utilisation/report.html",
        report=report,
        whole=report.whole,
        water=drawn_waterfall(report.whole.waterfall),
        charts=charts if len(report.groups) <= 60 else {},
        national={name: hours * counted / 12 for name, hours in NATIONAL.items()},
        curve=months_as_curve(months) if months else None,
        week=(week := _week(session, asked, now=now)),
        in_vain=drawn_unmet(unmet_in_sight(session, asked)) if week else None,
        tabs=[Tab(by, by is asked.by) for by in By] if may_read(visitor) else [],
        form=blank(period=asked.period.code, rated_hours=str(wanted.rated_hours or "")),
        periods=periods_to_choose(now, asked.period),
        narrowed=wanted,
        period_words=_spoken(asked.period.code),
        with_income=sees_income(visitor, asked.by),
    )


@router.get("/utilisation.csv", name="utilisation_csv")
def utilisation_csv(
    session: Reading,
    clock: ClockDep,
    wanted: Annotated[Narrowed, Query()],
    visitor: Annotated[Actor | None, PUBLIC],
) -> Response:
    """The table of the page as a file."""
    now = clock.now()
    asked = asked_by(visitor, _as_usual(visitor, wanted), now=now)
    report = named(waterfall_of(session, asked, now=now))
    income = sees_income(visitor, asked.by)
    lines = csv_lines(_head(income=income), [_cells(g, income=income) for g in report.groups])
    filename = f"utilisation-{asked.period.code}-{asked.by.value}.csv"
    return streamed(lines, filename=filename, media_type=CSV)


def _week(session: Reading, asked: Asked, *, now: datetime) -> Heat | None:
    """The hours of the week, where it is about some instruments and not about all of them."""
    if asked.by is not By.INSTRUMENT:
        return None
    week = week_in_sight(session, asked, now=now)
    return None if week is None else drawn_week(week)


def _as_usual(visitor: Actor | None, wanted: Narrowed) -> Narrowed:
    """A lab sees its instruments first, the centre its providers, everybody else districts."""
    if wanted.by is not None or not may_read(visitor):
        return wanted
    of_lab = visitor is not None and visitor.roles & LAB_ROLES
    return wanted.model_copy(update={"by": By.INSTRUMENT if of_lab else By.ORGANISATION})


def named(report: Report) -> Report:
    """The report with districts in words."""
    if report.by is not By.DISTRICT:
        return report
    groups = tuple(
        Group(group.key, district_words(str(group.key)), group.indicators)
        for group in report.groups
    )
    return Report(report.period, report.by, groups, report.whole, report.through, report.up_to_date)


def district_words(code: str) -> str:
    """A district by its code; the code itself where it is none of ours."""
    return words(District(code)) if code in set(District) else code


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
    return [(code, _spoken(code)) for code in codes]


def _spoken(code: str) -> str:
    if code.startswith("AY"):
        first = int(code[2:])
        return gettext("Academic year %(first)s–%(last)s") % {"first": first, "last": first + 1}
    return period_text(code)


def _head(*, income: bool) -> list[str]:
    head = [
        gettext("Name"),
        gettext("Instruments"),
        gettext("Calendar time"),
        gettext("Closed"),
        gettext("Planned maintenance"),
        gettext("Fault"),
        gettext("Open time"),
        gettext("Used"),
        gettext("Booked but unused"),
        gettext("Idle"),
        gettext("Effective hours"),
        gettext("External hours"),
        gettext("Of rated hours"),
        gettext("Of open hours"),
        gettext("Sharing rate"),
        gettext("Average effective hours"),
    ]
    return [*head, gettext("Income (yuan)")] if income else head


def _cells(group: Group, *, income: bool) -> list[Cell]:
    of = group.indicators
    water = waterfall_hours(of.waterfall)
    cells: list[Cell] = [
        group.name,
        of.instruments,
        *(water[name] for name in WATERFALL),
        hours(of.effective),
        hours(of.external),
        ratio(of.utilisation_rated),
        ratio(of.utilisation_open),
        ratio(of.sharing_rate),
        hours(of.average_effective),
    ]
    return [*cells, Decimal(yuan(of.income_fen))] if income else cells
