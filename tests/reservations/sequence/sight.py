"""What there is at the moment, so that a deed can be aimed at what it is possible with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import col

from booking.credit.models import CreditAppeal, CreditEntry
from booking.credit.states import AppealState
from booking.instruments.models.calendar import Closure, ClosureKind
from booking.instruments.models.fault import Fault
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.timespan import TimeSpan
from booking.orders.models import ServiceOrder
from booking.orders.states import OrderState
from booking.reservations.models.proposal import ReservationProposal, ReservationSwap
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from booking.reservations.models.waitlist import WaitlistChoice, WaitlistEntry, WaitlistOffer
from booking.reservations.states import IN_LINE, AskState, OfferState, State

AHEAD = frozenset({State.REQUESTED, State.CONFIRMED})


class Booked(NamedTuple):
    """A booking."""

    key: int
    number: str
    state: State
    start: datetime
    end: datetime
    instrument_id: int
    holder_id: int
    mode: ServiceMode
    series_id: int | None
    joint_id: int | None
    decide_by: datetime | None
    missed_from: datetime
    confirm_by: datetime | None

    @property
    def span(self) -> TimeSpan:
        return TimeSpan(self.start, self.end)


class Wanted(NamedTuple):
    """A place in line, on one of its instruments."""

    key: int
    holder_id: int
    start: datetime
    end: datetime
    instrument_id: int


class Asked(NamedTuple):
    """What somebody has to answer, with the bookings or the place in line that it is about."""

    key: int
    about: int
    other: int
    lapses_at: datetime


class Order(NamedTuple):
    """Work that is entrusted to the lab."""

    key: int
    number: str
    state: OrderState
    asked_by: int


class Lost(NamedTuple):
    """Points that a company lost and has not appealed against."""

    key: int
    organisation_id: int


@dataclass(frozen=True)
class Sight:
    """All of it, in order of id."""

    bookings: Sequence[Booked] = ()
    waiting: Sequence[Wanted] = ()
    offers: Sequence[Asked] = ()
    proposals: Sequence[Asked] = ()
    swaps: Sequence[Asked] = ()
    orders: Sequence[Order] = ()
    lost: Sequence[Lost] = ()
    # By id alone.
    appeals: Sequence[int] = ()
    closures: Sequence[int] = ()
    faults: Sequence[int] = ()

    def those(self, fits: Callable[[Booked], bool]) -> list[Booked]:
        return [one for one in self.bookings if fits(one)]

    def of_state(self, *states: State) -> list[Booked]:
        return self.those(lambda one: one.state in states)

    def ahead(self, now: datetime) -> list[Booked]:
        """Asked for or promised, and not begun."""
        return self.those(lambda one: one.state in AHEAD and one.start > now)

    def movable(self, now: datetime) -> list[Booked]:
        """Those to which no other time is proposed."""
        asked = {one.about for one in self.proposals}
        return [one for one in self.ahead(now) if one.key not in asked]

    def pairs(self, now: datetime) -> list[tuple[Booked, Booked]]:
        """Promised bookings of an instrument whose people could take each other's time."""
        promised = [one for one in self.ahead(now) if one.state is State.CONFIRMED]
        return [
            (one, other)
            for one in promised
            for other in promised
            if one.instrument_id == other.instrument_id
            and one.holder_id != other.holder_id
            and not one.span.overlaps(other.span)
        ]

    def waited_for(self, now: datetime) -> list[Booked]:
        """Bookings that lie in the way of somebody in line."""
        return [
            one
            for one in self.ahead(now)
            if any(
                one.instrument_id == each.instrument_id
                and one.start < each.end
                and each.start < one.end
                and one.holder_id != each.holder_id
                for each in self.waiting
            )
        ]

    def moments(self, now: datetime) -> list[datetime]:
        """When something is due next."""
        asked = [*self.offers, *self.proposals, *self.swaps]
        due = [one.lapses_at for one in asked]
        for one in self.bookings:
            if one.state is State.REQUESTED and one.decide_by:
                due.append(one.decide_by)
            if one.state is State.CONFIRMED:
                due.append(one.missed_from)
            if one.state is State.IN_USE:
                due.append(one.end)
            if one.state is State.COMPLETED and one.confirm_by:
                due.append(one.confirm_by)
        return sorted({moment for moment in due if moment > now})


