"""Counts and times requests for `/metrics`; each process counts its own."""

from time import perf_counter
from typing import Final

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Methods outside this list are counted together: anybody may invent more.
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_ANSWERS: Final = Counter("booking_http_answers", "Answers by status", ["method", "status"])
_SECONDS: Final = Histogram(
    "booking_http_seconds",
    "Time from a request to the start of its answer",
    ["method"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


class Measured:
    """Pure ASGI; the outermost layer sees what callers see."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note when the answer starts."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = perf_counter()
        method = scope["method"] if scope["method"] in _METHODS else "other"

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                _SECONDS.labels(method).observe(perf_counter() - began)
                _ANSWERS.labels(method, message["status"]).inc()
            await send(message)

        await self.app(scope, receive, noted)
