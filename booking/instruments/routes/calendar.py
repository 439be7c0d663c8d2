"""An instrument's time by day, by month and as a list; its week stands on its own page."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import PUBLIC
from booking.instruments.calendar.months import AGENDA_DAYS, agenda_of, month_of
from booking.instruments.calendar.week import BookingSource, Shown, days_of, today
from booking.instruments.queries.cards import card_seen_by
from booking.instruments.states import InstrumentState
from booking.kernel.timespan import TimeSpan
from booking.web.clock import ClockDep
from booking.web.moments import day_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading

router = APIRouter()

_PAGE: Final = "instruments/calendar.html"
_A_DAY: Final = timedelta(days=1)
_A_MONTH: Final = timedelta(days=31)


class View(StrEnum):
    """How an instrument's time is shown."""

    DAY = "day"
    MONTH = "month"
    AGENDA = "agenda"


def _bookings(request: Request) -> BookingSource:
    source: BookingSource = request.app.state.booking_source
    return source


BookingsDep = Annotated[BookingSource, Depends(_bookings)]


@router.get("/instruments/{instrument_id}/calendar", name="instrument_calendar")
def calendar(
    instrument_id: int,
    request: Request,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    bookings: BookingsDep,
    visitor: Annotated[Actor | None, PUBLIC],
) -> Response:
    """`view=day`, `month` or `agenda`, around `day`; anything else in the address means today."""
    now = clock.now()
    seen = card_seen_by(session, instrument_id, visitor)
    asked = request.query_params
    view = View(asked["view"]) if asked.get("view") in set(View) else View.DAY
    day = day_in(asked.get("day")) or today(now)
    own = bookings.known(session, visitor, [instrument_id], span=_reach(view, day))
    shown = Shown(None, seen.is_insider, own)
    reading = {"session": session, "instrument_id": instrument_id, "now": now, "shown": shown}
    return page.render(
        _PAGE,
        fragment="calendar",
        card=seen.instrument,
        view=view,
        views=tuple(View),
        day=day,
        this_day=today(now),
        bookable=seen.instrument.state is InstrumentState.PUBLISHED,
        **_shown(view, day, **reading),
    )


def _shown(view: View, day: date, **reading: Any) -> dict[str, Any]:
    session: Session = reading.pop("session")
    instrument_id: int = reading.pop("instrument_id")
    if view is View.MONTH:
        month = month_of(session, instrument_id, day, **reading)
        return {"month": month, "before": month.before, "after": month.after}
    if view is View.AGENDA:
        days = agenda_of(session, instrument_id, day, **reading)
        ahead = AGENDA_DAYS * _A_DAY
        return {"agenda": days, "before": day - ahead, "after": day + ahead}
    one = days_of(session, instrument_id, [day], **reading)
    return {"one": one, "before": day - _A_DAY, "after": day + _A_DAY}


def _reach(view: View, day: date) -> TimeSpan:
    """Enough to hold whatever the view shows."""
    first = day.replace(day=1) if view is View.MONTH else day
    last = {View.DAY: first, View.MONTH: first + _A_MONTH}.get(view, first + AGENDA_DAYS * _A_DAY)
    return TimeSpan(TimeSpan.of_local_day(first).start, TimeSpan.of_local_day(last).end)
