"""The session cookie, in and out; the session itself is a row of the accounts room.

Beside it, for minutes: cookies of what leads to a session, which no other page gets to see.
"""

from datetime import timedelta

from fastapi import Request, Response

COOKIE = "session"
# Half a sign-in (a row, too), and what was agreed with a provider elsewhere (sealed).
HALFWAY, HANDSHAKE = "halfway", "handshake"
_ON_THE_WAY = "/sign-in"


def session_token(request: Request) -> str | None:
    """The secret the browser carries, if any."""
    return request.cookies.get(COOKIE)


def remember(response: Response, token: str, *, request: Request, lasting: timedelta) -> None:
    """Hand the secret to the browser; scripts never see it, other sites never send it."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(lasting.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )


def forget(response: Response, *, request: Request) -> None:
    """Take the secret back."""
    response.delete_cookie(
        COOKIE, path="/", httponly=True, samesite="lax", secure=is_secure(request)
    )


def carry(
    response: Response, name: str, value: str, *, request: Request, lasting: timedelta
) -> None:
    """Hand over what the next step of a sign-in needs; only the pages of signing in get it back."""
    response.set_cookie(
        name,
        value,
        max_age=int(lasting.total_seconds()),
        path=_ON_THE_WAY,
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )


def drop(response: Response, name: str, *, request: Request) -> None:
    """That step is made, or given up."""
    response.delete_cookie(
        name, path=_ON_THE_WAY, httponly=True, samesite="lax", secure=is_secure(request)
    )


def is_secure(request: Request) -> bool:
    """Whether cookies may insist on https: it is https, or a proxy in front is known to be."""
    forced = bool(getattr(request.app.state, "secure_cookies", False))
    return forced or request.url.scheme == "https"
