"""Puts the toolkit in place: state, middleware, error answers, static files, the style guide."""

from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI, Request, Response
from sqlalchemy.engine import Engine
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount, Route

from booking.db.transactions import Reactions
from booking.kernel.clock import Clock
from booking.settings import Settings
from booking.web.assets import PREFIX, Assets
from booking.web.csrf import OriginCheck
from booking.web.environment import make_environment
from booking.web.errors import handle_errors
from booking.web.headers import SecureHeaders
from booking.web.languages import LanguageChoice
from booking.web.rendering import Page
from booking.web.styleguide import samples

# For `FastAPI(max_body_size=…)`: forms and imports, not films.
LARGEST_BODY: Final = 12 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What requests work with."""

    engine: Engine
    clock: Clock
    reactions: Reactions
    read_engine: Engine | None = None


def equip(app: FastAPI, settings: Settings, tools: Tools) -> None:
    """Make an application one of ours; its routers may be included before or after."""
    state = app.state
    state.engine, state.read_engine = tools.engine, tools.read_engine
    state.clock, state.reactions = tools.clock, tools.reactions
    state.secure_cookies = settings.secure_cookies
    assets = Assets(settings.static, watched=settings.development)
    state.environment = make_environment(
        settings.templates,
        app=app,
        assets=assets,
        clock=tools.clock,
        development=settings.development,
    )
    handle_errors(app)
    app.router.routes.append(Mount(PREFIX, assets, name="static"))
    if settings.development:
        app.router.routes.append(Route("/styleguide", _styleguide, name="styleguide"))
    _wrap(app)


def _wrap(app: FastAPI) -> None:
    """The last added is the outermost."""
    app.add_middleware(OriginCheck)
    app.add_middleware(LanguageChoice)
    app.add_middleware(SecureHeaders)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)


async def _styleguide(request: Request) -> Response:
    return Page(request).render("styleguide.html", sample=samples(request.app.state.clock.now()))
