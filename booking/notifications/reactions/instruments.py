"""Who is told of cards and of what is to be done about them."""

from booking.access.roles import Role
from booking.accounts.queries.people import keepers_of, reader_of, readers_with
from booking.db.transactions import UnitOfWork
from booking.instruments.events import (
    FilingDue,
    InstrumentPublished,
    InstrumentReturned,
    InstrumentSubmitted,
    SheetTakenIn,
)
from booking.instruments.queries.cards import card_summary
from booking.instruments.queries.imports import import_row
from booking.instruments.states import ImportState
from booking.notifications.actions.write_letter import addressed, write_letter
from booking.notifications.rules.standing import OF_CENTRE, in_lab


def tell_of_filing(uow: UnitOfWork, event: FilingDue) -> None:
    """What is to be filed with the national platform, to whoever keeps it."""
    told = {
        "instrument": event.instrument,
        "instrument_id": event.instrument_id,
        "due": event.due.isoformat(),
        "is_overdue": event.is_overdue,
    }
    for reader in keepers_of(uow.session, event.lab_id):
        words = {**told, "name": reader.name}
        standing = in_lab(event.lab_id)
        letter = addressed(reader, "filing_due", words, standing=standing)
        write_letter(uow, letter, now=event.at)


def tell_of_sheet(uow: UnitOfWork, event: SheetTakenIn) -> None:
    """What became of a sheet, to whoever sent it."""
    sheet = import_row(uow.session, event.import_id)
    reader = reader_of(uow.session, sheet.user_id)
    counts = ("total", "created", "changed", "unchanged", "faulty")
    told = {
        "name": reader.name,
        "file": sheet.given_name,
        "import_id": event.import_id,
        "broke_off": sheet.state is ImportState.FAILED,
        **{name: getattr(sheet, name) for name in counts},
    }
    write_letter(uow, addressed(reader, "sheet_taken_in", told), now=event.at)


def tell_of_card(
    uow: UnitOfWork, event: InstrumentSubmitted | InstrumentReturned | InstrumentPublished
) -> None:
    """A card that waits, to the centre; what became of it, to whoever keeps it."""
    card = card_summary(uow.session, event.instrument_id)
    told = {
        "step": event.name,
        "instrument": card.name,
        "instrument_id": event.instrument_id,
        "lab": card.lab_name,
        "reason": event.cause,
    }
    if isinstance(event, InstrumentSubmitted):
        readers, standing = readers_with(uow.session, Role.CENTRE_ADMIN), OF_CENTRE
    else:
        readers, standing = keepers_of(uow.session, card.lab_id), in_lab(card.lab_id)
    for reader in readers:
        words = {**told, "name": reader.name}
        letter = addressed(reader, "instrument_step", words, standing=standing)
        write_letter(uow, letter, now=event.at)