_BOOKED = (
    sa.select(
        col(Reservation.id),
        col(Reservation.number),
        col(Reservation.state),
        col(Reservation.starts_at),
        col(Reservation.ends_at),
        col(Reservation.instrument_id),
        col(Reservation.holder_id),
        col(Reservation.mode),
        col(Reservation.series_id),
        col(Reservation.joint_id),
        col(Reservation.decide_by),
        col(Reservation.missed_from),
        col(UsageSession.confirm_by),
    )
    .outerjoin(UsageSession, col(UsageSession.reservation_id) == col(Reservation.id))
    .order_by(col(Reservation.id))
)
_WAITING = (
    sa.select(
        col(WaitlistEntry.id),
        col(WaitlistEntry.holder_id),
        col(WaitlistEntry.starts_at),
        col(WaitlistEntry.ends_at),
        col(WaitlistChoice.instrument_id),
    )
    .join(WaitlistChoice, col(WaitlistChoice.entry_id) == col(WaitlistEntry.id))
    .where(col(WaitlistEntry.state).in_(sorted(IN_LINE)))
    .order_by(col(WaitlistEntry.id), col(WaitlistChoice.instrument_id))
)
_OFFERS = (
    sa.select(
        col(WaitlistOffer.id),
        col(WaitlistOffer.entry_id),
        col(WaitlistEntry.holder_id),
        col(WaitlistOffer.lapses_at),
    )
    .join(WaitlistEntry, col(WaitlistEntry.id) == col(WaitlistOffer.entry_id))
    .where(col(WaitlistOffer.state) == OfferState.OPEN)
    .order_by(col(WaitlistOffer.id))
)
_PROPOSALS = (
    sa.select(
        col(ReservationProposal.id),
        col(ReservationProposal.reservation_id),
        col(ReservationProposal.reservation_id),
        col(ReservationProposal.lapses_at),
    )
    .where(col(ReservationProposal.state) == AskState.OPEN)
    .order_by(col(ReservationProposal.id))
)
_SWAPS = (
    sa.select(
        col(ReservationSwap.id),
        col(ReservationSwap.asking_id),
        col(ReservationSwap.asked_id),
        col(ReservationSwap.lapses_at),
    )
    .where(col(ReservationSwap.state) == AskState.OPEN)
    .order_by(col(ReservationSwap.id))
)
_ORDERS = sa.select(
    col(ServiceOrder.id),
    col(ServiceOrder.number),
    col(ServiceOrder.state),
    col(ServiceOrder.asked_by),
).order_by(col(ServiceOrder.id))

_LOST = (
    sa.select(col(CreditEntry.id), col(CreditEntry.organisation_id))
    .outerjoin(CreditAppeal, col(CreditAppeal.entry_id) == col(CreditEntry.id))
    .where(
        col(CreditEntry.points) < 0,
        col(CreditEntry.organisation_id).is_not(None),
        col(CreditAppeal.id).is_(None),
    )
    .order_by(col(CreditEntry.id))
)
_APPEALS = (
    sa.select(col(CreditAppeal.id))
    .where(col(CreditAppeal.state) == AppealState.OPEN)
    .order_by(col(CreditAppeal.id))
)
_CLOSURES = (
    sa.select(col(Closure.id))
    .where(col(Closure.lifted_at).is_(None), col(Closure.kind) != ClosureKind.FAULT)
    .order_by(col(Closure.id))
)
_FAULTS = (
    sa.select(col(Fault.id))
    .where(col(Fault.closure_id).is_not(None), col(Fault.ended_at).is_(None))
    .order_by(col(Fault.id))
)


def _keys(connection: Connection, asked: sa.Select[Any]) -> list[int]:
    return [row[0] for row in connection.execute(asked)]


def look(connection: Connection) -> Sight:
    """As the database has it now."""
    return Sight(
        bookings=[Booked._make(row) for row in connection.execute(_BOOKED)],
        waiting=[Wanted._make(row) for row in connection.execute(_WAITING)],
        offers=[Asked._make(row) for row in connection.execute(_OFFERS)],
        proposals=[Asked._make(row) for row in connection.execute(_PROPOSALS)],
        swaps=[Asked._make(row) for row in connection.execute(_SWAPS)],
        orders=[Order._make(row) for row in connection.execute(_ORDERS)],
        lost=[Lost._make(row) for row in connection.execute(_LOST)],
        appeals=_keys(connection, _APPEALS),
        closures=_keys(connection, _CLOSURES),
        faults=_keys(connection, _FAULTS),
    )
