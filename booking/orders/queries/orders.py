"""Orders as those read them who may: the company, the lab, the centre."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.accounts.models import User
from booking.instruments.models.tables import INSTRUMENT
from booking.instruments.queries.cards import LAB, ORGANISATION, Insider
from booking.instruments.rules.terms import ServiceMode
from booking.instruments.states import InstrumentState
from booking.kernel.errors import NotFound
from booking.orders.models import ORDER, QUOTE, SAMPLE, ServiceOrder
from booking.orders.states import OPEN, OrderState, QuoteState

_PERSON: Final[sa.Table] = User.__table__  # type: ignore[attr-defined]  # SQLModel adds it


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """An order in lists and on its page."""

    id: int
    number: str
    organisation_id: int
    company: str
    company_en: str
    instrument_id: int
    instrument: str
    instrument_en: str
    lab_id: int
    lab: str
    provider_id: int
    asked_by: int
    asker: str
    wishes: str
    standard: str
    by_day: date
    state: OrderState
    state_reason: str
    accept_by: date | None
    version: int
    created_at: datetime
    samples: int

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.state in OPEN


_SAMPLES: Final = (
    sa.select(sa.func.coalesce(sa.func.sum(SAMPLE.c.count), 0))
    .where(SAMPLE.c.order_id == ORDER.c.id)
    .scalar_subquery()
)
_ROWS: Final[sa.Select[Any]] = sa.select(
    *(ORDER.c.id, ORDER.c.number, ORDER.c.organisation_id, ORGANISATION.c.name.label("company")),
    ORGANISATION.c.name_en.label("company_en"),
    *(ORDER.c.instrument_id, INSTRUMENT.c.name.label("instrument")),
    *(INSTRUMENT.c.name_en.label("instrument_en"), ORDER.c.lab_id, LAB.c.name.label("lab")),
    *(LAB.c.organisation_id.label("provider_id"), ORDER.c.asked_by),
    *(_PERSON.c.name.label("asker"), ORDER.c.wishes, ORDER.c.standard, ORDER.c.by_day),
    *(ORDER.c.state, ORDER.c.state_reason, ORDER.c.accept_by, ORDER.c.version),
    *(ORDER.c.created_at, _SAMPLES.label("samples")),
).select_from(
    ORDER.join(ORGANISATION, ORGANISATION.c.id == ORDER.c.organisation_id)
    .join(INSTRUMENT, INSTRUMENT.c.id == ORDER.c.instrument_id)
    .join(LAB, LAB.c.id == ORDER.c.lab_id)
    .join(_PERSON, _PERSON.c.id == ORDER.c.asked_by)
)


class Part(StrEnum):
    """Which of a list: where somebody still has to do something, or all."""

    OPEN = "open"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Listing:
    """Which part of a list, before a row."""

    part: Part = Part.ALL
    before_id: int | None = None
    limit: int = 50


def orders_of_companies(session: Session, actor: Actor, listing: Listing) -> Sequence[OrderRow]:
    """Those of one's companies; all for the centre. Newest first."""
    reach = actor.reach(Permission.RESERVATION_READ)
    mine = sa.true() if reach.everywhere else ORDER.c.organisation_id.in_(reach.organisation_ids)
    return _listed(session, mine, listing)


def orders_of_labs(session: Session, actor: Actor, listing: Listing) -> Sequence[OrderRow]:
    """Those entrusted to one's labs; all for the centre. Newest first."""
    return _listed(session, _at_labs(actor), listing)


def _at_labs(actor: Actor) -> sa.ColumnElement[bool]:
    reach = actor.reach(Permission.RESERVATION_HOST)
    if reach.everywhere:
        return sa.true()
    return ORDER.c.lab_id.in_(reach.lab_ids) | LAB.c.organisation_id.in_(reach.organisation_ids)


def _listed(session: Session, mine: sa.ColumnElement[bool], listing: Listing) -> Sequence[OrderRow]:
    rows = _ROWS.where(mine)
    if listing.part is Part.OPEN:
        rows = rows.where(ORDER.c.state.in_(sorted(OPEN)))
    if listing.before_id is not None:
        rows = rows.where(ORDER.c.id < listing.before_id)
    found = session.execute(rows.order_by(ORDER.c.id.desc()).limit(listing.limit))
    return [OrderRow(**row._mapping) for row in found]


