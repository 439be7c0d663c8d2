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
from booking.invoices.models import Invoice, Payment
from booking.kernel.errors import NotFound
from booking.ledger.models import PrepaidAccount
from booking.loans.models import CreditLine
from booking.organisations.models import Lab, Organisation
from booking.reservations.models.quote import PriceQuote
from booking.reservations.models.reservation import Reservation
from booking.subsidies.models.statement import Statement

Column = Mapped[Any]
Named = sa.Select[*tuple[Any, ...]]
# By noun: how entries refer to it, and what it is called.
_BY_ID: Final[Mapping[str, tuple[Column, Column]]] = {
    "instrument": (col(Instrument.id), col(Instrument.name)),
    "lab": (col(Lab.id), col(Lab.name)),
    "organisation": (col(Organisation.id), col(Organisation.name)),
    "user": (col(User.id), col(User.name)),
}
_COMPANY, _INSTRUMENT = (
    (col(Organisation.name), col(Organisation.id)),
    (col(Instrument.name), col(Instrument.id)),
)
# By noun: how entries refer to it, whose it is, and what that one is called.
_BY_OWNER: Final[Mapping[str, tuple[Column, Column, tuple[Column, Column]]]] = {
    "charge": (col(Charge.number), col(Charge.organisation_id), _COMPANY),
    "invoice": (col(Invoice.reference), col(Invoice.organisation_id), _COMPANY),
    "loan": (col(CreditLine.number), col(CreditLine.organisation_id), _COMPANY),
    "payment": (col(Payment.reference), col(Payment.organisation_id), _COMPANY),
    "prepayment": (col(PrepaidAccount.id), col(PrepaidAccount.organisation_id), _COMPANY),
    "quote": (col(PriceQuote.number), col(PriceQuote.instrument_id), _INSTRUMENT),
    "reservation": (col(Reservation.number), col(Reservation.instrument_id), _INSTRUMENT),
    "statement": (col(Statement.number), col(Statement.organisation_id), _COMPANY),
}
_NUMBERED: Final = frozenset({*_BY_ID, "prepayment"})


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
    if noun in _BY_ID:
        key, name = _BY_ID[noun]
        found: Named = sa.select(_subject(noun, key), name.label("name"))
    elif noun in _BY_OWNER:
        key, owner, (name, owns) = _BY_OWNER[noun]
        found = sa.select(_subject(noun, key), name.label("name")).where(owner == owns)
    else:
        return
    keys = sorted(references)
    if noun in _NUMBERED:
        yield found.where(key.in_([int(one) for one in keys if is_a_number(one)]))
    else:
        yield found.where(key.in_(keys))


def _subject(noun: str, key: Column) -> sa.Label[str]:
    return (sa.literal(f"{noun}:") + sa.cast(key, sa.Text)).label("subject")


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
