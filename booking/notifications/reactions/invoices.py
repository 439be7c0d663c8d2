"""Who is told of invoices: who administers a party, and who recorded it; not who did the deed."""

from collections.abc import Iterator

from booking.access.roles import Role
from booking.accounts.queries.people import Reader, reader_of, readers_with
from booking.db.transactions import UnitOfWork
from booking.invoices.events import InvoiceEvent
from booking.invoices.queries.invoices import InvoiceRow, invoice_row
from booking.notifications.actions.write_letter import addressed, write_letter
from booking.notifications.rules.standing import ONESELF, Standing, in_company


def tell_of_invoice(uow: UnitOfWork, event: InvoiceEvent) -> None:
    """That it is recorded, checked or voided."""
    invoice = invoice_row(uow.session, event.reference)
    told = {
        "step": event.name,
        "reference": event.reference,
        "number": event.number,
        "provider": invoice.provider,
        "company": invoice.company,
        "total_fen": event.amount_fen,
        "reason": event.cause,
    }
    seen = {event.actor_id}
    for reader, standing in _readers(uow, invoice):
        if reader.id not in seen:
            seen.add(reader.id)
            words = {**told, "name": reader.name}
            letter = addressed(reader, "invoice_step", words, standing=standing)
            write_letter(uow, letter, now=event.at)


def _readers(uow: UnitOfWork, invoice: InvoiceRow) -> Iterator[tuple[Reader, Standing]]:
    for place in (invoice.organisation_id, invoice.provider_id):
        for reader in readers_with(uow.session, Role.COMPANY_ADMIN, place):
            yield reader, in_company(place)
    if invoice.recorded_by is not None:
        yield reader_of(uow.session, invoice.recorded_by), ONESELF
