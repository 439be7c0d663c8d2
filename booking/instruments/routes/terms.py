"""Pages of those who keep instruments: hours, policy, prices, closures; the statutory calendar."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.instruments.actions.close import Closing, close, lift
from booking.instruments.actions.enter_calendar import YearNotice, enter_calendar
from booking.instruments.actions.set_calendar import set_day, set_week
from booking.instruments.calendar import today
from booking.instruments.forms.pages import (
    CalendarPage,
    ClosurePage,
    OwnDayPage,
    WeekPage,
)
from booking.instruments.models.calendar import ClosureKind
from booking.instruments.queries.cards import closures_after
from booking.instruments.queries.settings import (
    own_days,
    weekly_hours,
)
from booking.instruments.queries.statutory import known_years
from booking.instruments.routes.management import kept_card
from booking.instruments.rules.opening import DayKind, clock_text
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.moments import Day
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Keeper = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE)]
CalendarKeeper = Annotated[Actor, requires(Permission.CALENDAR_MANAGE)]
_HOURS, _CLOSURES, _STATUTORY = (
    f"instruments/manage/{name}.html" for name in ("hours", "closures", "statutory")
)
_HERE: Final = "/manage/instruments/{instrument_id}"


@router.get(f"{_HERE}/hours", name="instrument_hours")
def hours_page(
    instrument_id: int, session: Reading, page: PageDep, clock: ClockDep, actor: Keeper
) -> Response:
    kept = kept_card(session, instrument_id, actor)
    week: dict[str, list[str]] = {}
    for one in weekly_hours(session, instrument_id):
        text = f"{clock_text(one.hours.opens)}-{clock_text(one.hours.closes)}"
        week.setdefault(f"day_{one.weekday}", []).append(text)
    form = blank(**{name: " ".join(texts) for name, texts in week.items()})
    days = own_days(session, instrument_id, today(clock.now()))
    return page.render(_HOURS, kept=kept, form=form, day_form=blank(), days=days)


@router.post(f"{_HERE}/hours", name="instrument_set_hours")
def set_hours(
    instrument_id: int,
    form: Annotated[Filled[WeekPage], filled_in(WeekPage)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    kept, now = kept_card(uow.session, instrument_id, actor), clock.now()
    days = own_days(uow.session, instrument_id, today(now))
    page.if_refused(_HOURS, kept=kept, form=form, day_form=blank(), days=days)
    set_week(uow, instrument_id, form.checked.week(), actor=actor, now=now)
    return page.redirect("instrument_hours", instrument_id)


@router.post(f"{_HERE}/days", name="instrument_set_day")
def set_own_day(
    instrument_id: int,
    form: Annotated[Filled[OwnDayPage], filled_in(OwnDayPage)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    told = form.checked
    windows = [window.hours for window in told.windows]
    set_day(uow, instrument_id, told.day, windows=windows, actor=actor, now=clock.now())
    return page.redirect("instrument_hours", instrument_id)


@router.post(f"{_HERE}/days/removal", name="instrument_unset_day")
def unset_day(
    instrument_id: int,
    day: Annotated[Day, Form()],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    set_day(uow, instrument_id, day, windows=None, actor=actor, now=clock.now())
    return page.redirect("instrument_hours", instrument_id)


@router.get(f"{_HERE}/closures", name="instrument_closures")
def closures_page(
    instrument_id: int, session: Reading, page: PageDep, clock: ClockDep, actor: Keeper
) -> Response:
    kept = kept_card(session, instrument_id, actor)
    rows = closures_after(session, instrument_id, clock.now())
    form = blank(kind=ClosureKind.MAINTENANCE)
    return page.render(_CLOSURES, kept=kept, form=form, rows=rows, kinds=tuple(ClosureKind))


@router.post(f"{_HERE}/closures", name="instrument_close")
def add_closure(
    instrument_id: int,
    form: Annotated[Filled[ClosurePage], filled_in(ClosurePage)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    kept, now = kept_card(uow.session, instrument_id, actor), clock.now()
    rows, kinds = closures_after(uow.session, instrument_id, now), tuple(ClosureKind)
    page.if_refused(_CLOSURES, kept=kept, form=form, rows=rows, kinds=kinds)
    told = form.checked
    wanted = Closing(told.span, told.kind, told.reason)
    done = close(uow, instrument_id, wanted, actor=actor, now=now)
    if done.affected:
        rows = closures_after(uow.session, instrument_id, now)
        shown = blank(kind=ClosureKind.MAINTENANCE)
        return page.render(
            _CLOSURES, kept=kept, form=shown, rows=rows, kinds=kinds, affected=done.affected
        )
    return page.redirect("instrument_closures", instrument_id)


@router.post("/manage/closures/{closure_id}/lifting", name="closure_lift")
def lift_closure(
    closure_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Keeper
) -> Response:
    closure = lift(uow, closure_id, actor=actor, now=clock.now())
    return page.redirect("instrument_closures", closure.instrument_id)


@router.get("/manage/calendar", name="statutory_calendar")
def statutory_page(session: Reading, page: PageDep, actor: CalendarKeeper) -> Response:
    years = known_years(session)
    return page.render(_STATUTORY, years=years, form=blank(), kinds=tuple(DayKind))


@router.post("/manage/calendar", name="statutory_enter")
def enter(
    form: Annotated[Filled[CalendarPage], filled_in(CalendarPage)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: CalendarKeeper,
) -> Response:
    years = known_years(uow.session)
    page.if_refused(_STATUTORY, years=years, form=form, kinds=tuple(DayKind))
    told = form.checked
    notice = YearNotice(
        year=told.year,
        days={day.day: (day.kind, day.name) for day in told.days},
        source=told.source,
        provisional=told.provisional,
    )
    enter_calendar(uow, notice, actor=actor, now=clock.now())
    return page.redirect("statutory_calendar")
