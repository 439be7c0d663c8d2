"""Who is told that a booking costs more than its use: its holder, and who keeps the company."""

from collections.abc import Iterator

from booking.access.roles import Role
from booking.accounts.queries.people import Reader, reader_of, readers_with
from booking.db.transactions import UnitOfWork
from booking.instruments.queries.cards import card_summary
from booking.notifications.actions.write_letter import addressed, write_letter
from booking.notifications.rules.standing import ONESELF, Standing, in_company
from booking.reservations.events import (
    ReservationCancelled,
    ReservationMissed,
    ReservationOverran,
)

Costly = ReservationCancelled | ReservationMissed | ReservationOverran


def tell_of_fee(uow: UnitOfWork, event: Costly) -> None:
    """A fee; and whoever did not come, even where that costs nothing.

    Of cancelling, the holder has a letter anyway.
    """
    if not event.fee_fen and not isinstance(event, ReservationMissed):
        return
    holder = reader_of(uow.session, event.holder_id)
    told = {
        "what": event.name,
        "number": event.number,
        "instrument": card_summary(uow.session, event.instrument_id).name,
        "start_at": event.span.start.isoformat(),
        "end_at": event.span.end.isoformat(),
        "minutes": event.minutes if isinstance(event, ReservationOverran) else 0,
        "fee_fen": event.fee_fen,
    }
    for reader, standing in _readers(uow, event, holder):
        words = {**told, "name": reader.name, "who": "" if reader.id == holder.id else holder.name}
        letter = addressed(reader, "booking_fee", words, standing=standing)
        write_letter(uow, letter, now=event.at)


def _readers(uow: UnitOfWork, event: Costly, holder: Reader) -> Iterator[tuple[Reader, Standing]]:
    if not isinstance(event, ReservationCancelled):
        yield holder, ONESELF
    if event.fee_fen:
        standing = in_company(event.organisation_id)
        for reader in readers_with(uow.session, Role.COMPANY_ADMIN, event.organisation_id):
            if reader.id not in (holder.id, event.actor_id):
                yield reader, standing
