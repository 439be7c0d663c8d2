"""Whoever waits for time is told when some is held for them, and when it went on."""

from booking.accounts.queries.people import reader_of
from booking.db.transactions import UnitOfWork
from booking.instruments.queries.cards import card_summary
from booking.notifications.actions.write_letter import addressed, write_letter
from booking.reservations.events import HelpersWithdrawn, OfferLapsed, TimeOffered, WaitlistEvent


def tell_of_offered_time(uow: UnitOfWork, event: TimeOffered) -> None:
    """Time is held, until when."""
    told = {**_told(uow, event), "until_at": event.lapses_at.isoformat()}
    _write(uow, event, "waitlist_offer", told=told)


def tell_of_lapse(uow: UnitOfWork, event: OfferLapsed) -> None:
    """The offer was not answered, and the place in line is gone."""
    _write(uow, event, "waitlist_lapsed", told=_told(uow, event))


def tell_of_helpers_withdrawn(uow: UnitOfWork, event: HelpersWithdrawn) -> None:
    """What they wait for besides the time is offered no longer."""
    _write(uow, event, "waitlist_without", told={**_told(uow, event), "gone": event.labels})


def _told(uow: UnitOfWork, event: WaitlistEvent) -> dict[str, object]:
    return {
        "instrument": card_summary(uow.session, event.instrument_id).name,
        "instrument_id": event.instrument_id,
        "start_at": event.span.start.isoformat(),
        "end_at": event.span.end.isoformat(),
    }


def _write(uow: UnitOfWork, event: WaitlistEvent, fact: str, *, told: dict[str, object]) -> None:
    reader = reader_of(uow.session, event.holder_id)
    words = {**told, "name": reader.name}
    write_letter(uow, addressed(reader, fact, words), now=event.at)
