"""What the catalogue can be narrowed to, and when something is to be free, as addresses ask."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import Depends, Request
from pydantic import BaseModel, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from booking.instruments.errors import SpanBackwards
from booking.instruments.queries.ordering import Order, Ordering
from booking.instruments.queries.search import Wanted
from booking.instruments.queries.slots import SlotWish
from booking.instruments.queries.subsidised import SubsidySource
from booking.instruments.rules.categories import Category
from booking.instruments.rules.customer import Customer
from booking.instruments.rules.price_bands import PriceBand
from booking.instruments.rules.subsidised import Assumed
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.clock import local
from booking.kernel.timespan import TimeSpan, local_midnight
from booking.organisations.rules import District
from booking.web.forms import LocalMoment
from booking.web.moments import Day

# An end nobody named: whoever says only from when on wants at least this long.
_AT_LEAST: Final = timedelta(hours=1)


def free_during(start: datetime | None, end: datetime | None) -> TimeSpan | None:
    """The span both ends name, the hour beside the only one, or nothing; SpanBackwards."""
    since = start or (end - _AT_LEAST if end else None)
    until = end or (start + _AT_LEAST if start else None)
    if since is None or until is None:
        return None
    if since >= until:
        raise SpanBackwards
    return TimeSpan(since, until)


class Filters(BaseModel):
    """What the catalogue can be narrowed to; every filter is in the address."""

    q: Annotated[str, Field(max_length=200)] = ""
    category: Category | None = None
    district: District | None = None
    mode: ServiceMode | None = None
    price: PriceBand | None = None
    lab: int | None = None
    subsidised: bool = False
    sort: Order = Order.RELEVANCE
    near: District | None = None
    free_from: LocalMoment | None = None
    free_to: LocalMoment | None = None

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            words=self.q,
            category=self.category or "",
            district=self.district or "",
            lab_id=self.lab,
            mode=self.mode or "",
            price=self.price or "",
        )

    @property
    def ordering(self) -> Ordering:
        return Ordering(self.sort, near=self.near or "")

    @property
    def asks_programmes(self) -> bool:
        """Whether it matters what public programmes pay."""
        return self.subsidised or self.sort is Order.AFTER_SUBSIDY

    @field_validator("free_to")
    @classmethod
    def _in_order(cls, free_to: datetime | None, told: ValidationInfo) -> datetime | None:
        try:
            free_during(told.data.get("free_from"), free_to)
        except SpanBackwards as broken:
            raise PydanticCustomError("span.backwards", "ends before it starts") from broken
        return free_to

    @property
    def free(self) -> TimeSpan | None:
        return free_during(self.free_from, self.free_to)


def _programmes(request: Request) -> SubsidySource:
    source: SubsidySource = request.app.state.subsidy_source
    return source


SubsidiesDep = Annotated[SubsidySource, Depends(_programmes)]


def narrowed_to(filters: Filters, assumed: Assumed | None) -> tuple[Wanted, Ordering]:
    """What is looked for and in which order, where programmes matter with those that hold."""
    if assumed is None:
        return filters.wanted, filters.ordering
    wanted = replace(filters.wanted, schemes=assumed.schemes if filters.subsidised else None)
    return wanted, replace(filters.ordering, schemes=assumed.schemes)


class Finder(Filters):
    """How long, in how many days from when, how many times of each instrument."""

    hours: Annotated[float, Field(ge=0.25, le=240)] = 3
    days: Annotated[int, Field(ge=1, le=31)] = 7
    since: Day | None = None
    per_instrument: Annotated[int, Field(ge=1, le=10)] = 3

    def wish(self, now: datetime, customer: Customer) -> SlotWish:
        """What to look for, from the day asked for on, not before now."""
        start = now
        if self.since and self.since > local(now).date():
            start = local_midnight(self.since)
        return SlotWish(
            timedelta(minutes=round(self.hours * 60)),
            TimeSpan(start, start + timedelta(days=self.days)),
            now,
            customer=customer,
            per_instrument=self.per_instrument,
        )
