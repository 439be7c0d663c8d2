"""An order with all that belongs to it, as its page and its JSON show it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from booking.access.actor import Actor
from booking.orders.queries.belongings import (
    BookingRow,
    MessageRow,
    OrderFileRow,
    QuoteRow,
    SampleRow,
    bookings_of,
    files_of,
    is_party,
    messages_of,
    quotes_of,
    samples_of,
)
from booking.orders.queries.orders import OrderRow, order_seen_by
from booking.orders.rules import FileRole
from booking.orders.states import OrderStep, QuoteState, Station, open_steps, ways


@dataclass(frozen=True, slots=True)
class OrderSheet:
    """Everything about one order that this person may see."""

    order: OrderRow
    samples: Sequence[SampleRow]
    quotes: Sequence[QuoteRow]
    files: Sequence[OrderFileRow]
    messages: Sequence[MessageRow]
    bookings: Sequence[BookingRow]
    opens_files: bool

    @property
    def steps(self) -> frozenset[str]:
        """What may be done in its state, by whoever may."""
        return frozenset(step.value for step in open_steps(self.order.state))

    @property
    def standing(self) -> QuoteRow | None:
        """The quote that waits for the company."""
        return next((one for one in self.quotes if one.state is QuoteState.OFFERED), None)

    @property
    def agreed(self) -> QuoteRow | None:
        """The quote by which it was ordered."""
        return next((one for one in self.quotes if one.state is QuoteState.ACCEPTED), None)

    @property
    def booked_fen(self) -> int:
        """What the bookings that stand cost by their own agreed prices."""
        return sum(one.price_fen for one in self.bookings if one.stands)

    @property
    def wishes(self) -> Sequence[OrderFileRow]:
        """What the company sent along."""
        return [one for one in self.files if one.role is FileRole.WISH]

    @property
    def results(self) -> Sequence[OrderFileRow]:
        """What the lab found."""
        return [one for one in self.files if one.role is FileRole.RESULT]

    @property
    def targets(self) -> Sequence[Station]:
        """Where some sample may go now, in the order of the way."""
        there = {to for one in self.samples for to in ways(self.order.state, one.station)}
        return [station for station in Station if station in there]

    @property
    def attaches(self) -> bool:
        """Whether the company may send files along."""
        return OrderStep.ATTACH in open_steps(self.order.state)


def order_sheet(session: Session, number: str, actor: Actor) -> OrderSheet:
    """The order for those who may read it; files only for the two parties."""
    order = order_seen_by(session, number, actor)
    return OrderSheet(
        order=order,
        samples=samples_of(session, order.id),
        quotes=quotes_of(session, order.id),
        files=files_of(session, order, actor),
        messages=messages_of(session, order.id),
        bookings=bookings_of(session, order.id),
        opens_files=is_party(actor, order),
    )
