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
from booking.notifications.models import OutboxMessage, Webhook
from booking.notifications.rules import BOOKING_LETTER

_OUTBOX: Final[sa.Table] = OutboxMessage.__table__  # type: ignore[attr-defined]  # made by SQLModel
# Put together once: every booking writes one.
_NOW: Final = sa.bindparam("now", type_=UtcDateTime())
_OF_BOOKING: Final = (
    sa.insert(_OUTBOX)
    .from_select(
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
    .returning(
        sa.exists()
        .where(
            col(Webhook.organisation_id) == sa.bindparam("organisation", type_=sa.BigInteger()),
            col(Webhook.paused_at).is_(None),
        )
        .label("heard")
    )
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


def write_of_booking(
    uow: UnitOfWork,
    user_id: int,
    told: Mapping[str, object],
    *,
    organisation_id: int,
    now: datetime,
) -> bool:
    """A letter about a booking to whoever has an account, not to one that is closed.

    In one statement, which also says whether a webhook of the organisation may listen: every
    booking writes one, and hardly any organisation has a webhook.
    """
    given = {
        "person": user_id,
        "told_fact": BOOKING_LETTER,
        "told_params": dict(told),
        "now": now,
        "organisation": organisation_id,
    }
    heard: bool | None = uow.session.execute(_OF_BOOKING, given).scalar_one_or_none()
    return heard is None or bool(heard)
