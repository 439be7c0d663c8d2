"""Who is told of a booking: its holder, in a letter that calendars read; the company's programs;
the lab's keepers when it waits for them."""

from booking.db.transactions import UnitOfWork
from booking.notifications.actions.withhold import withhold_about
from booking.notifications.actions.write_letter import BookingLetter, write_of_booking
from booking.notifications.reactions.webhooks import tell_webhooks
from booking.notifications.rules import HANDED_ON
from booking.reservations.events import (
    ReservationCancelled,
    ReservationEvent,
    ReservationHandedOver,
    ReservationMoved,
    ReservationRequested,
)


def tell_of_booking(uow: UnitOfWork, event: ReservationEvent) -> None:
    """Its holder while the time is not over, unless its series tells; the company's programs."""
    silent = uow.in_one or event.span.end <= event.at
    waits = isinstance(event, ReservationRequested) or (
        isinstance(event, ReservationMoved) and event.waits
    )
    if silent or _write(uow, event, event.holder_id, what=event.name, waits=waits):
        tell_webhooks(uow, event)


def tell_of_hand_over(uow: UnitOfWork, event: ReservationHandedOver) -> None:
    """Whoever holds the booking now, and whoever did: nothing older about it reaches the latter.
    Of many at once they are told otherwise."""
    if uow.in_one:
        return
    withhold_about(uow, event.former_id, [event.number], now=event.at)
    if event.span.end > event.at:
        _write(uow, event, event.holder_id, what=event.name, waits=event.waits)
        _write(uow, event, event.former_id, what=HANDED_ON)


def _write(
    uow: UnitOfWork, event: ReservationEvent, reader_id: int, *, what: str, waits: bool = False
) -> bool:
    """Whether programs of the company may want to know too; where it `waits`, the lab's keepers are
    told. Names are looked up when the letter leaves."""
    told = {
        "number": event.number,
        "what": what,
        "version": event.version,
        "reason": event.cause,
        "starts_at": event.span.start.isoformat(),
        "ends_at": event.span.end.isoformat(),
        "fee_fen": event.fee_fen if isinstance(event, ReservationCancelled) else 0,
    }
    letter = BookingLetter(
        user_id=reader_id,
        organisation_id=event.organisation_id,
        params=told,
        waits_for_lab=event.lab_id if waits else None,
    )
    return write_of_booking(uow, letter, now=event.at)
