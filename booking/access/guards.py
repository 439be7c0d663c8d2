"""The only route doors: `requires(permission)`, `signed_in`, `arriving`, `PUBLIC`.

They ask whoever implements `ActorSource` (the accounts room, plugged in by `app.py`) who is there.
Whose record it is, the query decides: what you may not see is not found.
"""

from typing import Protocol

from fastapi import Depends, Request

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.kernel.errors import BookingError, Forbidden
from booking.web.errors import SECOND_FACTOR_REQUIRED
from booking.web.languages import speak_to
from booking.web.rates.asking import count_for_account


class NotSignedIn(BookingError):
    """The door needs somebody it knows."""

    kind = "unauthenticated"
    code = "not_signed_in"


class SecondFactorRequired(BookingError):
    """Somebody in this role has to set up a second factor before anything else."""

    kind = "forbidden"
    code = SECOND_FACTOR_REQUIRED


class ActorSource(Protocol):
    """Finds out who sent a request."""

    def actor_of(self, request: Request) -> Actor | None: ...
    def still(self, request: Request) -> Actor | None: ...


def _whoever(request: Request) -> Actor | None:
    source: ActorSource = request.app.state.actor_source
    actor = source.actor_of(request)
    request.state.actor = actor
    speak_to(request)
    if actor is not None:
        count_for_account(request, actor.real_id)
    return actor


def still_there(request: Request) -> Actor | None:
    """Who holds the secret of a request that is being answered for long, now; noted nowhere."""
    source: ActorSource = request.app.state.actor_source
    return source.still(request)


def _arriving(request: Request) -> Actor:
    actor = _whoever(request)
    if actor is None:
        raise NotSignedIn
    return actor


def _known(request: Request) -> Actor:
    actor = _arriving(request)
    if actor.held_back:
        raise SecondFactorRequired
    return actor


def requires(*any_of: Permission) -> object:
    """A door for those to whom one of these permissions is granted somewhere."""

    def door(request: Request) -> Actor:
        actor = _known(request)
        if not any(actor.may(permission) for permission in any_of):
            raise Forbidden(permission=any_of[0].value)
        return actor

    door.__name__ = "requires_" + "_or_".join(permission.name.lower() for permission in any_of)
    door.permissions = any_of  # type: ignore[attr-defined]  # read by the tests of the doors
    return Depends(door)


signed_in = Depends(_known)
# For the few pages on which somebody who is held back does what is missing.
arriving = Depends(_arriving)
PUBLIC = Depends(_whoever)
