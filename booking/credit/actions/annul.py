"""Take an entry back by one that says the opposite; once."""

from datetime import datetime

from booking.credit.events import CreditAnnulled
from booking.credit.models import CreditEntry
from booking.credit.queries.entries import entry_of_fact, is_annulled
from booking.credit.rules import Cause
from booking.db.transactions import UnitOfWork


def annul(
    uow: UnitOfWork, cause: Cause, number: str, *, actor_id: int | None, now: datetime
) -> None:
    """What a booking counted for; nothing where it never did, or does no more."""
    entry = entry_of_fact(uow.session, cause, number)
    if entry is None or is_annulled(uow.session, entry.key):
        return
    uow.session.add(opposite(entry, now))
    uow.session.flush()
    uow.announce(
        CreditAnnulled(
            at=now,
            actor_id=actor_id,
            subject=subject_of(entry),
            changes={
                "credit_points": (entry.points, 0),
                "reservation": (None, entry.reservation_number),
            },
            entry_id=entry.key,
            organisation_id=entry.organisation_id,
            lab_id=entry.lab_id,
            person_id=entry.person_id,
            why=entry.cause,
            points=entry.points,
            number=entry.reservation_number,
            lapses_at=entry.lapses_at,
        )
    )


def opposite(entry: CreditEntry, now: datetime) -> CreditEntry:
    """The entry that takes another back, for as long as that counts."""
    return CreditEntry(
        organisation_id=entry.organisation_id,
        lab_id=entry.lab_id,
        person_id=entry.person_id,
        cause=entry.cause,
        points=-entry.points,
        reservation_number=entry.reservation_number,
        at=now,
        lapses_at=entry.lapses_at,
        rules_id=entry.rules_id,
        annuls_id=entry.key,
    )


def subject_of(entry: CreditEntry) -> str:
    """Whose score an entry is about."""
    if entry.lab_id is not None:
        return f"lab:{entry.lab_id}"
    return f"organisation:{entry.organisation_id}"
