"""Each request gets an id: in its answer, in the log, and in every audit entry it makes.

It also keeps who really acts, where a person acts through another's account. Both stand in one
`Trace` that is made per request: dependencies and routes run in threads with copies of the context,
where a variable set by one would not be seen by the next, but all of them see the same `Trace`.
"""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER: Final = "X-Request-ID"


@dataclass(slots=True)
class Trace:
    """What is known of the request that is being answered."""

    request_id: str
    real_person: int | None = None


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current_request() -> str:
    """The id of the request that is being answered; empty when none is."""
    trace = _current.get()
    return trace.request_id if trace else ""


def real_person() -> int | None:
    """Who acts through the account of another; None when everybody is who they seem."""
    trace = _current.get()
    return trace.real_person if trace else None


def acts_through_another(person_id: int | None) -> None:
    """Say so for the rest of this request, from wherever it is found out; None takes it back."""
    trace = _current.get()
    if trace is None:
        raise LookupError("nobody acts through another outside of a request")
    trace.real_person = person_id


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
        _current.set(Trace(named))

        async def with_name(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = named
            await send(message)

        await self.app(scope, receive, with_name)
