"""Who is told of an objection to a record of use: the other side, and the centre once asked."""

from collections.abc import Iterator

from booking.access.roles import Role
from booking.accounts.queries.people import Reader, keepers_of, reader_of, readers_with
from booking.db.transactions import UnitOfWork
from booking.instruments.queries.cards import card_summary
from booking.notifications.actions.write_letter import addressed, write_letter
from booking.notifications.rules.standing import OF_CENTRE, ONESELF, Standing, in_lab
from booking.reservations.events import CentreAsked, DisputeEvent, DisputeResolved
from booking.reservations.states import Speaker


def tell_of_dispute(uow: UnitOfWork, event: DisputeEvent) -> None:
    """What was done, to those who did not do it; what was said stands on the booking's page."""
    told = {
        "step": event.name,
        "number": event.number,
        "instrument": card_summary(uow.session, event.instrument_id).name,
        "start_at": event.span.start.isoformat(),
        "end_at": event.span.end.isoformat(),
        "final": isinstance(event, DisputeResolved) and event.final,
        "reason": event.cause,
    }
    for reader, standing in _readers(uow, event):
        words = {**told, "name": reader.name}
        letter = addressed(reader, "dispute_step", words, standing=standing)
        write_letter(uow, letter, now=event.at)


def _readers(uow: UnitOfWork, event: DisputeEvent) -> Iterator[tuple[Reader, Standing]]:
    if event.holder_id != event.actor_id:
        yield reader_of(uow.session, event.holder_id), ONESELF
    if event.by is not Speaker.HOST:
        for keeper in keepers_of(uow.session, event.lab_id):
            yield keeper, in_lab(event.lab_id)
    if isinstance(event, CentreAsked):
        for reader in readers_with(uow.session, Role.CENTRE_ADMIN):
            yield reader, OF_CENTRE
