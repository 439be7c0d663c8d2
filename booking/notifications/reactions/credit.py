"""Who is told of credit: whoever lost points, the centre of an appeal, and what it decided."""

from collections.abc import Iterator

from booking.access.roles import Role
from booking.accounts.queries.people import Reader, keepers_of, reader_of, readers_with
from booking.credit.events import CreditAppealDecided, CreditAppealed, CreditEntered, CreditEvent
from booking.db.transactions import UnitOfWork
from booking.notifications.actions.write_letter import addressed, write_letter
from booking.notifications.rules.standing import OF_CENTRE, ONESELF, in_lab
from booking.organisations.queries import lab_summary, organisation_summary


def tell_of_entry(uow: UnitOfWork, event: CreditEntered) -> None:
    """A loss, to whose booking it was or who keeps the lab; what restores needs no letter."""
    if event.points >= 0:
        return
    told = _told(uow, event)
    standing = ONESELF if event.lab_id is None else in_lab(event.lab_id)
    for reader in _concerned(uow, event):
        words = {**told, "name": reader.name}
        letter = addressed(reader, "credit_entered", words, standing=standing)
        write_letter(uow, letter, now=event.at)


def tell_centre_of_appeal(uow: UnitOfWork, event: CreditAppealed) -> None:
    """Somebody has to decide."""
    told = _told(uow, event)
    for reader in readers_with(uow.session, Role.CENTRE_ADMIN):
        words = {**told, "name": reader.name}
        letter = addressed(reader, "credit_appealed", words, standing=OF_CENTRE)
        write_letter(uow, letter, now=event.at)


def tell_of_decision(uow: UnitOfWork, event: CreditAppealDecided) -> None:
    """With the reason, to whoever appealed."""
    reader = reader_of(uow.session, event.asked_by)
    words = {**_told(uow, event), "name": reader.name, "reason": event.cause}
    words["state"] = event.state.value
    write_letter(uow, addressed(reader, "credit_appeal_decided", words), now=event.at)


def _concerned(uow: UnitOfWork, event: CreditEvent) -> Iterator[Reader]:
    if event.lab_id is not None:
        yield from keepers_of(uow.session, event.lab_id)
    elif event.person_id is not None:
        yield reader_of(uow.session, event.person_id)


def _told(uow: UnitOfWork, event: CreditEvent) -> dict[str, object]:
    owner = (
        lab_summary(uow.session, event.lab_id).name
        if event.lab_id is not None
        else organisation_summary(uow.session, event.organisation_id or 0).name
    )
    return {
        "owner": owner,
        "entry_id": event.entry_id,
        "number": event.number,
        "cause": event.why.value,
        "points": event.points,
        "lapses_at": event.lapses_at.isoformat(),
    }