def order_row(session: Session, number: str) -> OrderRow:
    """One order, whoever asks."""
    row = session.execute(_ROWS.where(ORDER.c.number == number)).one_or_none()
    if row is None:
        raise NotFound(number=number)
    return OrderRow(**row._mapping)


def order_seen_by(session: Session, number: str, actor: Actor) -> OrderRow:
    """One that is theirs to read."""
    order = order_row(session, number)
    if not reads(actor, order.organisation_id, lab_id=order.lab_id, provider_id=order.provider_id):
        raise NotFound(number=number)
    return order


def reads(actor: Actor, organisation_id: int, *, lab_id: int, provider_id: int) -> bool:
    """The company's people, the lab's, and the centre's know of an order."""
    return actor.may_for(
        Permission.RESERVATION_READ, organisation_id=organisation_id
    ) or actor.may_for(Permission.RESERVATION_HOST, organisation_id=provider_id, lab_id=lab_id)


@dataclass(frozen=True, slots=True)
class Locked:
    """An order that is locked until the deed is done, and the organisation of its lab."""

    order: ServiceOrder
    provider_id: int


def order_for_update(session: Session, number: str) -> Locked:
    """Wait for whoever is changing it, then read what they left."""
    asked = (
        sa.select(ServiceOrder, LAB.c.organisation_id)
        .join(LAB, LAB.c.id == col(ServiceOrder.lab_id))
        .where(col(ServiceOrder.number) == number)
        .with_for_update(of=ServiceOrder)
    )
    row = session.execute(asked.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound(number=number)
    return Locked(*row)


def running_of_for_update(
    session: Session, asked_by: int, organisation_id: int
) -> Sequence[ServiceOrder]:
    """What somebody asked for in the name of a company and is not over yet, locked in order."""
    asked = (
        sa.select(ServiceOrder)
        .where(
            col(ServiceOrder.asked_by) == asked_by,
            col(ServiceOrder.organisation_id) == organisation_id,
            col(ServiceOrder.state).in_(sorted(OPEN)),
        )
        .order_by(col(ServiceOrder.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return session.execute(asked).scalars().all()


@dataclass(frozen=True, slots=True)
class Target:
    """An instrument that an order may be about."""

    id: int
    name: str
    name_en: str
    lab_id: int
    lab: str
    entrusted: bool


def target_for(session: Session, instrument_id: int, actor: Actor) -> Target:
    """The instrument as the asker may know it; `entrusted` when its lab works for others there."""
    i = INSTRUMENT.c
    row = session.execute(
        sa.select(i.id, i.name, i.name_en, i.lab_id, LAB.c.name.label("lab"), i.state)
        .add_columns(i.service_modes, LAB.c.organisation_id)
        .select_from(INSTRUMENT.join(LAB, LAB.c.id == i.lab_id))
        .where(i.id == instrument_id)
    ).one_or_none()
    if row is None or not Insider.of(actor).knows(row.state, row.lab_id, row.organisation_id):
        raise NotFound(instrument_id=instrument_id)
    entrusted = (
        row.state is InstrumentState.PUBLISHED and ServiceMode.ENTRUSTED in row.service_modes
    )
    return Target(row.id, row.name, row.name_en, row.lab_id, row.lab, entrusted)


def quoted_until_before(session: Session, today: date, *, limit: int) -> Sequence[str]:
    """The orders whose standing quote held until a day that is over."""
    over = (
        sa.select(ORDER.c.number)
        .join(QUOTE, QUOTE.c.order_id == ORDER.c.id)
        .where(QUOTE.c.state == QuoteState.OFFERED, QUOTE.c.valid_until < today)
    )
    return session.execute(over.order_by(ORDER.c.id).limit(limit)).scalars().all()


def reported_until_before(session: Session, today: date, *, limit: int) -> Sequence[str]:
    """The orders to whose report nobody objected in time."""
    over = sa.select(ORDER.c.number).where(
        ORDER.c.state == OrderState.REPORTED, ORDER.c.accept_by < today
    )
    return session.execute(over.order_by(ORDER.c.id).limit(limit)).scalars().all()
