"""Whoever comes next is told that somebody else's use runs over."""

from booking.accounts.queries.people import reader_of
from booking.db.transactions import UnitOfWork
from booking.instruments.queries.cards import card_summary
from booking.notifications.actions.write_letter import addressed, write_letter
from booking.reservations.events import ReservationHindered


def tell_of_overrun(uow: UnitOfWork, event: ReservationHindered) -> None:
    """That it may begin later, that going costs nothing; not who is there."""
    reader = reader_of(uow.session, event.holder_id)
    words = {
        "name": reader.name,
        "instrument": card_summary(uow.session, event.instrument_id).name,
        "number": event.number,
        "start_at": event.span.start.isoformat(),
    }
    write_letter(uow, addressed(reader, "hindered", words), now=event.at)
