"""Headers every answer carries: what a page may load, who may frame it, who may keep it."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from booking.web.sessions import COOKIE

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_ALWAYS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


class SecureHeaders:
    """Pure ASGI; an answer that says otherwise for itself is left alone."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add what is missing when the answer starts."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        caching = _caching(Headers(scope=scope))

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", caching)
            await send(message)

        await self.app(scope, receive, with_headers)


def _caching(headers: Headers) -> str:
    # What was made for somebody must not stay behind on a shared machine.
    signed_in = "authorization" in headers or f"{COOKIE}=" in headers.get("cookie", "")
    return "private, no-store" if signed_in else "no-cache"
