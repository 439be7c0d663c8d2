"""No deed by a foreign page: every unsafe request must come from this site, on by default.

Browsers say where a request comes from in `Sec-Fetch-Site`; on plain http:// names of a local net
they send only `Origin`, whose host must then be ours. A request with neither is no browser's.
"""

from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from booking.kernel.errors import BookingError
from booking.web.errors import refusal

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class ForeignOrigin(BookingError):
    """Another site tried to act in the visitor's name."""

    kind = "forbidden"
    code = "origin.foreign"


class OriginCheck:
    """Pure ASGI, so that streams pass untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let safe and same-site requests through; refuse the rest."""
        if scope["type"] != "http" or scope["method"] in SAFE or is_ours(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        response = refusal(Request(scope, receive), ForeignOrigin())
        await response(scope, receive, send)


def is_ours(headers: Headers) -> bool:
    """Whether the request comes from our own pages, or from no page at all."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")
