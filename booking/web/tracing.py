"""Each request gets an id: in its answer, in the log, and in every audit entry it makes."""

from contextvars import ContextVar
from typing import Final
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER: Final = "X-Request-ID"
_current: ContextVar[str] = ContextVar("request_id", default="")


def current_request() -> str:
    """The id of the request that is being answered; empty when none is."""
    return _current.get()


class Traced:
    """Pure ASGI. The id is ours alone: one that came from outside could be another's."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Name the request, and tell its sender the name."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        named = uuid4().hex
        _current.set(named)

        async def with_name(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = named
            await send(message)

        await self.app(scope, receive, with_name)
