"""JSON: the catalogue, free time, the earliest slots."""

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from booking.access.actor import Actor
from booking.access.guards import PUBLIC
from booking.instruments.errors import SpanBackwards, SpanTooLong
from booking.instruments.forms.finding import SubsidiesDep, free_during
from booking.instruments.queries.cards import card_seen_by
from booking.instruments.queries.catalogue import Asking, find_cards, find_slots
from booking.instruments.queries.customers import customer_of
from booking.instruments.queries.found import FoundCard
from booking.instruments.queries.free import availability
from booking.instruments.queries.ordering import Order, Ordering
from booking.instruments.queries.remembered import Memory
from booking.instruments.queries.search import START, Place, Wanted
from booking.instruments.queries.slots import SlotWish
from booking.instruments.rules.card import ResourceKind
from booking.instruments.rules.price_bands import PriceBand
from booking.instruments.rules.terms import ServiceMode
from booking.instruments.states import InstrumentState
from booking.kernel.clock import local
from booking.kernel.timespan import TimeSpan
from booking.organisations.rules import District
from booking.web.clock import ClockDep
from booking.web.json import AwareMoment
from booking.web.memory import memory
from booking.web.paging import WindowDep
from booking.web.transactions import Reading

router = APIRouter(tags=["instruments"])

Visitor = Annotated[Actor | None, PUBLIC]
MemoryDep = Annotated[Memory, Depends(memory("slots", Memory))]
LONGEST: Final = timedelta(days=92)
_LARGEST: Final = 2000
_MOST_EACH: Final = 50


class CardLine(BaseModel):
    """A card in a list."""

    id: int
    name: str
    name_en: str
    state: InstrumentState
    category_code: str
    district: str
    model: str
    service_modes: list[str]
    resource_kind: ResourceKind
    lab_id: int
    lab_name: str
    organisation_id: int
    organisation_name: str
    hour_price: str | None


class CardList(BaseModel):
    items: list[CardLine]
    next_cursor: str | None


class FreeOut(BaseModel):
    """Time during which the same places are free."""

    start: AwareMoment
    end: AwareMoment
    units_free: int


class MissingYear(BaseModel):
    """A year without statutory calendar, in which nobody can say what is open."""

    code: str = "opening.no_calendar"
    params: dict[str, int]


class AvailabilityOut(BaseModel):
    """Open hours minus holds and buffers."""

    free: list[FreeOut]
    violations: list[MissingYear]


class SlotOut(BaseModel):
    """The earliest free slot of an instrument."""

    instrument_id: int
    start: AwareMoment
    end: AwareMoment


class SlotList(BaseModel):
    items: list[SlotOut]


def wanted(
    q: Annotated[str, Query(max_length=200)] = "",
    category: Annotated[str, Query(max_length=8)] = "",
    district: Annotated[str, Query(max_length=32)] = "",
    lab: int | None = None,
    mode: ServiceMode | None = None,
    price: PriceBand | None = None,
) -> Wanted:
    """What an address asks for."""
    return Wanted(
        words=q,
        category=category,
        district=district,
        lab_id=lab,
        mode=mode or "",
        price=price or "",
    )


def asked_span(start: AwareMoment, end: AwareMoment) -> TimeSpan:
    """The span in an address; refused when it ends before it starts or is very long."""
    if start >= end:
        raise SpanBackwards
    if end - start > LONGEST:
        raise SpanTooLong(days=LONGEST.days)
    return TimeSpan(start, end)


def asked_order(sort: Order = Order.RELEVANCE, near: District | None = None) -> Ordering:
    """The order an address asks for."""
    return Ordering(sort, near=near or "")


OrderingDep = Annotated[Ordering, Depends(asked_order)]
WantedDep = Annotated[Wanted, Depends(wanted)]
SpanDep = Annotated[TimeSpan, Depends(asked_span)]


@router.get("/instruments")
def list_instruments(
    wanted: WantedDep,
    session: Reading,
    window: WindowDep,
    clock: ClockDep,
    known: MemoryDep,
    visitor: Visitor,
    ordering: OrderingDep,
    programmes: SubsidiesDep,
    *,
    subsidised: bool = False,
    free_from: AwareMoment | None = None,
    free_to: AwareMoment | None = None,
) -> CardList:
    """What is found; with `free_from` and `free_to`, what is free for that whole time;
    one of them alone means the hour beside it. With `subsidised` only what programmes pay for:
    for the caller's company by its qualifications of today, else for any that may claim."""
    free = free_during(free_from, free_to)
    if free and free.length > LONGEST:
        raise SpanTooLong(days=LONGEST.days)
    now = clock.now()
    if subsidised or ordering.order is Order.AFTER_SUBSIDY:
        assumed = programmes.assumed(session, visitor, day=local(now).date())
        ordering = replace(ordering, schemes=assumed.schemes)
        wanted = replace(wanted, schemes=assumed.schemes) if subsidised else wanted
    found = find_cards(
        session,
        wanted,
        asking=Asking(visitor, now, known, ordering, customer_of(session, visitor)),
        free=free,
        after=Place(*place) if (place := window.place(int, int)) else START,
        limit=window.take,
    )
    cut = window.cut(found.items, key=lambda listed: tuple(listed.place))
    return CardList(items=[_line(listed.card) for listed in cut.items], next_cursor=cut.next_cursor)


@router.get("/instruments/{instrument_id}/availability")
def read_availability(
    instrument_id: int, span: SpanDep, session: Reading, visitor: Visitor
) -> AvailabilityOut:
    """When it is free between `start` and `end`."""
    card_seen_by(session, instrument_id, visitor)
    found = availability(session, instrument_id, span)
    pieces = found.pieces if found.terms.published else ()
    return AvailabilityOut(
        free=[
            FreeOut(start=piece.span.start, end=piece.span.end, units_free=piece.units_free)
            for piece in pieces
        ],
        violations=[MissingYear(params={"year": year}) for year in found.missing_years],
    )


@router.get("/slots")
def list_slots(
    duration_minutes: Annotated[int, Query(ge=1, le=60 * 24 * 62)],
    span: SpanDep,
    wanted: WantedDep,
    session: Reading,
    clock: ClockDep,
    known: MemoryDep,
    visitor: Visitor,
    limit: Annotated[int, Query(ge=1, le=_LARGEST)] = 20,
    per_instrument: Annotated[int, Query(ge=1, le=_MOST_EACH)] = 1,
) -> SlotList:
    """The earliest free slots of each matching instrument, earliest first.

    As long as was asked, in whole steps of the instrument's grid; with `mode=assisted`, with a free
    operator where the instrument has any. Notice and horizon are those of whoever asks.
    """
    wish = SlotWish(
        timedelta(minutes=duration_minutes),
        span,
        clock.now(),
        customer=customer_of(session, visitor),
        per_instrument=per_instrument,
    )
    found = find_slots(session, wanted, wish, limit=limit, memory=known)
    return SlotList(
        items=[
            SlotOut(instrument_id=slot.instrument_id, start=slot.span.start, end=slot.span.end)
            for slot in found
        ]
    )


def _line(card: FoundCard) -> CardLine:
    return CardLine.model_validate(asdict(card))
