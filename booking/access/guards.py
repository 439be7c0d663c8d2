"""The only route doors: `requires(permission)`, `signed_in`, `PUBLIC`.

They ask whoever implements `ActorSource` (the accounts room, plugged in by `app.py`) who is there.
Whose record it is, the query decides: what you may not see is not found.
"""

from typing import Protocol

from fastapi import Depends, Request

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.kernel.errors import BookingError, Forbidden


class NotSignedIn(BookingError):
    """The door needs somebody it knows."""

    kind = "unauthenticated"
    code = "not_signed_in"


class ActorSource(Protocol):
    """Finds out who sent a request."""

    def actor_of(self, request: Request) -> Actor | None: ...


def _whoever(request: Request) -> Actor | None:
    source: ActorSource = request.app.state.actor_source
    actor = source.actor_of(request)
    request.state.actor = actor
    return actor


def _known(request: Request) -> Actor:
    actor = _whoever(request)
    if actor is None:
        raise NotSignedIn
    return actor


def requires(permission: Permission) -> object:
    """A door for those to whom the permission is granted somewhere."""

    def door(request: Request) -> Actor:
        actor = _known(request)
        if not actor.may(permission):
            raise Forbidden(permission=permission.value)
        return actor

    door.__name__ = f"requires_{permission.name.lower()}"
    door.permission = permission  # type: ignore[attr-defined]  # read by the architecture tests
    return Depends(door)


signed_in = Depends(_known)
PUBLIC = Depends(_whoever)
