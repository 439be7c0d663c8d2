"""Which language an answer speaks: the visitor's choice, the account's, the browser's, Chinese."""

from http.cookies import SimpleCookie
from typing import Final
from urllib.parse import parse_qsl, urlencode

from fastapi import Request
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from booking.web.i18n import DEFAULT, LANGUAGES, Language, begin_speaking, speak

COOKIE: Final = "lang"
_YEAR = 365 * 24 * 3600
# What the address, the cookie and browsers write.
_NAMES: Final[dict[str, Language]] = {"zh": "zh_CN", "en": "en"}


class LanguageChoice:
    """Sets the language of each request; `?lang=en` on any page keeps the choice in a cookie."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak, then pass on; a switch answers with the same page without the switch."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        begin_speaking(_asked_for(scope["path"], headers))
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        wanted = _NAMES.get(dict(query).get("lang", ""))
        if wanted is None or scope["method"] != "GET" or is_api(scope["path"]):
            await self.app(scope, receive, send)
            return
        rest = urlencode([(name, value) for name, value in query if name != "lang"])
        here = "/" + scope["path"].lstrip("/")  # never `//elsewhere`
        response = RedirectResponse(f"{here}?{rest}" if rest else here, 303)
        short = "zh" if wanted == "zh_CN" else wanted
        response.set_cookie(COOKIE, short, max_age=_YEAR, path="/", samesite="lax")
        await response(scope, receive, send)


def is_api(path: str) -> bool:
    """Whether programs, not people, are answered here."""
    return path.startswith("/api/")


def speak_to(request: Request) -> None:
    """Prefer the account's language once it is known, unless the visitor chose one here."""
    if is_api(request.url.path) or COOKIE in request.cookies:
        return
    actor = getattr(request.state, "actor", None)
    for known in LANGUAGES:
        if getattr(actor, "locale", None) == known:
            speak(known)


def _asked_for(path: str, headers: Headers) -> Language:
    if not is_api(path):
        kept = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        if kept is not None and kept.value in _NAMES:
            return _NAMES[kept.value]
    return accepted(headers.get("accept-language", ""))


def accepted(header: str) -> Language:
    """The best of ours in an `Accept-Language` header; Chinese when it names neither."""
    best: tuple[float, Language] = (0.0, DEFAULT)
    for part in header.split(","):
        tag, _, quality = part.strip().partition(";q=")
        ours = _NAMES.get(tag.strip().lower().split("-")[0])
        weight = _weight(quality)
        if ours is not None and weight > best[0]:
            best = (weight, ours)
    return best[1]


def _weight(quality: str) -> float:
    try:
        return float(quality) if quality else 1.0
    except ValueError:
        return 0.0
