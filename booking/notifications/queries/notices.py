"""Questions about notices: who may still be told, how they wish it, what they have not read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.roles import Role
from booking.accounts.errors import NotByToken
from booking.accounts.models import Membership, User
from booking.kernel.errors import NotFound
from booking.notifications.models import NoticeChoice, NoticeTimes, OutboxMessage
from booking.notifications.queries import WAITING
from booking.notifications.rules.letters import NoticeFact
from booking.notifications.rules.notice import Mail
from booking.notifications.rules.standing import Audience
from booking.notifications.rules.table import FIXED, IN_APP
from booking.notifications.rules.timing import Times

# More than these are "99+": nobody counts further.
MOST_COUNTED: Final = 100
_MOST_BUNDLED: Final = 200

# Whether its reader still has the role by which a letter is for them, where that is.
HOLDS_STANDING: Final = sa.or_(
    col(OutboxMessage.audience) == Audience.HOLDER,
    sa.exists().where(
        col(Membership.user_id) == col(OutboxMessage.user_id),
        sa.type_coerce(col(Membership.role), sa.String)
        == sa.type_coerce(col(OutboxMessage.audience), sa.String),
        sa.or_(
            col(OutboxMessage.place_id).is_(None),
            sa.and_(
                col(Membership.role) == Role.LAB_MANAGER,
                col(Membership.lab_id) == col(OutboxMessage.place_id),
            ),
            sa.and_(
                col(Membership.role) == Role.COMPANY_ADMIN,
                col(Membership.organisation_id) == col(OutboxMessage.place_id),
            ),
        ),
    ),
)
_SWITCHED_OFF: Final = sa.exists().where(
    col(NoticeChoice.person_id) == col(OutboxMessage.user_id),
    col(NoticeChoice.fact) == sa.type_coerce(col(OutboxMessage.fact), sa.String),
    sa.not_(col(NoticeChoice.in_app)),
    sa.not_(col(NoticeChoice.fact).in_(FIXED)),
)


TIMES: Final = (
    col(NoticeTimes.daily_hour),
    col(NoticeTimes.quiet_from),
    col(NoticeTimes.quiet_until),
    col(NoticeTimes.reminder_hours),
)


@dataclass(frozen=True, slots=True)
class ReaderNow:
    """Whom a letter is for, as things are when it is to be delivered."""

    name: str
    locale: str
    active: bool
    entitled: bool
    times: Times
    # None: as usual.
    mail: Mail | None


def oneself(actor: Actor) -> int:
    """The number of somebody who is here in person: neither a program nor whoever views the site as
    somebody reads what that person is told. NotByToken."""
    if not actor.in_person:
        raise NotByToken
    return actor.id


def readers_now(session: Session, letter_ids: Collection[int]) -> Mapping[int, ReaderNow]:
    """By letter; none for one to an address without an account."""
    asked = (
        sa.select(
            col(OutboxMessage.id),
            col(User.name),
            col(User.locale),
            col(User.active),
            HOLDS_STANDING,
            *TIMES,
            col(NoticeChoice.mail),
        )
        .select_from(OutboxMessage)
        .join(User, col(User.id) == col(OutboxMessage.user_id))
        .outerjoin(NoticeTimes, col(NoticeTimes.person_id) == col(User.id))
        .outerjoin(
            NoticeChoice,
            sa.and_(
                col(NoticeChoice.person_id) == col(User.id),
                col(NoticeChoice.fact) == sa.type_coerce(col(OutboxMessage.fact), sa.String),
            ),
        )
        .where(col(OutboxMessage.id).in_(letter_ids))
    )
    found = {}
    for key, name, locale, active, entitled, *times, mail in session.execute(asked):
        found[key] = ReaderNow(name, locale, active, bool(entitled), times_in(times), mail)
    return found


def times_in(row: Sequence[int | None]) -> Times:
    """The columns `TIMES` as a value; as usual where there is no row."""
    daily_hour, quiet_from, quiet_until, reminder_hours = row
    if daily_hour is None or reminder_hours is None:
        return Times()
    return Times(daily_hour, quiet_from, quiet_until, reminder_hours)


def times_of(session: Session, person_id: int) -> Times:
    """When somebody wants to be told."""
    row = session.execute(
        sa.select(*TIMES).where(col(NoticeTimes.person_id) == person_id)
    ).one_or_none()
    return times_in(row) if row else Times()


def choices_of(session: Session, person_id: int) -> Mapping[NoticeFact, tuple[bool, Mail]]:
    """What somebody wants otherwise than usual: in the application, and by mail."""
    asked = sa.select(col(NoticeChoice.fact), col(NoticeChoice.in_app), col(NoticeChoice.mail))
    rows = session.execute(asked.where(col(NoticeChoice.person_id) == person_id))
    return {fact: (in_app, mail) for fact, in_app, mail in rows}


def bundle_of(session: Session, user_id: int, now: datetime) -> Sequence[OutboxMessage]:
    """What is due for the daily letter of somebody, oldest first, locked until the deed ends."""
    asked = (
        sa.select(OutboxMessage)
        .where(
            WAITING,
            col(OutboxMessage.user_id) == user_id,
            col(OutboxMessage.bundled_at).is_not(None),
            col(OutboxMessage.due_at) <= now,
        )
        .order_by(col(OutboxMessage.id))
        .limit(_MOST_BUNDLED)
        .with_for_update(skip_locked=True)
    )
    return session.execute(asked).scalars().all()


def _shown_to(person_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        col(OutboxMessage.user_id) == person_id,
        col(OutboxMessage.fact).in_(IN_APP),
        col(OutboxMessage.withheld_at).is_(None),
        HOLDS_STANDING,
        sa.not_(_SWITCHED_OFF),
    )


def notices_of(
    session: Session, person_id: int, *, after_id: int | None, limit: int
) -> Sequence[OutboxMessage]:
    """What somebody is told and may know, newest first."""
    asked = (
        sa.select(OutboxMessage)
        .where(*_shown_to(person_id))
        .order_by(col(OutboxMessage.id).desc())
        .limit(limit)
    )
    if after_id is not None:
        asked = asked.where(col(OutboxMessage.id) < after_id)
    return session.execute(asked).scalars().all()


def unread_count(session: Session, person_id: int) -> int:
    """How many of them were not read; not counted further than `MOST_COUNTED`."""
    unread = (
        sa.select(col(OutboxMessage.id))
        .where(*_shown_to(person_id), col(OutboxMessage.read_at).is_(None))
        .limit(MOST_COUNTED)
        .subquery()
    )
    return int(session.execute(sa.select(sa.func.count()).select_from(unread)).scalar_one())


def own_notice_for_update(session: Session, notice_id: int, person_id: int) -> OutboxMessage:
    """A notice, locked until the deed ends; NotFound unless it is shown to this person."""
    found: OutboxMessage | None = session.execute(
        sa.select(OutboxMessage)
        .where(col(OutboxMessage.id) == notice_id, *_shown_to(person_id))
        .with_for_update(of=OutboxMessage)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound(notice_id=notice_id)
    return found
