"""Put a letter into the outbox, in the transaction of the deed that it tells of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col

from booking.access.roles import Role
from booking.accounts.models import Membership, User
from booking.accounts.queries.people import Reader
from booking.db.transactions import UnitOfWork
from booking.db.types import Json, UtcDateTime
from booking.notifications.models import OutboxMessage, Webhook
from booking.notifications.rules import BOOKING_LETTER
from booking.notifications.rules.letters import NoticeFact
from booking.notifications.rules.standing import ONESELF, Audience, Standing

_OUTBOX: Final[sa.Table] = OutboxMessage.__table__  # type: ignore[attr-defined]  # made by SQLModel
# Put together once: every booking writes one.
_NOW: Final = sa.bindparam("now", type_=UtcDateTime())
_COLUMNS: Final = (
    *("fact", "user_id", "email", "locale", "params", "audience", "place_id", "about"),
    *("created_at", "due_at", "attempts", "error"),
)


def _row(
    fact: sa.ColumnElement[Any], audience: Audience, place: sa.ColumnElement[Any]
) -> sa.Select[Any]:
    return sa.select(
        fact,
        col(User.id),
        col(User.email),
        col(User.locale),
        sa.bindparam("told_params", type_=Json),
        sa.literal(audience.value),
        place,
        sa.bindparam("told_about", type_=sa.String()),
        _NOW,
        _NOW,
        sa.literal(0),
        sa.literal(""),
    ).where(col(User.active))


def _inserted(rows: sa.Select[Any] | sa.CompoundSelect[Any]) -> sa.Executable:
    """Write them; each answers whether a webhook of the organisation may listen."""
    heard = sa.exists().where(
        col(Webhook.organisation_id) == sa.bindparam("organisation", type_=sa.BigInteger()),
        col(Webhook.paused_at).is_(None),
    )
    made = sa.insert(_OUTBOX).from_select(_COLUMNS, rows, include_defaults=False)
    return made.returning(heard.label("heard"))


_LAB: Final = sa.bindparam("lab", type_=sa.BigInteger())
_TO_HOLDER: Final = _row(
    sa.literal(BOOKING_LETTER), Audience.HOLDER, sa.cast(sa.null(), sa.BigInteger())
).where(col(User.id) == sa.bindparam("person", type_=sa.BigInteger()))
_TO_KEEPERS: Final = (
    _row(sa.literal(NoticeFact.REQUEST_WAITING.value), Audience.LAB, _LAB)
    .join(Membership, col(Membership.user_id) == col(User.id))
    .where(col(Membership.role) == Role.LAB_MANAGER, col(Membership.lab_id) == _LAB)
)
_OF_BOOKING: Final = _inserted(_TO_HOLDER)
_OF_REQUEST: Final = _inserted(sa.union_all(_TO_HOLDER, _TO_KEEPERS))
_OF_STEP: Final = sa.insert(_OUTBOX).from_select(_COLUMNS, _TO_KEEPERS, include_defaults=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is told to whom. `params` are plain: texts, numbers, `link: [purpose, id]`, `…_at`."""

    fact: str
    email: str
    locale: str
    user_id: int | None = None
    standing: Standing = ONESELF
    params: Mapping[str, object] = field(default_factory=dict)


def addressed(
    reader: Reader, fact: str, told: Mapping[str, object], *, standing: Standing = ONESELF
) -> Letter:
    """A letter to somebody with an account, in his or her language.

    Without that standing, when it is to be delivered, they are not told.
    """
    return Letter(
        fact=fact,
        email=reader.email,
        locale=reader.locale,
        user_id=reader.id,
        standing=standing,
        params=told,
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
            audience=letter.standing.audience,
            place_id=letter.standing.place_id,
            about=str(letter.params.get("number", "")),
            created_at=now,
            due_at=due_at or now,
        )
    )
    uow.session.flush()


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingLetter:
    """What is told of a booking to a person; where it waits, the lab is told in the same stroke."""

    user_id: int
    organisation_id: int
    params: Mapping[str, object]
    waits_for_lab: int | None = None


def write_of_booking(uow: UnitOfWork, letter: BookingLetter, *, now: datetime) -> bool:
    """A letter about a booking to whoever has an account, not to one that is closed.

    In one statement, with what the lab's keepers are told; it also says whether a webhook of the
    organisation may listen: every booking writes one, and hardly any organisation has a webhook.
    """
    given = {
        "person": letter.user_id,
        "told_params": dict(letter.params),
        "told_about": str(letter.params["number"]),
        "now": now,
        "organisation": letter.organisation_id,
    }
    statement = _OF_BOOKING
    if letter.waits_for_lab is not None:
        statement, given = _OF_REQUEST, {**given, "lab": letter.waits_for_lab}
    heard = uow.session.execute(statement, given).scalars().all()
    return not heard or any(heard)


def tell_keepers(
    uow: UnitOfWork, requests: Sequence[tuple[int, Mapping[str, object]]], *, now: datetime
) -> None:
    """Of bookings that wait for their labs, where their holder is told otherwise; one statement."""
    given = [
        {"told_params": dict(told), "told_about": str(told["number"]), "now": now, "lab": lab_id}
        for lab_id, told in requests
    ]
    if given:
        uow.session.execute(_OF_STEP, given)
