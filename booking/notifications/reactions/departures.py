"""Who is told when all that somebody had ahead ended or changed hands: both, once."""

from booking.accounts.queries.people import reader_of
from booking.db.transactions import UnitOfWork
from booking.instruments.queries.cards import card_summaries
from booking.notifications.actions.withhold import withhold_about
from booking.notifications.actions.write_letter import addressed, write_letter
from booking.notifications.reactions.joint import tell_labs
from booking.notifications.rules import ALL_HANDED_ON
from booking.organisations.queries import organisation_summary
from booking.reservations.events import BookingsEvent, BookingsHandedOver
from booking.web.telling import kept_span


def tell_of_bookings(uow: UnitOfWork, event: BookingsEvent) -> None:
    """Whoever holds them, in one letter with one calendar."""
    _write(uow, event, event.holder_id, step=event.name)


def tell_of_those_handed_on(uow: UnitOfWork, event: BookingsHandedOver) -> None:
    """Whoever held them, whom nothing older about them reaches; the labs that decide anew."""
    numbers = [one.number for one in event.bookings]
    withhold_about(uow, event.former_id, numbers, now=event.at)
    _write(uow, event, event.former_id, step=ALL_HANDED_ON)
    cards = card_summaries(uow.session, {one.instrument_id for one in event.bookings})
    anew = [one for one in event.bookings if one.number in event.asked_again]
    tell_labs(uow, anew, cards, what="reservation.handed_over", event=event)


def _write(uow: UnitOfWork, event: BookingsEvent, reader_id: int, *, step: str) -> None:
    reader = reader_of(uow.session, reader_id)
    cards = card_summaries(uow.session, {one.instrument_id for one in event.bookings})
    named = {key: (card.name, card.name_en) for key, card in cards.items()}
    told = {
        "step": step,
        "name": reader.name,
        "organisation": organisation_summary(uow.session, event.organisation_id).name,
        "bookings": [
            [*named[one.instrument_id], kept_span(one.span), one.waits] for one in event.bookings
        ],
        "numbers": [one.number for one in event.bookings],
        "reason": event.cause,
    }
    write_letter(uow, addressed(reader, "bookings_step", told), now=event.at)
