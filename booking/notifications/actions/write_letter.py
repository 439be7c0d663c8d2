"""Put a letter into the outbox, in the transaction of the deed that it tells of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from booking.accounts.queries.people import Reader
from booking.db.transactions import UnitOfWork
from booking.notifications.models import OutboxMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is told to whom. `params` are plain: texts, numbers, `link: [purpose, id]`, `…_at`."""

    fact: str
    email: str
    locale: str
    user_id: int | None = None
    params: Mapping[str, object] = field(default_factory=dict)


def addressed(reader: Reader, fact: str, told: Mapping[str, object]) -> Letter:
    """A letter to somebody with an account, in his or her language."""
    return Letter(
        fact=fact, email=reader.email, locale=reader.locale, user_id=reader.id, params=told
    )


def write_letter(
    uow: UnitOfWork, letter: Letter, *, now: datetime, due_at: datetime | None = None
) -> None:
    """It leaves when it is due, by default with the next run; not at all if the deed fails."""
    uow.session.add(
        OutboxMessage(
            fact=letter.fact,
            email=letter.email,
            locale=letter.locale,
            user_id=letter.user_id,
            params=dict(letter.params),
            created_at=now,
            due_at=due_at or now,
        )
    )
    uow.session.flush()
