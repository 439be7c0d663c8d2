"""What every HTTP server is expected to do: answer HEAD, say no to bodies without end or haste."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final, TypeVar

import anyio
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from booking.web.addresses import endpoints_at
from booking.web.errors import refusal_of_status
from booking.web.lengths import declared_length

TOO_LARGE: Final = 413
TOO_SLOW: Final = 408
# Until the next piece, and until the last: ten megabytes over a poor line take a minute.
PIECE_SECONDS: Final = 20.0
BODY_SECONDS: Final = 120.0
# What the rest of a form weighs beside its files.
_FORM_ITSELF: Final = 256 * 1024
_MARK: Final = "booking_largest_body"
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


def takes_bodies_of(largest: int) -> Callable[[Endpoint], Endpoint]:
    """A route that takes files of so many bytes together; all others take ordinary bodies only."""

    def mark(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _MARK, largest + _FORM_ITSELF)
        return endpoint

    return mark


class HeadLikeGet:
    """HEAD is answered as GET would be, with the same headers and no body.

    Load balancers knock with it. Outside of whatever changes the length of an answer.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask the application for the page, and keep its body back."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] != "http.response.body":
                await send(message)
            elif not message.get("more_body", False):
                await send({"type": "http.response.body", "body": b""})

        await self.app({**scope, "method": "GET"}, receive, without_body)


class BodyLimit:
    """Refuses a body that is too large or too slow in our own words.

    One that says beforehand how large it is is not read at all; another until it is too large.
    Which route is meant is looked up for bodies only that are larger than ordinary ones.
    """

    def __init__(
        self,
        app: ASGIApp,
        largest: int,
        *,
        piece_seconds: float = PIECE_SECONDS,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        self.app = app
        self.largest = largest
        self.piece_seconds = piece_seconds
        self.body_seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or count while it is read."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self._is_too_large(declared_length(Headers(scope=scope)) or 0, scope):
            response = refusal_of_status(Request(scope, receive), TOO_LARGE)
            await response(scope, receive, send)
            return
        await self.app(scope, self._counted(receive, scope), send)

    def _counted(self, receive: Receive, scope: Scope) -> Callable[[], Awaitable[Message]]:
        arrived, whole, ends = 0, False, anyio.current_time() + self.body_seconds

        async def counted() -> Message:
            nonlocal arrived, whole
            if whole:
                # From now on only the end of the connection can come, whenever it does.
                return await receive()
            patience = min(self.piece_seconds, ends - anyio.current_time())
            try:
                with anyio.fail_after(patience):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(TOO_SLOW, headers={"connection": "close"}) from None
            arrived += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if self._is_too_large(arrived, scope):
                raise HTTPException(TOO_LARGE)
            return message

        return counted

    def _is_too_large(self, size: int, scope: Scope) -> bool:
        return size > self.largest and size > _largest_at(scope)


def _largest_at(scope: Scope) -> int:
    meant: Iterable[object] = endpoints_at(
        scope["app"].routes, scope["path"], method=scope["method"]
    )
    return max((getattr(endpoint, _MARK, 0) for endpoint in meant), default=0)
