"""Links in letters: which row they open, signed with the centre's key; nothing secret is stored.

Following one puts it into a cookie and goes on to a page with a plain address: what stands in the
browser's history, in `Referer` and in logs of proxies opens nothing by itself for long, because the
row it names can be used once.
"""

from datetime import datetime
from typing import Final

from fastapi import Request, Response
from itsdangerous import BadSignature, URLSafeSerializer

from booking.settings import Settings
from booking.web.sessions import is_secure

COOKIE: Final = "link"
# Long enough to fill in a form, and to be asked for something twice.
_LASTS_SECONDS: Final = 3600


def signed_link(settings: Settings, purpose: str, key: int) -> str:
    """The address to write into a letter."""
    return (
        f"{settings.public_url.rstrip('/')}/links/{purpose}/{signed_token(settings, purpose, key)}"
    )


def signed_token(settings: Settings, purpose: str, key: int | str) -> str:
    """What a link opens, as it stands at the end of an address."""
    token: str = _signer(settings, purpose).dumps(key)
    return token


def opened(settings: Settings, purpose: str, token: str) -> int | None:
    """The row that a link opens; None when it is not one of ours."""
    key = _read(settings, purpose, token)
    return key if isinstance(key, int) else None


def opened_text(settings: Settings, purpose: str, token: str) -> str | None:
    """What a link opens that names more than a row; None when it is not one of ours."""
    key = _read(settings, purpose, token)
    return key if isinstance(key, str) else None


def brief_token(settings: Settings, purpose: str, text: str, *, until: datetime) -> str:
    """What opens something until a moment (to the second) and then nothing."""
    return signed_token(settings, purpose, f"{int(until.timestamp())}/{text}")


def opened_brief(settings: Settings, purpose: str, token: str, *, now: datetime) -> str | None:
    """The text of such a token; None when it has ended or is not one of ours."""
    until, _, text = (opened_text(settings, purpose, token) or "").partition("/")
    return text if until.isdecimal() and now.timestamp() < int(until) else None


def _read(settings: Settings, purpose: str, token: str) -> object:
    try:
        return _signer(settings, purpose).loads(token)
    except BadSignature:
        return None


def carry(response: Response, purpose: str, token: str, *, request: Request) -> None:
    """Let the browser keep a link for the page that it leads to."""
    response.set_cookie(
        COOKIE,
        f"{purpose}/{token}",
        max_age=_LASTS_SECONDS,
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )


def carried(request: Request, purpose: str) -> int | None:
    """The row of the link that this browser followed, if it was for this purpose."""
    return opened(request.app.state.settings, purpose, _carried(request, purpose))


def carried_text(request: Request, purpose: str) -> str | None:
    """The same of a link that names more than a row."""
    return opened_text(request.app.state.settings, purpose, _carried(request, purpose))


def _carried(request: Request, purpose: str) -> str:
    told, _, token = request.cookies.get(COOKIE, "").partition("/")
    return token if told == purpose else ""


def put_down(response: Response, *, request: Request) -> None:
    """The link has served."""
    response.delete_cookie(
        COOKIE, path="/", httponly=True, samesite="lax", secure=is_secure(request)
    )


def _signer(settings: Settings, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(settings.signing_key, salt=f"link:{purpose}")
