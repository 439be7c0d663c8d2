"""Who is told of statements: the company whose it is; finance, when a company objects."""

from booking.access.roles import Role
from booking.accounts.queries.people import readers_with
from booking.db.transactions import UnitOfWork
from booking.notifications.actions.write_letter import addressed, write_letter
from booking.notifications.rules.standing import OF_FINANCE, in_company
from booking.organisations.queries import organisation_summary
from booking.subsidies.events import StatementObjected, StatementRecovered, StatementStepped


def tell_of_statement(uow: UnitOfWork, event: StatementStepped) -> None:
    """What became of it, to whoever administers the company; objections, to finance."""
    place = event.organisation_id
    if isinstance(event, StatementObjected):
        readers, standing = readers_with(uow.session, Role.FINANCE), OF_FINANCE
    else:
        readers = readers_with(uow.session, Role.COMPANY_ADMIN, place)
        standing = in_company(place)
    told = {
        "step": event.name,
        "number": event.number,
        "organisation": organisation_summary(uow.session, place).name,
        "payable_fen": (
            event.amount_fen if isinstance(event, StatementRecovered) else event.payable_fen
        ),
        "reason": event.cause,
    }
    for reader in readers:
        words = {**told, "name": reader.name}
        letter = addressed(reader, "statement_step", words, standing=standing)
        write_letter(uow, letter, now=event.at)
