"""Puts the toolkit in place: state, middleware, error answers, static files, the style guide."""

from typing import Final

from fastapi import FastAPI, Request, Response
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount, Route

from booking.settings import Settings
from booking.web.assets import PREFIX, Assets
from booking.web.csrf import OriginCheck
from booking.web.environment import make_environment
from booking.web.errors import handle_errors
from booking.web.headers import SecureHeaders
from booking.web.languages import LanguageChoice
from booking.web.manners import BodyLimit, HeadLikeGet
from booking.web.measuring import Measured
from booking.web.rates.asking import AddressLimit
from booking.web.rendering import Page
from booking.web.retrying import Retry
from booking.web.styleguide import samples
from booking.web.tracing import Traced

# Routes that take files say so themselves.
LARGEST_BODY: Final = 2 * 1024 * 1024


def equip(app: FastAPI, settings: Settings, *, largest_body: int = LARGEST_BODY) -> None:
    """Make an application one of ours; its routers may be included before or after.

    `app.state` holds `engine`, `read_engine`, `clock` and `reactions` already.
    """
    state = app.state
    state.secure_cookies = settings.secure_cookies
    state.notice = str  # what every page says at its top; usually nothing
    assets = Assets(settings.static, watched=settings.development)
    state.templates = make_environment(
        settings.templates,
        app=app,
        assets=assets,
        clock=state.clock,
        development=settings.development,
    )
    handle_errors(app)
    app.router.routes.append(Mount(PREFIX, assets, name="static"))
    if settings.development:
        app.router.routes.append(Route("/styleguide", _styleguide, name="styleguide"))
    _wrap(app, largest_body)


def _wrap(app: FastAPI, largest_body: int) -> None:
    """The last added is the outermost."""
    app.add_middleware(Retry)
    app.add_middleware(OriginCheck)
    app.add_middleware(BodyLimit, largest=largest_body)
    app.add_middleware(AddressLimit)
    app.add_middleware(LanguageChoice)
    app.add_middleware(SecureHeaders)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(HeadLikeGet)
    app.add_middleware(Traced)
    app.add_middleware(Measured)


async def _styleguide(request: Request) -> Response:
    return Page(request).render("styleguide.html", sample=samples(request.app.state.clock.now()))
