"""JSON: when an operator is on duty, and which bookings that leaves alone."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.instruments.actions.set_roster import (
    set_roster_days,
    set_roster_week,
    unset_roster_day,
)
from booking.instruments.forms.terms import HoursForm, WindowForm, week_of
from booking.instruments.queries.rosters import operator_kept_by
from booking.instruments.queries.settings import roster_days, roster_week
from booking.instruments.rules.opening import Hours, clock_text
from booking.kernel.clock import local
from booking.reservations.queries.off_duty import off_duty_bookings
from booking.web.clock import ClockDep
from booking.web.moments import Day
from booking.web.transactions import Reading, Transaction

router = APIRouter(tags=["reservations"])

Keeper = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE)]
Week = Annotated[list[HoursForm], Field(max_length=70)]
Windows = Annotated[list[WindowForm], Field(max_length=10)]


class WindowOut(BaseModel):
    """A window of duty; what ends before it begins lasts over midnight."""

    opens: str
    closes: str

    @classmethod
    def of(cls, hours: Hours) -> "WindowOut":
        return cls(opens=clock_text(hours.opens), closes=clock_text(hours.closes))


class WeeklyOut(WindowOut):
    """A window of duty every week."""

    weekday: int


class DutyDayOut(BaseModel):
    """A day on which duty differs; without a window the operator is absent."""

    day: date
    windows: list[WindowOut]


class RosterOut(BaseModel):
    """An operator's roster from today on; `off_duty` are bookings that lie outside it."""

    unit_id: int
    label: str
    week: list[WeeklyOut]
    days: list[DutyDayOut]
    off_duty: list[str]


@router.get("/operators/{unit_id}/roster")
def get_roster(unit_id: int, session: Reading, clock: ClockDep, actor: Keeper) -> RosterOut:
    """When the operator is on duty; without weekly windows, whenever the instrument is open."""
    return _roster(session, unit_id, actor, clock.now())


@router.put("/operators/{unit_id}/roster")
def put_roster(
    unit_id: int, body: Week, uow: Transaction, clock: ClockDep, actor: Keeper
) -> RosterOut:
    """Replace the weekly windows; bookings that are made stay and are named in `off_duty`."""
    set_roster_week(uow, unit_id, week_of(body), actor=actor, now=clock.now())
    return _roster(uow.session, unit_id, actor, clock.now())


@router.put("/operators/{unit_id}/days/{day}")
def put_duty_day(
    unit_id: int, day: Day, body: Windows, uow: Transaction, clock: ClockDep, actor: Keeper
) -> RosterOut:
    """Duty on one day that differs from the week's; none means absent."""
    windows = [one.hours for one in body]
    set_roster_days(uow, unit_id, (day, day), windows=windows, actor=actor, now=clock.now())
    return _roster(uow.session, unit_id, actor, clock.now())


@router.delete("/operators/{unit_id}/days/{day}")
def delete_duty_day(
    unit_id: int, day: Day, uow: Transaction, clock: ClockDep, actor: Keeper
) -> RosterOut:
    """On duty as every week again."""
    unset_roster_day(uow, unit_id, day, actor=actor, now=clock.now())
    return _roster(uow.session, unit_id, actor, clock.now())


def _roster(session: Session, unit_id: int, actor: Actor, now: datetime) -> RosterOut:
    operator = operator_kept_by(session, unit_id, actor)
    return RosterOut(
        unit_id=unit_id,
        label=operator.label,
        week=[
            WeeklyOut(weekday=one.weekday, **WindowOut.of(one.hours).model_dump())
            for one in roster_week(session, unit_id)
        ],
        days=[
            DutyDayOut(day=one.day, windows=[WindowOut.of(hours) for hours in one.said.windows])
            for one in roster_days(session, unit_id, local(now).date())
        ],
        off_duty=[one.number for one in off_duty_bookings(session, unit_id, now=now)],
    )
