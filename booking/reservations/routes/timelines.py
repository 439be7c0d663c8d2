"""Timelines: all instruments of a lab, or some that somebody compares; a day or a week of them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request, Response

from booking.access.actor import Actor
from booking.access.guards import PUBLIC, requires
from booking.access.permissions import Permission
from booking.instruments.calendar.week import reach_of
from booking.instruments.routes.calendar import BookingsDep
from booking.instruments.routes.catalogue import MemoryDep
from booking.kernel.clock import local
from booking.reservations.calendar.day import days_of_lab
from booking.reservations.calendar.side_by_side import Sources, side_by_side
from booking.reservations.queries.booked import booked_in_lab
from booking.reservations.queries.day import labs_hosted_by
from booking.reservations.routes.day import chosen
from booking.web.clock import ClockDep
from booking.web.moments import day_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading
from booking.web.week import days_of_week

router = APIRouter()

View = Literal["day", "week"]
MOST_COMPARED: Final = 12
_PAGE: Final = "reservations/timeline.html"
_LENGTHS: Final = {"day": timedelta(days=1), "week": timedelta(days=7)}


@router.get("/manage/labs/{lab_id}/timeline", name="lab_timeline")
def of_lab(
    lab_id: int,
    request: Request,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Annotated[Actor, requires(Permission.RESERVATION_HOST)],
) -> Response:
    """All instruments of a lab that the reader runs: who is in, who is late, who comes next."""
    now = clock.now()
    labs = labs_hosted_by(session, actor)
    lab = chosen(labs, lab_id)
    view, day = _asked(request, local(now).date())
    days = _days(view, day)
    booked = booked_in_lab(session, lab.id, reach_of(days))
    return page.render(
        _PAGE,
        fragment="timeline",
        lab=lab,
        labs=labs,
        line=days_of_lab(session, lab.id, days, booked=booked, now=now),
        here=f"/manage/labs/{lab.id}/timeline",
        ids=(),
        **_around(view, day, local(now).date()),
    )


@router.get("/timeline", name="timeline")
def comparison(
    request: Request,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    bookings: BookingsDep,
    known: MemoryDep,
    visitor: Annotated[Actor | None, PUBLIC],
    instrument: Annotated[Sequence[str], Query()] = (),
) -> Response:
    """`instrument=7&instrument=9`: what is free when; of others' time only that it is taken."""
    now = clock.now()
    view, day = _asked(request, local(now).date())
    ids = [int(one) for one in instrument if one.isdecimal() and len(one) < 16][:MOST_COMPARED]
    line = side_by_side(
        session,
        ids,
        _days(view, day),
        visitor=visitor,
        sources=Sources(bookings, known),
        now=now,
    )
    return page.render(
        _PAGE,
        fragment="timeline",
        lab=None,
        labs=(),
        line=line,
        here="/timeline",
        ids=[placed.row.key for placed in line.rows],
        **_around(view, day, local(now).date()),
    )


def _asked(request: Request, today: date) -> tuple[View, date]:
    """What the address says; anything else means today."""
    asked = request.query_params
    view: View = "week" if asked.get("view") == "week" else "day"
    return view, day_in(asked.get("day")) or today


def _days(view: View, day: date) -> Sequence[date]:
    return days_of_week(day) if view == "week" else [day]


def _around(view: View, day: date, today: date) -> dict[str, Any]:
    length = _LENGTHS[view]
    return {
        "view": view,
        "day": day,
        "today": today,
        "before": day - length,
        "after": day + length,
    }
