"""JSON: when whole labs and the whole zone are open; an instrument's own hours stand above it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.instruments.actions.set_shared_calendar import (
    set_lab_day,
    set_lab_week,
    set_zone_day,
    unset_lab_day,
    unset_zone_day,
)
from booking.instruments.api.shapes import HoursOut, windows_out
from booking.instruments.calendar.week import today
from booking.instruments.forms.terms import DayForm, HoursForm, week_of
from booking.instruments.queries.kept import lab_kept_by
from booking.instruments.queries.settings import OwnDay, lab_days, lab_week, zone_days
from booking.instruments.rules.opening import clock_text
from booking.web.clock import ClockDep
from booking.web.moments import Day
from booking.web.transactions import Reading, Transaction

router = APIRouter(tags=["instruments"])

Keeper = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE)]
CalendarKeeper = Annotated[Actor, requires(Permission.CALENDAR_MANAGE)]
Week = Annotated[list[HoursForm], Field(max_length=70)]


class WindowOut(BaseModel):
    """A window of a day; what closes before it opens lasts over midnight."""

    opens: str
    closes: str


class DayOut(BaseModel):
    """A day that differs from the week; without a window it is closed."""

    day: date
    windows: list[WindowOut]
    reason: str


class DayList(BaseModel):
    """The days from today on, in order."""

    items: list[DayOut]


@router.get("/labs/{lab_id}/opening-hours")
def get_lab_hours(lab_id: int, session: Reading, actor: Keeper) -> list[HoursOut]:
    """The weekly hours of a lab's instruments that have none of their own."""
    lab_kept_by(session, lab_id, actor)
    return windows_out(lab_week(session, lab_id))


@router.put("/labs/{lab_id}/opening-hours")
def put_lab_hours(
    lab_id: int, body: Week, uow: Transaction, clock: ClockDep, actor: Keeper
) -> list[HoursOut]:
    """Replace them; several windows a day, 24:00 allowed."""
    set_lab_week(uow, lab_id, week_of(body), actor=actor, now=clock.now())
    return windows_out(lab_week(uow.session, lab_id))


@router.get("/labs/{lab_id}/days")
def get_lab_days(lab_id: int, session: Reading, clock: ClockDep, actor: Keeper) -> DayList:
    """On which days the lab is open otherwise."""
    lab_kept_by(session, lab_id, actor)
    return _of_lab(session, lab_id, clock.now())


@router.put("/labs/{lab_id}/days/{day}")
def put_lab_day(
    lab_id: int, day: Day, body: DayForm, uow: Transaction, clock: ClockDep, actor: Keeper
) -> DayList:
    """Give one day its own windows; none closes the lab."""
    now = clock.now()
    set_lab_day(uow, lab_id, day, said=body.said, actor=actor, now=now)
    return _of_lab(uow.session, lab_id, now)


@router.delete("/labs/{lab_id}/days/{day}", status_code=204)
def delete_lab_day(lab_id: int, day: Day, uow: Transaction, clock: ClockDep, actor: Keeper) -> None:
    """Let the usual hours hold on a day again."""
    unset_lab_day(uow, lab_id, day, actor=actor, now=clock.now())


@router.get("/zone/days")
def get_zone_days(session: Reading, clock: ClockDep, actor: CalendarKeeper) -> DayList:
    """On which days the whole zone is open otherwise; the zone has no weekly hours."""
    return _of_zone(session, clock.now())


@router.put("/zone/days/{day}")
def put_zone_day(
    day: Day, body: DayForm, uow: Transaction, clock: ClockDep, actor: CalendarKeeper
) -> DayList:
    """Give one day its own windows everywhere; none closes the zone."""
    now = clock.now()
    set_zone_day(uow, day, said=body.said, actor=actor, now=now)
    return _of_zone(uow.session, now)


@router.delete("/zone/days/{day}", status_code=204)
def delete_zone_day(day: Day, uow: Transaction, clock: ClockDep, actor: CalendarKeeper) -> None:
    """Let a day be as usual in the zone again."""
    unset_zone_day(uow, day, actor=actor, now=clock.now())


def _of_lab(session: Session, lab_id: int, now: datetime) -> DayList:
    return _listed(lab_days(session, lab_id, today(now)))


def _of_zone(session: Session, now: datetime) -> DayList:
    return _listed(zone_days(session, today(now)))


def _listed(days: Sequence[OwnDay]) -> DayList:
    return DayList(
        items=[
            DayOut(
                day=one.day,
                windows=[
                    WindowOut(opens=clock_text(hours.opens), closes=clock_text(hours.closes))
                    for hours in one.said.windows
                ],
                reason=one.said.reason,
            )
            for one in days
        ]
    )
