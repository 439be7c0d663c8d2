"""Pages of the statutory calendar: years that are known, one of them, a new one from a sheet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.instruments.actions.enter_calendar import YearNotice, enter_calendar
from booking.instruments.calendar.week import today
from booking.instruments.errors import CalendarContradicts
from booking.instruments.forms.pages import YearPage, YearSheetPage
from booking.instruments.queries.statutory import known_year, known_years, moved_in, years_due
from booking.instruments.rules.holidays import english_holiday
from booking.instruments.rules.statutory import (
    FIRST_YEAR,
    LAST_YEAR,
    Difference,
    YearMonth,
    YearSheet,
    differences,
    read_sheet,
    working_days,
    year_in_months,
)
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

CalendarKeeper = Annotated[Actor, requires(Permission.CALENDAR_MANAGE)]
_YEARS, _YEAR, _PREVIEW = (
    f"instruments/manage/{name}.html" for name in ("statutory", "year", "year_preview")
)
_HERE: Final = "/manage/calendar"


@dataclass(frozen=True, slots=True)
class Preview:
    """A year as a sheet has it, and what that changes."""

    sheet: YearSheet
    months: tuple[YearMonth, ...]
    known: bool
    changes: tuple[Difference, ...]

    @property
    def working_days(self) -> int:
        return working_days(self.months)


@router.get(_HERE, name="statutory_calendar")
def years_page(session: Reading, page: PageDep, clock: ClockDep, actor: CalendarKeeper) -> Response:
    return page.render(_YEARS, **_shown(session, clock), form=blank())


@router.get(f"{_HERE}/{{year}}", name="statutory_year")
def year_page(
    year: Annotated[int, Path(ge=FIRST_YEAR, le=LAST_YEAR)],
    session: Reading,
    page: PageDep,
    actor: CalendarKeeper,
) -> Response:
    known = known_year(session, year)
    months = year_in_months(year, moved_in(session, year))
    return page.render(
        _YEAR,
        known=known,
        months=months,
        working_days=working_days(months),
        english=english_holiday,
    )


@router.post(f"{_HERE}/preview", name="statutory_preview")
def preview_page(
    form: Annotated[Filled[YearSheetPage], filled_in(YearSheetPage)],
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: CalendarKeeper,
) -> Response:
    """The year that a sheet would make, before anything is written."""
    shown = _shown(session, clock)
    page.if_refused(_YEARS, **shown, form=form)
    told = form.checked.told
    page.if_refused(_YEARS, **shown, form=blank(sheet=told))
    preview = _preview(session, _read(told))
    return page.render(_PREVIEW, preview=preview, form=blank(sheet=told), english=english_holiday)


@router.post(_HERE, name="statutory_enter")
def enter(
    form: Annotated[Filled[YearPage], filled_in(YearPage)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: CalendarKeeper,
) -> Response:
    page.if_refused(_YEARS, **_shown(uow.session, clock), form=form)
    sheet = _read(form.checked.sheet)
    notice = YearNotice(
        year=sheet.year,
        days=sheet.days,
        source=sheet.source,
        provisional=form.checked.provisional,
    )
    enter_calendar(uow, notice, actor=actor, now=clock.now())
    return page.redirect("statutory_year", sheet.year)


def _shown(session: Session, clock: ClockDep) -> Mapping[str, Any]:
    return {
        "years": known_years(session),
        "unknown_years": years_due(session, today(clock.now())),
    }


def _read(text: str) -> YearSheet:
    reading = read_sheet(text)
    if reading.sheet is None:
        raise CalendarContradicts(reading.faults)
    return reading.sheet


def _preview(session: Session, sheet: YearSheet) -> Preview:
    known = any(one.year == sheet.year for one in known_years(session))
    changes = differences(moved_in(session, sheet.year), sheet.days) if known else ()
    changed = [one.day for one in changes]
    months = year_in_months(sheet.year, sheet.days, changed=changed)
    return Preview(sheet, months, known, changes)
