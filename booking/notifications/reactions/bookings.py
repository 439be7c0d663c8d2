"""Who is told of a booking: its holder, by a letter that their calendar reads too."""

from booking.db.transactions import UnitOfWork
from booking.notifications.actions.write_letter import write_to_person
from booking.notifications.rules import BOOKING_LETTER, HANDED_ON
from booking.reservations.events import ReservationEvent, ReservationHandedOver


def tell_holder(uow: UnitOfWork, event: ReservationEvent) -> None:
    """What became of time that is not over yet; names are looked up when the letter leaves."""
    if event.span.end <= event.at:
        return
    told = {
        "number": event.number,
        "what": event.name,
        "version": event.version,
        "reason": event.cause,
        "starts_at": event.span.start.isoformat(),
        "ends_at": event.span.end.isoformat(),
    }
    write_to_person(uow, event.holder_id, BOOKING_LETTER, told=told, now=event.at)
    if isinstance(event, ReservationHandedOver):
        former = {**told, "what": HANDED_ON}
        write_to_person(uow, event.former_id, BOOKING_LETTER, told=former, now=event.at)
