"""A deed that the database ended for somebody else's sake is quietly done again.

PostgreSQL ends one of two transactions that wait for each other, and whoever waits too long for a
row. Nothing of the loser was kept, so the same request can simply be made again: once after a
tug-of-war, and for some five seconds where a longer deed, like a series, keeps a row.
"""

from collections.abc import Awaitable, Callable
from typing import Final

import anyio
from sqlalchemy.exc import DBAPIError
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from booking.web.lengths import declared_length

# serialization_failure, deadlock_detected, lock_not_available
_BUSY: Final = "55P03"
_PASSING: Final = frozenset({"40001", "40P01", _BUSY})
# Seconds before each further try; every try waits for half a second itself.
PAUSES: Final = (0.0, 0.1, 0.2, 0.4, 0.8)
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_LARGEST_KEPT: Final = 1024 * 1024
WORTH_RETRYING: Final = "worth_retrying"

Rest = Callable[[float], Awaitable[object]]


def is_passing(error: Exception) -> bool:
    """Whether the database refused because of somebody else's transaction, not because of ours."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    return getattr(cause, "sqlstate", None) in _PASSING


def worth_retrying(error: Exception) -> int:
    """How often the same deed may be done again: a busy row is waited for, a tug-of-war is fought
    once more."""
    if not is_passing(error):
        return 0
    waited = isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == _BUSY
    return len(PAUSES) if waited else 1


class Retry:
    """Keeps the body of an unsafe request, to ask the application again with it.

    Between two tries nothing is held: the transaction is over, and so is its connection's turn.
    """

    def __init__(self, app: ASGIApp, rest: Rest = anyio.sleep) -> None:
        self.app = app
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in _SAFE or _is_large(scope):
            await self.app(scope, receive, send)
            return
        body = _KeptBody(receive)
        for tried, pause in enumerate((*PAUSES, 0.0)):
            answer = _HeldAnswer(send, tried)
            await self.app(answer.scope_of(scope), body.read, answer.send)
            if not answer.was_held:
                return
            await self._rest(pause)
            body = body.again()


class _KeptBody:
    """What arrived, for a second reading."""

    def __init__(self, receive: Receive, arrived: tuple[Message, ...] = ()) -> None:
        self._receive = receive
        self._left = list(arrived)
        self._arrived: list[Message] = list(arrived)

    async def read(self) -> Message:
        if self._left:
            return self._left.pop(0)
        message = await self._receive()
        self._arrived.append(message)
        return message

    def again(self) -> "_KeptBody":
        return _KeptBody(self._receive, tuple(self._arrived))


class _HeldAnswer:
    """Lets every answer through but the one that says: try again."""

    def __init__(self, send: Send, tried: int) -> None:
        self._send = send
        self._tried = tried
        self._state: dict[str, object] = {}
        self.was_held = False

    def scope_of(self, scope: Scope) -> Scope:
        self._state = {**scope.get("state", {})}
        return {**scope, "state": self._state}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            worth = self._state.get(WORTH_RETRYING, 0)
            self.was_held = isinstance(worth, int) and self._tried < worth
        if not self.was_held:
            await self._send(message)


def _is_large(scope: Scope) -> bool:
    length = declared_length(Headers(scope=scope))
    return length is None or length > _LARGEST_KEPT
