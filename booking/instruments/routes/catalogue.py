"""Public pages: search, one instrument with its week."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import PUBLIC
from booking.access.permissions import Permission
from booking.instruments.calendar.week import Shown, WeekView, today, week_around, week_of
from booking.instruments.forms.finding import Filters, SubsidiesDep, narrowed_to
from booking.instruments.queries.attachments import first_pictures, papers_for, pictures_of
from booking.instruments.queries.cards import ClosureRow, SeenCard, card_seen_by, closures_after
from booking.instruments.queries.catalogue import Asking, Listing, find_cards
from booking.instruments.queries.customers import customer_of
from booking.instruments.queries.facets import Facets, facets
from booking.instruments.queries.faults import out_of_service
from booking.instruments.queries.ordering import Order
from booking.instruments.queries.remembered import Memory
from booking.instruments.queries.search import START, Place, Wanted
from booking.instruments.routes.calendar import BookingsDep
from booking.instruments.routes.narrowing import as_far_as_readable, facet_rows
from booking.instruments.rules.categories import Category, category_of
from booking.instruments.rules.opening import clock_text
from booking.instruments.rules.price_bands import PriceBand
from booking.instruments.rules.tariff import Consumable
from booking.instruments.rules.terms import ServiceMode
from booking.instruments.states import InstrumentState
from booking.kernel.clock import local
from booking.kernel.timespan import TimeSpan
from booking.organisations.rules import District
from booking.web.clock import ClockDep
from booking.web.memory import memory
from booking.web.moments import day_in, instant_in
from booking.web.paging import WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading

router = APIRouter()

Visitor = Annotated[Actor | None, PUBLIC]
MemoryDep = Annotated[Memory, Depends(memory("slots", Memory))]
_LIST, _ONE = (f"instruments/{name}.html" for name in ("list", "instrument"))


@dataclass(frozen=True, slots=True)
class Selection:
    """What an address selects on an instrument's page: a week, perhaps a span in it."""

    day: date
    span: TimeSpan | None


@router.get("/instruments", name="instruments")
def catalogue(
    request: Request,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    window: WindowDep,
    known: MemoryDep,
    programmes: SubsidiesDep,
    visitor: Visitor,
) -> Response:
    """Search and filters; nothing typed is lost, and nothing wrong keeps the rest from showing."""
    form, filters = as_far_as_readable(Filters, request)
    now = clock.now()
    assumed = (
        programmes.assumed(session, visitor, day=today(now)) if filters.asks_programmes else None
    )
    wanted, ordering = narrowed_to(filters, assumed)
    found = find_cards(
        session,
        wanted,
        asking=Asking(visitor, now, known, ordering, customer_of(session, visitor)),
        free=filters.free,
        after=Place(*place) if (place := window.place(int, int)) else START,
        limit=window.take,
    )
    cut = window.cut(found.items, key=lambda listed: tuple(listed.place))
    # Counts for what is on the page, where they can be had without looking at calendars.
    counted = _counted(session, wanted, found, visitor=visitor) if not filters.free else None
    asked = {name: form.value(name) for name in Filters.model_fields}
    return page.render(
        _LIST,
        fragment="results",
        form=form,
        found=found,
        items=cut.items,
        facets=facet_rows(session, counted, page, asked) if counted else (),
        next_url=page.url("instruments", **asked, cursor=cut.next_cursor)
        if cut.next_cursor
        else "",
        categories=tuple(Category),
        districts=tuple(District),
        modes=tuple(ServiceMode),
        prices=tuple(PriceBand),
        orders=(Order.EARLIEST, Order.PRICE, Order.AFTER_SUBSIDY, Order.DISTANCE),
        assumed=assumed,
        pictures=first_pictures(session, [listed.card.id for listed in cut.items]),
        free=filters.free,
        asked={name: value for name, value in asked.items() if value and name != "q"},
    )


def _counted(
    session: Session, wanted: Wanted, found: Listing, *, visitor: Actor | None
) -> Facets | None:
    """Counts for what was found; none where it was found by guessing."""
    if found.loosely:
        return None
    meant = replace(wanted, words=found.words or wanted.words)
    return facets(session, meant, actor=visitor)


