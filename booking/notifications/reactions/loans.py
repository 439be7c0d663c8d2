"""Who is told of credit lines: the company that owes, and finance of what it has to do."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from booking.access.roles import Role
from booking.accounts.queries.people import Reader, readers_with
from booking.db.transactions import UnitOfWork
from booking.loans.events import (
    DrawAsked,
    DrawEvent,
    DrawExceeded,
    DrawExpired,
    LineOverdue,
    LoanEvent,
    PromiseEvent,
    PromiseShort,
)
from booking.notifications.actions.write_letter import addressed, write_letter
from booking.notifications.rules.standing import OF_FINANCE, Standing, in_company

_OF_FINANCE: Final = (DrawAsked, DrawExceeded, DrawExpired, LineOverdue, PromiseShort)


def tell_of_loan(uow: UnitOfWork, event: LoanEvent) -> None:
    """What was asked, paid or refused, and what is overdue or repaid; not whoever did it."""
    told = {
        "step": event.name,
        "loan": event.loan,
        "bank": event.bank,
        "draw": event.draw if isinstance(event, DrawEvent) else "",
        "charge": event.charge if isinstance(event, DrawEvent) else "",
        "amount_fen": event.amount_fen if isinstance(event, DrawEvent | LineOverdue) else 0,
        "reason": event.cause,
        **_of_promise(event),
    }
    seen = {event.actor_id}
    for reader, standing in _readers(uow, event):
        if reader.id not in seen:
            seen.add(reader.id)
            words = {**told, "name": reader.name}
            letter = addressed(reader, "loan_step", words, standing=standing)
            write_letter(uow, letter, now=event.at)


def _of_promise(event: LoanEvent) -> dict[str, str]:
    """The year of promised hours, and what of them is there."""
    if not isinstance(event, PromiseEvent):
        return dict.fromkeys(("first", "last", "promised", "delivered", "missing"), "")
    return {
        "first": event.first.isoformat(),
        "last": (event.until - timedelta(days=1)).isoformat(),
        "promised": event.promised,
        "delivered": event.delivered,
        "missing": event.missing,
    }


def _readers(uow: UnitOfWork, event: LoanEvent) -> Iterator[tuple[Reader, Standing]]:
    if not isinstance(event, DrawAsked):
        for reader in readers_with(uow.session, Role.COMPANY_ADMIN, event.organisation_id):
            yield reader, in_company(event.organisation_id)
    if isinstance(event, _OF_FINANCE):
        for reader in readers_with(uow.session, Role.FINANCE):
            yield reader, OF_FINANCE
