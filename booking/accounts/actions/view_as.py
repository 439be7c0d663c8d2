"""An administrator of the centre views the site as somebody else, and stops."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.access.roles import CENTRE_ROLES
from booking.accounts.errors import NotByToken, NotToBeViewedAs
from booking.accounts.events import GuiseEnded, GuiseTaken
from booking.accounts.models import LoginSession
from booking.accounts.queries.actors import actor_by_id
from booking.accounts.queries.people import user_for_update
from booking.accounts.rules import GUISE_LIFE, digest_of
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import NotFound


def view_as(
    uow: UnitOfWork, user_id: int, reason: str, *, secret: str, actor: Actor, now: datetime
) -> datetime:
    """For half an hour at most, in this session only; until when."""
    if not actor.in_person:
        raise NotByToken
    actor.must(Permission.PEOPLE_MANAGE)
    shown = user_for_update(uow.session, user_id)
    roles = actor_by_id(uow.session, user_id).roles
    if not shown.active or user_id == actor.id or not roles.isdisjoint(CENTRE_ROLES):
        raise NotToBeViewedAs
    until = now + GUISE_LIFE
    mine = sa.update(LoginSession).where(
        col(LoginSession.digest) == digest_of(secret),
        col(LoginSession.user_id) == actor.id,
        col(LoginSession.expires_at) > now,
    )
    taken = mine.values(guise_id=user_id, guise_until=until, guise_reason=reason)
    if not uow.session.execute(taken.returning(col(LoginSession.id))).all():
        raise NotFound(user_id=user_id)
    uow.announce(
        GuiseTaken(
            at=now,
            actor_id=actor.id,
            subject=f"user:{user_id}",
            on_behalf_of=f"user:{user_id}",
            cause=reason,
            user_id=user_id,
            viewer_id=actor.id,
            until=until,
        )
    )
    return until


def stop_viewing(uow: UnitOfWork, *, secret: str, actor: Actor, now: datetime) -> None:
    """Be oneself again; nothing happens where one is."""
    if actor.guise is None:
        return
    mine = sa.update(LoginSession).where(col(LoginSession.digest) == digest_of(secret))
    uow.session.execute(mine.values(guise_until=now))
    uow.announce(
        GuiseEnded(
            at=now,
            actor_id=actor.guise.person_id,
            subject=f"user:{actor.id}",
            on_behalf_of=f"user:{actor.id}",
            user_id=actor.id,
            viewer_id=actor.guise.person_id,
        )
    )
