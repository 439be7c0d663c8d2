"""Who is told of a booking: its holder, in a letter that calendars read; the company's programs."""

from booking.db.transactions import UnitOfWork
from booking.notifications.actions.write_letter import write_of_booking
from booking.notifications.reactions.webhooks import tell_webhooks
from booking.notifications.rules import HANDED_ON
from booking.reservations.events import ReservationEvent, ReservationHandedOver


def tell_of_booking(uow: UnitOfWork, event: ReservationEvent) -> None:
    """Its holder while the time is not over; the company's programs."""
    if event.span.end <= event.at or _write(uow, event, event.holder_id, what=event.name):
        tell_webhooks(uow, event)


def tell_of_hand_over(uow: UnitOfWork, event: ReservationHandedOver) -> None:
    """Whoever holds the booking now, and whoever did."""
    if event.span.end > event.at:
        _write(uow, event, event.holder_id, what=event.name)
        _write(uow, event, event.former_id, what=HANDED_ON)


def _write(uow: UnitOfWork, event: ReservationEvent, reader_id: int, *, what: str) -> bool:
    """Whether programs of the company may want to know too. Names are looked up when the letter
    leaves."""
    told = {
        "number": event.number,
        "what": what,
        "version": event.version,
        "reason": event.cause,
        "starts_at": event.span.start.isoformat(),
        "ends_at": event.span.end.isoformat(),
    }
    return write_of_booking(
        uow, reader_id, told, organisation_id=event.organisation_id, now=event.at
    )