@router.get("/instruments/{instrument_id}", name="instrument")
def instrument(
    instrument_id: int,
    request: Request,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    bookings: BookingsDep,
    visitor: Visitor,
) -> Response:
    """The card, the week's calendar, prices; the booking panel comes by its own address."""
    now = clock.now()
    seen = card_seen_by(session, instrument_id, visitor)
    chosen = _selection(request, now)
    week = week_of(
        session,
        instrument_id,
        chosen.day,
        now=now,
        shown=Shown(
            chosen.span,
            seen.is_insider,
            bookings.known(session, visitor, [instrument_id], span=week_around(chosen.day)),
        ),
    )
    return page.render(
        _ONE,
        fragment="week",
        seen=seen,
        card=seen.instrument,
        category=category_of(seen.instrument.category_code),
        week=week,
        this_week=today(now),
        span=chosen.span,
        prices=_prices(week),
        peaks=_peaks(week),
        bookable=seen.instrument.state is InstrumentState.PUBLISHED,
        keeps=_keeps(seen, visitor),
        closures=_planned(session, seen, now),
        out=partial(out_of_service, session, seen.instrument.key, now),
        # Asked by the page alone, not by its week.
        pictures=partial(pictures_of, session, instrument_id),
        papers=partial(papers_for, session, seen, visitor),
    )


def _selection(request: Request, now: datetime) -> Selection:
    """`week=2026-11-23`, or `start` and `end` of a span; anything else means this week."""
    span = _span(request.query_params.get("start"), request.query_params.get("end"))
    day = day_in(request.query_params.get("week"))
    return Selection(day or (local(span.start).date() if span else today(now)), span)


def _span(start: str | None, end: str | None) -> TimeSpan | None:
    since, until = instant_in(start), instant_in(end)
    return TimeSpan(since, until) if since and until and since < until else None


@dataclass(frozen=True, slots=True)
class PriceRow:
    """What one kind of customer pays."""

    customer_class: str
    hour_fen: int
    sample_fen: int
    staff_hour_fen: int
    minimum_fen: int
    day_fen: int | None
    steps: Sequence[tuple[str, int]]
    free_minutes: int
    late_cancel_fen: int
    no_show_fen: int
    consumables: Sequence[Consumable]


def _prices(week: WeekView) -> Sequence[PriceRow]:
    tariff = week.terms.tariff
    if tariff is None:
        return ()
    return [
        PriceRow(
            name,
            prices.hour_fen,
            prices.sample_fen,
            prices.staff_hour_fen,
            prices.minimum_fen,
            prices.day_fen,
            [(f"{step.over_minutes / 60:g}", step.hour_fen) for step in prices.steps],
            prices.free_minutes,
            prices.late_cancel_fen,
            prices.no_show_fen,
            tariff.consumables_for(name),
        )
        for name, prices in tariff.classes.items()
    ]


@dataclass(frozen=True, slots=True)
class PeakRow:
    """At which hours of which days the price is another."""

    days: Sequence[date]
    opens: str
    closes: str
    factor: str


def _peaks(week: WeekView) -> Sequence[PeakRow]:
    bands = week.terms.tariff.peak if week.terms.tariff else ()
    return [
        PeakRow(
            [week.days[weekday - 1] for weekday in sorted(band.weekdays)],
            clock_text(band.from_minute),
            clock_text(band.to_minute),
            f"{band.factor.normalize():f}",
        )
        for band in bands
    ]


def _keeps(seen: SeenCard, visitor: Actor | None) -> bool:
    return visitor is not None and visitor.may_for(
        Permission.INSTRUMENT_MANAGE,
        organisation_id=seen.organisation_id,
        lab_id=seen.instrument.lab_id,
    )


def _planned(session: Session, seen: SeenCard, now: datetime) -> Sequence[ClosureRow]:
    """Only those who keep it read the list; everybody sees closures in the calendar."""
    return closures_after(session, seen.instrument.key, now) if seen.is_insider else ()
