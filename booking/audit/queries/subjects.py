"""What the subjects of entries are called: one statement, however many of however many kinds."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from booking.accounts.models import User
from booking.audit.models import AuditEntry
from booking.audit.queries.entries import is_a_number
from booking.billing.models import Charge
from booking.instruments.models.instrument import Instrument
from booking.kernel.errors import NotFound
from booking.loans.models import CreditLine
from booking.organisations.models import Lab, Organisation
from booking.reservations.models.reservation import Reservation
from booking.subsidies.models.statement import Statement

Column = Mapped[Any]
Named = sa.Select[*tuple[Any, ...]]
# By noun: how entries refer to it, what it is called, and what brings the two together.
_BY_ID: Final[Mapping[str, tuple[Column, Column]]] = {
    "instrument": (col(Instrument.id), col(Instrument.name)),
    "lab": (col(Lab.id), col(Lab.name)),
    "organisation": (col(Organisation.id), col(Organisation.name)),
    "user": (col(User.id), col(User.name)),
}
_BY_NUMBER: Final[Mapping[str, tuple[Column, Column, Column, Column]]] = {
    "charge": (
        col(Charge.number),
        col(Organisation.name),
        col(Charge.organisation_id),
        col(Organisation.id),
    ),
    "loan": (
        col(CreditLine.number),
        col(Organisation.name),
        col(CreditLine.organisation_id),
        col(Organisation.id),
    ),
    "reservation": (
        col(Reservation.number),
        col(Instrument.name),
        col(Reservation.instrument_id),
        col(Instrument.id),
    ),
    "statement": (
        col(Statement.number),
        col(Organisation.name),
        col(Statement.organisation_id),
        col(Organisation.id),
    ),
}


def names_of(session: Session, subjects: Iterable[str]) -> Mapping[str, str]:
    """The names of `noun:reference` subjects; those that have none are left out."""
    asked: dict[str, set[str]] = {}
    for subject in subjects:
        noun, _, reference = subject.partition(":")
        asked.setdefault(noun, set()).add(reference)
    parts = [part for noun, wanted in sorted(asked.items()) for part in _named(noun, wanted)]
    if not parts:
        return {}
    return {row.subject: row.name for row in session.execute(sa.union_all(*parts))}


def _named(noun: str, references: Collection[str]) -> Iterable[Named]:
    prefix = sa.literal(f"{noun}:")
    if noun in _BY_ID:
        key, name = _BY_ID[noun]
        keys = sorted(int(reference) for reference in references if is_a_number(reference))
        subject = (prefix + sa.cast(key, sa.Text)).label("subject")
        yield sa.select(subject, name.label("name")).where(key.in_(keys))
    elif noun in _BY_NUMBER:
        key, name, mine, theirs = _BY_NUMBER[noun]
        subject = (prefix + key).label("subject")
        found: Named = sa.select(subject, name.label("name")).where(mine == theirs)
        yield found.where(key.in_(sorted(references)))


def must_have_history(session: Session, subject: str) -> None:
    """NotFound for a subject of which nothing is told."""
    asked = sa.select(col(AuditEntry.id)).where(col(AuditEntry.subject) == subject).limit(1)
    if session.execute(asked).first() is None:
        raise NotFound(subject=subject)


def person_known(session: Session, person_id: int) -> User:
    """The person of an account; accounts are closed, never removed."""
    found: User | None = session.get(User, person_id)
    if found is None:
        raise NotFound(person=person_id)
    return found
