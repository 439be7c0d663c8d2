"""Close an account that belongs nowhere any more; open it again while its person is known."""

from datetime import datetime

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.accounts.actions.end_sessions import end_sessions_of
from booking.accounts.actions.end_tokens import end_tokens_of
from booking.accounts.errors import NotByToken, StillInPlaces
from booking.accounts.events import AccountClosed, AccountReopened
from booking.accounts.models import User
from booking.accounts.queries.closing import unused
from booking.accounts.queries.departures import roles_left
from booking.accounts.queries.people import user_for_update
from booking.accounts.rules import Ended
from booking.db.sweeps import swept
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import NotFound


def close_own_account(uow: UnitOfWork, *, actor: Actor, now: datetime) -> None:
    """From now on it opens nothing; name and address are taken away later, by the clock."""
    if not actor.in_person:
        raise NotByToken
    user = user_for_update(uow.session, actor.id)
    _close(uow, user, actor_id=actor.id, reason="", now=now)


def close_account(
    uow: UnitOfWork, user_id: int, reason: str, *, actor: Actor, now: datetime
) -> None:
    """For somebody who asked the centre, or cannot any more."""
    _must_be_the_centre(actor)
    user = user_for_update(uow.session, user_id)
    if not user.active:
        raise NotFound(user_id=user_id)
    _close(uow, user, actor_id=actor.known_id, reason=reason, now=now)


def reopen_account(
    uow: UnitOfWork, user_id: int, reason: str, *, actor: Actor, now: datetime
) -> None:
    """As it was when it was closed, without roles; not once its person is anonymous."""
    _must_be_the_centre(actor)
    user = user_for_update(uow.session, user_id)
    if user.active or user.anonymised_at is not None:
        raise NotFound(user_id=user_id)
    user.active, user.closed_at = True, None
    uow.session.flush()
    uow.announce(
        AccountReopened(
            at=now,
            actor_id=actor.known_id,
            subject=f"user:{user_id}",
            cause=reason,
            changes={"active": (False, True)},
            user_id=user_id,
        )
    )


def close_unused(uow: UnitOfWork, *, now: datetime) -> int:
    """Accounts that belong nowhere and that nobody has opened for long."""

    def close(user_id: int) -> None:
        user = user_for_update(uow.session, user_id)
        # Asked again under the lock: a role may have been given meanwhile.
        if user.active and not roles_left(uow.session, user_id):
            _close(uow, user, actor_id=None, reason="unused", now=now)

    return swept(uow, unused(uow.session, now), close, name=lambda user_id: f"user {user_id}")


def _close(
    uow: UnitOfWork, user: User, *, actor_id: int | None, reason: str, now: datetime
) -> None:
    if roles_left(uow.session, user.key):
        raise StillInPlaces
    user.active, user.closed_at = False, now
    uow.session.flush()
    end_sessions_of(uow, user.key, because=Ended.CLOSED, now=now)
    end_tokens_of(uow, user.key, actor_id=actor_id, now=now)
    uow.announce(
        AccountClosed(
            at=now,
            actor_id=actor_id,
            subject=f"user:{user.key}",
            cause=reason,
            changes={"active": (True, False)},
            user_id=user.key,
        )
    )


def _must_be_the_centre(actor: Actor) -> None:
    if not actor.in_person:
        raise NotByToken
    actor.must(Permission.PEOPLE_MANAGE)
