"""Give out the address of a calendar, replace it, take it back."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from booking.access.actor import Actor
from booking.accounts.errors import NotByToken
from booking.accounts.queries.people import user_for_update
from booking.accounts.rules import digest_of, new_secret
from booking.db.transactions import UnitOfWork
from booking.instruments.queries.cards import card_seen_by
from booking.kernel.errors import NotFound
from booking.reservations.events import FeedEvent, FeedMade, FeedReplaced, FeedRevoked
from booking.reservations.models.feed import CalendarFeed
from booking.reservations.queries.feeds import lab_run_by, of_subject
from booking.reservations.rules.feeds import Subject


def give_feed(uow: UnitOfWork, subject: Subject, *, actor: Actor, now: datetime) -> str:
    """The secret, which nobody can read again; one given out before opens nothing from now on."""
    if not actor.in_person:
        raise NotByToken
    # Whoever asks twice at once waits here.
    user_for_update(uow.session, actor.id)
    _must_be_known(uow, subject, actor)
    former = _taken_away(uow, actor.id, subject)
    secret = new_secret()
    uow.session.add(
        CalendarFeed(
            person_id=actor.id,
            instrument_id=subject.instrument_id,
            lab_id=subject.lab_id,
            digest=digest_of(secret),
            made_at=now,
        )
    )
    uow.session.flush()
    kind = FeedReplaced if former else FeedMade
    before = subject.reference if former else None
    _announce(uow, kind, actor, changes=(before, subject.reference), now=now)
    return secret


def revoke_feed(uow: UnitOfWork, subject: Subject, *, actor: Actor, now: datetime) -> None:
    """Its address opens nothing from now on; NotFound when there is none."""
    if not actor.in_person:
        raise NotByToken
    if not _taken_away(uow, actor.id, subject):
        raise NotFound(calendar_feed=subject.reference)
    _announce(uow, FeedRevoked, actor, changes=(subject.reference, None), now=now)


def forget_feeds_of(uow: UnitOfWork, person_id: int) -> None:
    """They served this person only."""
    theirs = sa.delete(CalendarFeed).where(col(CalendarFeed.person_id) == person_id)
    uow.session.execute(theirs)


def _must_be_known(uow: UnitOfWork, subject: Subject, actor: Actor) -> None:
    if subject.lab_id is not None:
        lab_run_by(uow.session, subject.lab_id, actor)
    if subject.instrument_id is not None:
        card_seen_by(uow.session, subject.instrument_id, actor)


def _taken_away(uow: UnitOfWork, person_id: int, subject: Subject) -> bool:
    gone = (
        sa.delete(CalendarFeed)
        .where(*of_subject(person_id, subject))
        .returning(col(CalendarFeed.id))
        .execution_options(synchronize_session=False)
    )
    return uow.session.execute(gone).first() is not None


def _announce(
    uow: UnitOfWork,
    kind: type[FeedEvent],
    actor: Actor,
    *,
    changes: tuple[str | None, str | None],
    now: datetime,
) -> None:
    uow.announce(
        kind(
            at=now,
            actor_id=actor.known_id,
            subject=f"user:{actor.id}",
            changes={"calendar_feed": changes},
            user_id=actor.id,
        )
    )
