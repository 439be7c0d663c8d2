"""The slot finder: how long, when, in which mode; the earliest times of each instrument."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import PUBLIC
from booking.instruments.forms.finding import Finder
from booking.instruments.queries.catalogue import find_slots
from booking.instruments.queries.customers import customer_of
from booking.instruments.queries.found import FoundCard, cards
from booking.instruments.queries.remembered import Memory
from booking.instruments.queries.slots import Slot
from booking.instruments.routes.narrowing import as_far_as_readable
from booking.instruments.rules.categories import Category
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.timespan import TimeSpan
from booking.organisations.rules import District
from booking.web.clock import ClockDep
from booking.web.memory import memory
from booking.web.rendering import PageDep
from booking.web.transactions import Reading

router = APIRouter()

_MOST_INSTRUMENTS: Final = 20


@dataclass(slots=True)
class FreeTimes:
    """A card and its earliest free times, in order."""

    card: FoundCard
    spans: list[TimeSpan] = field(default_factory=list)


@router.get("/slots", name="slots")
def slots(
    request: Request,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    known: Annotated[Memory, Depends(memory("slots", Memory))],
    visitor: Annotated[Actor | None, PUBLIC],
) -> Response:
    """The earliest free times of a length on whatever matches, each a link into its booking."""
    now = clock.now()
    form, finder = as_far_as_readable(Finder, request)
    found = find_slots(
        session,
        finder.wanted,
        finder.wish(now, customer_of(session, visitor)),
        limit=_MOST_INSTRUMENTS * finder.per_instrument,
        memory=known,
    )
    return page.render(
        "instruments/slots.html",
        fragment="slots",
        form=form,
        finder=finder,
        found=_by_instrument(session, found, now=now),
        categories=tuple(Category),
        districts=tuple(District),
        modes=tuple(ServiceMode),
    )


def _by_instrument(session: Session, found: Sequence[Slot], *, now: datetime) -> list[FreeTimes]:
    """Whatever is free first comes first."""
    ids = list(dict.fromkeys(slot.instrument_id for slot in found))
    times = {card.id: FreeTimes(card) for card in cards(session, ids, at=now)}
    for slot in found:
        times[slot.instrument_id].spans.append(slot.span)
    return [times[one] for one in ids]
