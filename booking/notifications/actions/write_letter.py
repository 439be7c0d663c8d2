"""Put a letter into the outbox, in the transaction of the deed that it tells of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import col

from booking.accounts.models import User
from booking.accounts.queries.people import Reader
from booking.db.transactions import UnitOfWork
from booking.db.types import Json, UtcDateTime
from booking.notifications.models import OutboxMessage

_OUTBOX: Final[sa.Table] = OutboxMessage.__table__  # type: ignore[attr-defined]  # made by SQLModel
# Put together once: every booking writes one.
_NOW: Final = sa.bindparam("now", type_=UtcDateTime())
_TO_PERSON: Final = sa.insert(_OUTBOX).from_select(
    [
        *("fact", "user_id", "email", "locale", "params"),
        *("created_at", "due_at", "attempts", "error"),
    ],
    sa.select(
        sa.bindparam("told_fact", type_=sa.String()),
        col(User.id),
        col(User.email),
        col(User.locale),
        sa.bindparam("told_params", type_=Json),
        _NOW,
        _NOW,
        sa.literal(0),
        sa.literal(""),
    ).where(col(User.id) == sa.bindparam("person", type_=sa.BigInteger()), col(User.active)),
    include_defaults=False,
)


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


def write_to_person(
    uow: UnitOfWork, user_id: int, fact: str, *, told: Mapping[str, object], now: datetime
) -> None:
    """The same to whoever has an account, in one statement; nothing to one that is closed."""
    uow.session.execute(
        _TO_PERSON, {"person": user_id, "told_fact": fact, "told_params": dict(told), "now": now}
    )
