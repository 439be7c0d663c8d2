"""Who is told that a charge comes to another amount, and who has to agree to one."""

from collections.abc import Iterator

from booking.access.roles import Role
from booking.accounts.queries.people import Reader, keepers_of, reader_of, readers_with
from booking.billing.events import (
    AdjustmentAsked,
    AdjustmentRefused,
    ChargeCorrected,
    ChargeEvent,
)
from booking.db.transactions import UnitOfWork
from booking.instruments.queries.cards import card_summary
from booking.notifications.actions.write_letter import addressed, write_letter
from booking.notifications.rules.standing import (
    OF_FINANCE,
    ONESELF,
    Standing,
    in_company,
    in_lab,
)


def tell_of_charge(uow: UnitOfWork, event: ChargeEvent) -> None:
    """What was done with its reason, each reader once and never whoever did it."""
    told = {
        "step": event.name,
        "number": event.number,
        "booking": event.reservation_number,
        "instrument": _instrument(uow, event),
        "amount_fen": event.amount_fen,
        "total_fen": event.total_fen if isinstance(event, ChargeCorrected) else 0,
        "reason": event.cause,
    }
    seen = {event.actor_id}
    for reader, standing in _readers(uow, event):
        if reader.id in seen:
            continue
        seen.add(reader.id)
        words = {**told, "name": reader.name}
        letter = addressed(reader, "charge_step", words, standing=standing)
        write_letter(uow, letter, now=event.at)


def _instrument(uow: UnitOfWork, event: ChargeEvent) -> str:
    return card_summary(uow.session, event.instrument_id).name


def _readers(uow: UnitOfWork, event: ChargeEvent) -> Iterator[tuple[Reader, Standing]]:
    if isinstance(event, AdjustmentRefused):
        yield reader_of(uow.session, event.asked_by), ONESELF
    elif isinstance(event, AdjustmentAsked):
        for reader in keepers_of(uow.session, event.lab_id):
            yield reader, in_lab(event.lab_id)
        for reader in readers_with(uow.session, Role.FINANCE):
            yield reader, OF_FINANCE
    else:
        yield reader_of(uow.session, event.holder_id), ONESELF
        organisation_id = event.organisation_id
        for reader in readers_with(uow.session, Role.COMPANY_ADMIN, organisation_id):
            yield reader, in_company(organisation_id)
