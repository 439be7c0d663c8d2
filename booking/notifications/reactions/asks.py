"""Who is told what is asked of those who have booked, and what was answered."""

from booking.accounts.queries.people import keepers_of, reader_of
from booking.db.transactions import UnitOfWork
from booking.instruments.queries.cards import card_summary
from booking.notifications.actions.write_letter import addressed, write_letter
from booking.notifications.rules.standing import in_lab
from booking.reservations.asked import (
    ProposalEvent,
    ProposalLapsed,
    ProposalWithdrawn,
    SwapAsked,
    SwapEvent,
    SwapWithdrawn,
    TimeProposed,
)


def tell_of_proposal(uow: UnitOfWork, event: TimeProposed | ProposalWithdrawn) -> None:
    """The holder; not where the booking changed, of which there is a letter anyway."""
    if isinstance(event, TimeProposed) or not event.moot:
        _write_to_holder(uow, event)


def tell_of_answer(uow: UnitOfWork, event: ProposalEvent) -> None:
    """Whoever keeps the instrument."""
    _write_to_lab(uow, event)


def tell_of_lapsed_proposal(uow: UnitOfWork, event: ProposalLapsed) -> None:
    """Both sides."""
    _write_to_holder(uow, event)
    _write_to_lab(uow, event)


def tell_of_swap(uow: UnitOfWork, event: SwapEvent) -> None:
    """The side that did not do it."""
    if isinstance(event, SwapAsked) and event.is_asking:
        return
    if isinstance(event, SwapWithdrawn) and event.by_this_side:
        return
    reader = reader_of(uow.session, event.holder_id)
    told = {
        "step": event.name,
        "name": reader.name,
        "number": event.number,
        "instrument": card_summary(uow.session, event.instrument_id).name,
        "start_at": event.span.start.isoformat(),
        "end_at": event.span.end.isoformat(),
        "new_start_at": event.wanted.start.isoformat(),
        "new_end_at": event.wanted.end.isoformat(),
        "until_at": event.lapses_at.isoformat() if isinstance(event, SwapAsked) else None,
    }
    write_letter(uow, addressed(reader, "swap_step", told), now=event.at)


def _write_to_holder(uow: UnitOfWork, event: ProposalEvent) -> None:
    reader = reader_of(uow.session, event.holder_id)
    words = {**_told_of_proposal(uow, event), "name": reader.name}
    write_letter(uow, addressed(reader, "proposal_step", words), now=event.at)


def _write_to_lab(uow: UnitOfWork, event: ProposalEvent) -> None:
    told = _told_of_proposal(uow, event)
    for reader in keepers_of(uow.session, event.lab_id):
        words = {**told, "name": reader.name}
        letter = addressed(reader, "proposal_step", words, standing=in_lab(event.lab_id))
        write_letter(uow, letter, now=event.at)


def _told_of_proposal(uow: UnitOfWork, event: ProposalEvent) -> dict[str, object]:
    return {
        "step": event.name,
        "number": event.number,
        "instrument": card_summary(uow.session, event.proposed_on).name,
        "new_start_at": event.proposed.start.isoformat(),
        "new_end_at": event.proposed.end.isoformat(),
        "reason": event.cause,
        "until_at": event.lapses_at.isoformat() if isinstance(event, TimeProposed) else None,
    }
