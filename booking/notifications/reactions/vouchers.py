"""Companies are told of their vouchers: given, soon to end, ended, paying again."""

from booking.access.roles import Role
from booking.accounts.queries.people import readers_with
from booking.db.transactions import UnitOfWork
from booking.notifications.actions.write_letter import addressed, write_letter
from booking.notifications.rules.standing import in_company
from booking.vouchers.events import (
    VoucherExpired,
    VoucherExpiring,
    VoucherIssued,
    VoucherRestored,
)


def tell_of_voucher(
    uow: UnitOfWork, event: VoucherIssued | VoucherExpiring | VoucherExpired | VoucherRestored
) -> None:
    """What became of it, to whoever administers the company."""
    organisation_id = event.organisation_id
    told = {
        "booking": event.reservation_number if isinstance(event, VoucherRestored) else "",
        "lacking_fen": event.lacking_fen if isinstance(event, VoucherRestored) else 0,
        "step": event.name,
        "number": event.number,
        "amount_fen": event.amount_fen,
        "last_day": event.valid_to.isoformat(),
    }
    for reader in readers_with(uow.session, Role.COMPANY_ADMIN, organisation_id):
        words = {**told, "name": reader.name}
        standing = in_company(organisation_id)
        write_letter(uow, addressed(reader, "voucher_step", words, standing=standing), now=event.at)
