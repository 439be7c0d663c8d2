"""Pages of those who keep instruments: closures, one by one and in series."""

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.instruments.actions.close import Closing, close, lift
from booking.instruments.actions.close_series import Series, close_series, end_series
from booking.instruments.forms.pages import ClosurePage, SeriesPage
from booking.instruments.models.calendar import ClosureKind
from booking.instruments.queries.cards import closures_after
from booking.instruments.queries.series import series_after
from booking.instruments.routes.management import kept_card
from booking.instruments.rules.recurring import Frequency
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.moments import Day
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Keeper = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE)]
_CLOSURES, _SERIES = (f"instruments/manage/{name}.html" for name in ("closures", "series"))
_HERE: Final = "/manage/instruments/{instrument_id}"
_PLANNED: Final = (ClosureKind.MAINTENANCE, ClosureKind.OTHER)


@router.get(f"{_HERE}/closures", name="instrument_closures")
def closures_page(
    instrument_id: int, session: Reading, page: PageDep, clock: ClockDep, actor: Keeper
) -> Response:
    shown = _shown(session, instrument_id, actor, clock.now())
    return page.render(_CLOSURES, **shown, form=blank(kind=ClosureKind.MAINTENANCE))


@router.post(f"{_HERE}/closures", name="instrument_close")
def add_closure(
    instrument_id: int,
    form: Annotated[Filled[ClosurePage], filled_in(ClosurePage)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    now = clock.now()
    page.if_refused(_CLOSURES, **_shown(uow.session, instrument_id, actor, now), form=form)
    told = form.checked
    wanted = Closing(told.span, told.kind, told.reason)
    close(uow, instrument_id, wanted, actor=actor, now=now)
    return page.redirect("instrument_closures", instrument_id)


@router.post("/manage/closures/{closure_id}/lifting", name="closure_lift")
def lift_closure(
    closure_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Keeper
) -> Response:
    closure = lift(uow, closure_id, actor=actor, now=clock.now())
    return page.redirect("instrument_closures", closure.instrument_id)


@router.get(f"{_HERE}/series", name="instrument_series")
def series_page(
    instrument_id: int, session: Reading, page: PageDep, clock: ClockDep, actor: Keeper
) -> Response:
    shown = _series_shown(session, instrument_id, actor, clock.now())
    form = blank(kind=ClosureKind.MAINTENANCE, frequency=Frequency.WEEKLY, every=1)
    return page.render(_SERIES, **shown, form=form)


@router.post(f"{_HERE}/series", name="instrument_close_series")
def add_series(
    instrument_id: int,
    form: Annotated[Filled[SeriesPage], filled_in(SeriesPage)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    now = clock.now()
    page.if_refused(_SERIES, **_series_shown(uow.session, instrument_id, actor, now), form=form)
    told = form.checked
    first = Closing(told.span, told.kind, told.reason)
    wanted = Series(first, told.repeat, told.only_free)
    close_series(uow, instrument_id, wanted, actor=actor, now=now)
    return page.redirect("instrument_series", instrument_id)


@router.post("/manage/closure-series/{series_id}/end", name="series_end")
def end(
    series_id: int,
    since: Annotated[Day, Form()],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    series = end_series(uow, series_id, since, actor=actor, now=clock.now())
    return page.redirect("instrument_series", series.instrument_id)


def _shown(session: Session, instrument_id: int, actor: Actor, now: datetime) -> dict[str, Any]:
    return {
        "kept": kept_card(session, instrument_id, actor),
        "rows": closures_after(session, instrument_id, now),
        "kinds": _PLANNED,
    }


def _series_shown(
    session: Session, instrument_id: int, actor: Actor, now: datetime
) -> dict[str, Any]:
    return {
        "kept": kept_card(session, instrument_id, actor),
        "series": series_after(session, instrument_id, now),
        "kinds": _PLANNED,
        "frequencies": tuple(Frequency),
    }
