"""The roster of an operator: weekly duty, absences, and the bookings that they leave alone."""

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.instruments.actions.set_roster import (
    set_roster_days,
    set_roster_week,
    unset_roster_day,
)
from booking.instruments.forms.pages import RosterDaysPage, WeekPage, week_form
from booking.instruments.queries.rosters import operator_kept_by
from booking.instruments.queries.settings import roster_days, roster_week
from booking.kernel.clock import local
from booking.reservations.queries.off_duty import off_duty_bookings
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.moments import Day
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Keeper = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE)]
_PAGE: Final = "reservations/roster.html"
_HERE: Final = "/manage/operators/{unit_id}"


@router.get(f"{_HERE}/roster", name="operator_roster")
def roster_page(
    unit_id: int, session: Reading, page: PageDep, clock: ClockDep, actor: Keeper
) -> Response:
    return page.render(_PAGE, **_shown(session, unit_id, actor, clock.now()))


@router.post(f"{_HERE}/roster", name="operator_set_week")
def set_week(
    unit_id: int,
    form: Annotated[Filled[WeekPage], filled_in(WeekPage)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    now = clock.now()
    page.if_refused(_PAGE, **{**_shown(uow.session, unit_id, actor, now), "form": form})
    set_roster_week(uow, unit_id, form.checked.week(), actor=actor, now=now)
    return page.redirect("operator_roster", unit_id)


@router.post(f"{_HERE}/days", name="operator_set_days")
def set_days(
    unit_id: int,
    form: Annotated[Filled[RosterDaysPage], filled_in(RosterDaysPage)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    now = clock.now()
    page.if_refused(_PAGE, **{**_shown(uow.session, unit_id, actor, now), "day_form": form})
    told = form.checked
    set_roster_days(uow, unit_id, told.days, windows=told.hours, actor=actor, now=now)
    return page.redirect("operator_roster", unit_id)


@router.post(f"{_HERE}/days/removal", name="operator_unset_day")
def unset_day(
    unit_id: int,
    day: Annotated[Day, Form()],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    unset_roster_day(uow, unit_id, day, actor=actor, now=clock.now())
    return page.redirect("operator_roster", unit_id)


def _shown(session: Session, unit_id: int, actor: Actor, now: datetime) -> dict[str, Any]:
    return {
        "operator": operator_kept_by(session, unit_id, actor),
        "days": roster_days(session, unit_id, local(now).date()),
        "left": off_duty_bookings(session, unit_id, now=now),
        "form": week_form(roster_week(session, unit_id)),
        "day_form": blank(),
    }
