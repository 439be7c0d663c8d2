"""The front door: one search box, kinds, districts, open figures, what is free soonest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import PUBLIC
from booking.access.permissions import Permission
from booking.access.roles import Role
from booking.instruments.queries.catalogue import find_slots
from booking.instruments.queries.found import FoundCard, cards
from booking.instruments.queries.offer import offer
from booking.instruments.queries.remembered import Memory
from booking.instruments.queries.search import Wanted
from booking.instruments.queries.slots import SlotWish
from booking.instruments.rules.categories import Category
from booking.kernel.timespan import TimeSpan
from booking.organisations.queries import any_provider
from booking.organisations.rules import District
from booking.web.clock import ClockDep
from booking.web.memory import memory
from booking.web.rendering import PageDep
from booking.web.transactions import Reading

router = APIRouter()

_SOONEST: Final = timedelta(hours=3)
_WITHIN: Final = timedelta(days=7)
_SHOWN: Final = 3
_OF_COMPANIES: Final = frozenset({Role.COMPANY_MEMBER, Role.COMPANY_ADMIN})


@dataclass(frozen=True, slots=True)
class Soon:
    """An instrument and its earliest free time."""

    card: FoundCard
    span: TimeSpan


@router.get("/", name="home")
def home(
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    known: Annotated[Memory, Depends(memory("slots", Memory))],
    visitor: Annotated[Actor | None, PUBLIC],
) -> Response:
    """What there is, and how to find it; above it what is theirs, for people of companies."""
    offered = offer(session)
    return page.render(
        "home.html",
        offered=offered,
        categories=[
            (one, offered.by_category[one]) for one in Category if offered.by_category[one]
        ],
        districts=[(one, offered.by_district[one]) for one in District if offered.by_district[one]],
        mine=visitor is not None and not _OF_COMPANIES.isdisjoint(visitor.roles),
        reports=visitor is not None and not visitor.guise and _reports(session, visitor),
        soonest=_soonest(session, clock.now(), known),
    )


def _reports(session: Session, actor: Actor) -> bool:
    """Whether anything may be theirs to report: who keeps labs, who runs a provider."""
    if actor.may(Permission.INSTRUMENT_MANAGE):
        return True
    return any_provider(session, actor.reach(Permission.ORGANISATION_MANAGE).organisation_ids)


def _soonest(session: Session, now: datetime, known: Memory) -> Sequence[Soon]:
    wish = SlotWish(_SOONEST, TimeSpan(now, now + _WITHIN), now)
    found = find_slots(session, Wanted(), wish, limit=_SHOWN, memory=known)
    shown = {card.id: card for card in cards(session, [s.instrument_id for s in found], at=now)}
    return [Soon(shown[slot.instrument_id], slot.span) for slot in found]
