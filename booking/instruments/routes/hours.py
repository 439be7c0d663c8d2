"""Pages that say when it is open: of an instrument, of a whole lab, of the whole zone."""

from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.instruments.actions.set_calendar import set_day, set_week, unset_day
from booking.instruments.actions.set_shared_calendar import (
    set_lab_day,
    set_lab_week,
    set_zone_day,
    unset_lab_day,
    unset_zone_day,
)
from booking.instruments.calendar.week import days_ahead, today
from booking.instruments.forms.pages import OwnDayPage, WeekPage, week_form
from booking.instruments.queries.kept import lab_kept_by
from booking.instruments.queries.settings import (
    lab_days,
    lab_week,
    own_days,
    weekly_hours,
    zone_days,
)
from booking.instruments.routes.management import kept_card
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.moments import Day
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Keeper = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE)]
CalendarKeeper = Annotated[Actor, requires(Permission.CALENDAR_MANAGE)]
_HOURS, _LAB, _ZONE = (f"instruments/manage/{name}.html" for name in ("hours", "lab", "zone"))
_HERE: Final = "/manage/instruments/{instrument_id}"
_OF_LAB: Final = "/manage/labs/{lab_id}"


@router.get(f"{_HERE}/hours", name="instrument_hours")
def hours_page(
    instrument_id: int, session: Reading, page: PageDep, clock: ClockDep, actor: Keeper
) -> Response:
    shown = _shown(session, instrument_id, actor, today(clock.now()))
    form = week_form(weekly_hours(session, instrument_id))
    return page.render(_HOURS, **shown, form=form, day_form=blank())


@router.post(f"{_HERE}/hours", name="instrument_set_hours")
def set_hours(
    instrument_id: int,
    form: Annotated[Filled[WeekPage], filled_in(WeekPage)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    now = clock.now()
    shown = _shown(uow.session, instrument_id, actor, today(now))
    page.if_refused(_HOURS, **shown, form=form, day_form=blank())
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
    now = clock.now()
    shown = _shown(uow.session, instrument_id, actor, today(now))
    week = week_form(weekly_hours(uow.session, instrument_id))
    page.if_refused(_HOURS, **shown, form=week, day_form=form)
    told = form.checked
    set_day(uow, instrument_id, told.day, said=told.said, actor=actor, now=now)
    return page.redirect("instrument_hours", instrument_id)


@router.post(f"{_HERE}/days/removal", name="instrument_unset_day")
def unset_own_day(
    instrument_id: int,
    day: Annotated[Day, Form()],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    unset_day(uow, instrument_id, day, actor=actor, now=clock.now())
    return page.redirect("instrument_hours", instrument_id)


@router.get(f"{_OF_LAB}/calendar", name="lab_calendar")
def lab_page(
    lab_id: int, session: Reading, page: PageDep, clock: ClockDep, actor: Keeper
) -> Response:
    shown = _lab_shown(session, lab_id, actor, today(clock.now()))
    return page.render(_LAB, **shown, form=week_form(lab_week(session, lab_id)), day_form=blank())


@router.post(f"{_OF_LAB}/hours", name="lab_set_hours")
def set_lab_hours(
    lab_id: int,
    form: Annotated[Filled[WeekPage], filled_in(WeekPage)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    now = clock.now()
    shown = _lab_shown(uow.session, lab_id, actor, today(now))
    page.if_refused(_LAB, **shown, form=form, day_form=blank())
    set_lab_week(uow, lab_id, form.checked.week(), actor=actor, now=now)
    return page.redirect("lab_calendar", lab_id)


@router.post(f"{_OF_LAB}/days", name="lab_set_day")
def set_day_of_lab(
    lab_id: int,
    form: Annotated[Filled[OwnDayPage], filled_in(OwnDayPage)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    now = clock.now()
    shown = _lab_shown(uow.session, lab_id, actor, today(now))
    page.if_refused(_LAB, **shown, form=week_form(lab_week(uow.session, lab_id)), day_form=form)
    told = form.checked
    set_lab_day(uow, lab_id, told.day, said=told.said, actor=actor, now=now)
    return page.redirect("lab_calendar", lab_id)


@router.post(f"{_OF_LAB}/days/removal", name="lab_unset_day")
def unset_day_of_lab(
    lab_id: int,
    day: Annotated[Day, Form()],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    unset_lab_day(uow, lab_id, day, actor=actor, now=clock.now())
    return page.redirect("lab_calendar", lab_id)


@router.get("/manage/zone", name="zone_calendar")
def zone_page(session: Reading, page: PageDep, clock: ClockDep, actor: CalendarKeeper) -> Response:
    days = zone_days(session, today(clock.now()))
    return page.render(_ZONE, days=days, day_form=blank())


@router.post("/manage/zone/days", name="zone_set_day")
def set_day_of_zone(
    form: Annotated[Filled[OwnDayPage], filled_in(OwnDayPage)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: CalendarKeeper,
) -> Response:
    now = clock.now()
    page.if_refused(_ZONE, days=zone_days(uow.session, today(now)), day_form=form)
    told = form.checked
    set_zone_day(uow, told.day, said=told.said, actor=actor, now=now)
    return page.redirect("zone_calendar")


@router.post("/manage/zone/days/removal", name="zone_unset_day")
def unset_day_of_zone(
    day: Annotated[Day, Form()],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: CalendarKeeper,
) -> Response:
    unset_zone_day(uow, day, actor=actor, now=clock.now())
    return page.redirect("zone_calendar")


def _shown(session: Session, instrument_id: int, actor: Actor, day: date) -> dict[str, Any]:
    kept = kept_card(session, instrument_id, actor)
    return {
        "kept": kept,
        "days": own_days(session, instrument_id, day),
        "ahead": days_ahead(session, instrument_id, day),
        "lab_week": lab_week(session, kept.seen.instrument.lab_id),
    }


def _lab_shown(session: Session, lab_id: int, actor: Actor, day: date) -> dict[str, Any]:
    lab = lab_kept_by(session, lab_id, actor)
    return {"lab": lab, "days": lab_days(session, lab_id, day)}
