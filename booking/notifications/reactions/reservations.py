"""Who is told of series: their holder, and the lab's keepers where it waits for them, once."""

from booking.accounts.queries.people import keepers_of, reader_of
from booking.db.transactions import UnitOfWork
from booking.instruments.queries.cards import card_summary
from booking.notifications.actions.write_letter import addressed, write_letter
from booking.notifications.rules.standing import in_lab
from booking.organisations.queries import organisation_summary
from booking.reservations.events import (
    SeriesCancelled,
    SeriesEvent,
    SeriesMoved,
    SeriesReserved,
)
from booking.web.telling import kept_span


def tell_of_series(uow: UnitOfWork, event: SeriesEvent) -> None:
    """One letter for all its times, whatever happened to them."""
    reader = reader_of(uow.session, event.holder_id)
    reserved = event if isinstance(event, SeriesReserved) else None
    words = {
        "step": event.name,
        "name": reader.name,
        "number": event.number,
        "instrument": card_summary(uow.session, event.instrument_id).name,
        "count": event.occurrences,
        "times": [kept_span(span) for span in event.spans],
        "waits": reserved is not None and reserved.waits,
        "skipped": reserved.skipped if reserved else 0,
        "total_fen": reserved.total_fen if reserved else None,
        "fee_fen": event.fee_fen if isinstance(event, SeriesCancelled) else 0,
        "reason": event.cause,
    }
    write_letter(uow, addressed(reader, "series_step", words), now=event.at)
    if isinstance(event, SeriesReserved | SeriesMoved) and event.waits:
        _tell_keepers(uow, event, who=reader.name, instrument=str(words["instrument"]))


def _tell_keepers(uow: UnitOfWork, event: SeriesEvent, *, who: str, instrument: str) -> None:
    standing = in_lab(event.lab_id)
    told = {
        "what": "series",
        "number": event.number,
        "who": who,
        "organisation": organisation_summary(uow.session, event.organisation_id).name,
        "instrument": instrument,
        "count": event.occurrences,
        "times": [kept_span(span) for span in event.spans],
    }
    for keeper in keepers_of(uow.session, event.lab_id):
        words = {**told, "name": keeper.name}
        letter = addressed(keeper, "request_waiting", words, standing=standing)
        write_letter(uow, letter, now=event.at)
