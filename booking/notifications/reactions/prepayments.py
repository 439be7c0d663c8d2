"""Companies are told of what they have paid in advance: that it came in, or was paid back."""

from booking.access.roles import Role
from booking.accounts.queries.people import readers_with
from booking.db.transactions import UnitOfWork
from booking.ledger.events import PrepaymentEvent
from booking.notifications.actions.write_letter import addressed, write_letter
from booking.notifications.rules.standing import in_company
from booking.organisations.queries import organisations_by_id


def tell_of_prepayment(uow: UnitOfWork, event: PrepaymentEvent) -> None:
    """How much, under which reference of the bank, and what they have there now."""
    organisation_id, provider_id = event.organisation_id, event.provider_id
    told = {
        "step": event.name,
        "account_id": event.account_id,
        "provider": organisations_by_id(uow.session, (provider_id,))[provider_id].name,
        "amount_fen": abs(event.amount_fen),
        "balance_fen": event.balance_fen,
        "reference": event.cause,
    }
    for reader in readers_with(uow.session, Role.COMPANY_ADMIN, organisation_id):
        words = {**told, "name": reader.name}
        standing = in_company(organisation_id)
        letter = addressed(reader, "prepayment_step", words, standing=standing)
        write_letter(uow, letter, now=event.at)
