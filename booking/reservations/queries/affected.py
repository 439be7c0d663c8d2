"""Bookings that a fault hits, with whoever is told, and the nearest time to move each to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.accounts.models import User
from booking.accounts.queries.people import Reader
from booking.db.expressions import instant
from booking.instruments.queries.cards import equivalent_instruments
from booking.instruments.queries.stretches import Asking, FreeTime, free_time
from booking.instruments.rules.customer import Customer
from booking.instruments.rules.terms import ServiceMode, needs_operator
from booking.kernel.errors import Alternative
from booking.kernel.timespan import TimeSpan
from booking.organisations.models import Organisation
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.alternatives import AT_MOST, LOOKED_AT
from booking.reservations.rules.alternatives import LOOK_AHEAD, nearest_apart, nearest_windows
from booking.reservations.rules.demand import Demand
from booking.reservations.rules.offer import policy_of_time
from booking.reservations.states import State

# How far ahead free time is looked for, however long the repair lasts.
_FURTHEST: Final = timedelta(days=60)
MOST: Final = 200
Proposals = Mapping[str, tuple[Alternative, ...]]


@dataclass(frozen=True, slots=True)
class Affected:
    """A booking in the time out of service."""

    number: str
    state: State
    span: TimeSpan
    mode: ServiceMode
    customer: Customer
    organisation_name: str
    organisation_name_en: str
    holder: Reader


# What is booked or in use, soonest first.
AHEAD: Final = (
    sa.select(
        col(Reservation.number),
        col(Reservation.state),
        col(Reservation.starts_at),
        col(Reservation.ends_at),
        col(Reservation.mode),
        col(Organisation.name),
        col(Organisation.name_en),
        col(Organisation.kind),
        col(Organisation.id),
        col(User.id),
        col(User.name),
        col(User.email),
        col(User.locale),
    )
    .join(Organisation, col(Organisation.id) == col(Reservation.organisation_id))
    .join(User, col(User.id) == col(Reservation.holder_id))
    .where(sa.text("reservation.state IN ('requested', 'confirmed', 'in_use')"))
    .order_by(col(Reservation.starts_at), col(Reservation.id))
    .limit(MOST)
)


def affected_by(session: Session, instrument_id: int, span: TimeSpan) -> Sequence[Affected]:
    """What is booked or in use in a span on an instrument, soonest first."""
    return affected_from(
        session,
        AHEAD.where(
            col(Reservation.instrument_id) == instrument_id,
            col(Reservation.starts_at) < instant(span.end),
            col(Reservation.ends_at) > instant(span.start),
        ),
    )


def affected_from(session: Session, asked: sa.Select[*tuple[Any, ...]]) -> Sequence[Affected]:
    """The same of a narrower choice of `AHEAD`."""
    found = session.execute(asked)
    return [_affected(tuple(row)) for row in found]


def _affected(row: Sequence[Any]) -> Affected:
    number, state, start, end, mode, name, name_en, kind, company, *holder = row
    return Affected(
        number,
        state,
        TimeSpan(start, end),
        mode,
        Customer.of(kind, company),
        name,
        name_en,
        Reader(*holder),
    )


def proposals(
    session: Session, instrument_id: int, hit: Sequence[Affected], *, now: datetime
) -> Proposals:
    """The nearest free time for each booking that has not begun: here, then on the like.

    Every instrument is asked once for whoever needs an operator, and once for whoever does not,
    whatever the number of bookings; what quotas and gaps say to another day is found when it is
    moved.
    """
    ahead = [one for one in hit if one.span.start > now]
    if not ahead:
        return {}
    last = min(max(one.span.end for one in ahead), now + _FURTHEST)
    others = equivalent_instruments(session, instrument_id, limit=LOOKED_AT)
    around = TimeSpan(now, last + LOOK_AHEAD)
    # All modes that need an operator are alike in this, and so are all others.
    like = {needs_operator(one.mode): one.mode for one in ahead}
    offers = {
        needed: free_time(session, [instrument_id, *others], around, asking=Asking(now, mode))
        for needed, mode in like.items()
    }
    return {
        one.number: tuple(
            _nearest(one, offers[needs_operator(one.mode)], here=instrument_id, now=now)
        )[:AT_MOST]
        for one in ahead
    }


def _nearest(
    hit: Affected, offers: Sequence[FreeTime], *, here: int, now: datetime
) -> Iterator[Alternative]:
    serving = (offer for offer in offers if hit.mode in offer.modes)
    for one, each in groupby(serving, key=lambda offer: offer.instrument_id):
        most = AT_MOST - 1 if one == here else 1
        spans = [span for offer in each for span in _times(hit, offer, now=now, at_most=most)]
        for span in nearest_apart(spans, hit.span.start, at_most=most):
            yield Alternative(one, span)


def _times(hit: Affected, offer: FreeTime, *, now: datetime, at_most: int) -> Sequence[TimeSpan]:
    named = hit.customer.class_at(offer.provider_id)
    demand = Demand(span=hit.span, asked_at=now, mode=hit.mode.value, customer_class=named)
    nothing = timedelta(0)
    policy = replace(
        policy_of_time(offer.policy, named), quotas=(), person_gap=nothing, organisation_gap=nothing
    )
    return nearest_windows(offer.stretches, demand, policy, before=offer.before, at_most=at_most)
