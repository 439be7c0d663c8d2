"""A deed that lost a tug-of-war in the database is quietly done again, once.

PostgreSQL ends one of two transactions that wait for each other, and whoever waits too long for a
row. Nothing of the loser was kept, so the same request can simply be made again.
"""

from typing import Final

from sqlalchemy.exc import DBAPIError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# serialization_failure, deadlock_detected, lock_not_available
_PASSING: Final = frozenset({"40001", "40P01", "55P03"})
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_LARGEST_KEPT: Final = 1024 * 1024
WORTH_RETRYING: Final = "worth_retrying"


def is_passing(error: Exception) -> bool:
    """Whether the database refused because of somebody else's transaction, not because of ours."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    return getattr(cause, "sqlstate", None) in _PASSING


class RetryOnce:
    """Keeps the body of an unsafe request, to ask the application a second time with it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in _SAFE or _is_large(scope):
            await self.app(scope, receive, send)
            return
        body, answer = _KeptBody(receive), _HeldAnswer(send)
        await self.app(answer.scope_of(scope), body.read, answer.send)
        if answer.was_held:
            await self.app(dict(scope), body.again().read, send)


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

    def __init__(self, send: Send) -> None:
        self._send = send
        self._state: dict[str, object] = {}
        self.was_held = False

    def scope_of(self, scope: Scope) -> Scope:
        self._state = {**scope.get("state", {})}
        return {**scope, "state": self._state}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and self._state.get(WORTH_RETRYING):
            self.was_held = True
        if not self.was_held:
            await self._send(message)


def _is_large(scope: Scope) -> bool:
    length = dict(scope["headers"]).get(b"content-length", b"0")
    return not length.isdigit() or int(length) > _LARGEST_KEPT
