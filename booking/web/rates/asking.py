"""Where requests are counted: at the outside by address, at the door by account."""

from typing import Final

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from booking.kernel.errors import BookingError
from booking.kernel.networks import network_of
from booking.web.errors import refusal
from booking.web.rates.budgets import OF_ACCOUNT, OF_ADDRESS, Budgets, Kind, kind_of
from booking.web.rates.limiter import Limiter
from booking.web.sessions import COOKIE

# Where an application keeps its limiter; one without any limits nothing.
LIMITER: Final = "limiter"


class TooManyRequests(BookingError):
    """More than anybody needs in a minute; `retry_after` says when to come back."""

    kind = "busy"
    code = "http.too_many_requests"


class AddressLimit:
    """Pure ASGI. Outside of everything that costs something, inside of what an answer needs."""

    def __init__(self, app: ASGIApp, budgets: Budgets = OF_ADDRESS) -> None:
        self.app = app
        self.budgets = budgets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through, or say when to come back."""
        kind = _kind(scope) if scope["type"] == "http" else None
        limiter: Limiter | None = getattr(scope["app"].state, LIMITER, None) if kind else None
        if kind is None or limiter is None:
            await self.app(scope, receive, send)
            return
        holder = f"address:{kind}:{network_of((scope.get('client') or ('',))[0])}"
        budget = self.budgets[kind]
        seconds = limiter.at_once(holder, budget)
        if seconds is None:
            seconds = await run_in_threadpool(limiter.ask, holder, budget)
        if seconds:
            refused = refusal(Request(scope, receive), TooManyRequests(retry_after=seconds))
            await refused(scope, receive, send)
            return
        await self.app(scope, receive, send)


def count_for_account(request: Request, account_id: int, *, budgets: Budgets = OF_ACCOUNT) -> None:
    """Refuse what is more than one account may ask for, from wherever it asks."""
    limiter: Limiter | None = getattr(request.app.state, LIMITER, None)
    kind = _kind(request.scope) if limiter else None
    if limiter is None or kind is None:
        return
    if seconds := limiter.ask(f"account:{kind}:{account_id}", budgets[kind]):
        raise TooManyRequests(retry_after=seconds)


def _kind(scope: Scope) -> Kind | None:
    headers = Headers(scope=scope)
    return kind_of(
        scope["method"],
        scope["path"],
        asks=bool(scope["query_string"]),
        known="authorization" in headers or f"{COOKIE}=" in headers.get("cookie", ""),
    )
