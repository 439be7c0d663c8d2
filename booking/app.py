"""The HTTP composition root: engine, middleware, error handlers, routers."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from sqlalchemy.engine import Engine

from booking import __version__
from booking.access.describing import describe
from booking.accounts.identity import DatabaseActors
from booking.accounts.providers.oidc import provider_of
from booking.db.engine import make_engine
from booking.db.listening import Signals
from booking.kernel.clock import Clock, SystemClock
from booking.loans.queries.promised import LoanPromises
from booking.reservations.calendar.own import OwnBookings
from booking.routers import API, PAGES
from booking.settings import Settings
from booking.subsidies.queries.catalogue import ProgrammeSubsidies
from booking.subsidies.queries.granted import LockedGrants
from booking.utilisation.jobs import keep_if_it_can_be
from booking.utilisation.report.year_figures import CountedFigures
from booking.vouchers.queries.citing import OwnVouchers
from booking.web.rates.limiter import Limiter
from booking.web.setup import equip
from booking.web.streams import Streams, heed_signals
from booking.wiring import REACTIONS, changed_after


def create_app(
    settings: Settings, *, engine: Engine | None = None, clock: Clock | None = None
) -> FastAPI:
    """The whole centre as an ASGI application; tests hand in their engine and clock.

    Whoever hands in an engine also ends it.
    """
    app = FastAPI(
        title="Shared instrument booking",
        version=__version__,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.settings = settings
    app.state.engine = engine or _engine(settings.database_url, settings)
    app.state.ends_engine = engine is None
    app.state.read_engine = (
        _engine(settings.read_url, settings) if settings.read_url else app.state.engine
    )
    app.state.clock = clock or SystemClock()
    app.state.reactions = REACTIONS
    app.state.actor_source = DatabaseActors(
        app.state.engine, app.state.clock, require_second_factor=settings.require_second_factor
    )
    app.state.booking_source = OwnBookings()
    app.state.subsidy_source = ProgrammeSubsidies()
    app.state.figures_source = CountedFigures()
    app.state.grant_source = LockedGrants()
    app.state.keep_report = partial(keep_if_it_can_be, app.state.engine)
    app.state.promise_source = LoanPromises()
    app.state.voucher_source = OwnVouchers()
    app.state.identity_provider = provider_of(settings)
    limited = settings.rate_limits == "on"
    app.state.limiter = Limiter(app.state.engine, app.state.clock) if limited else None
    app.state.stop = threading.Event()
    app.state.streams = Streams(Signals(app.state.engine, changed_after), app.state.stop)
    for router in PAGES:
        app.include_router(router, include_in_schema=False)
    for router in API:
        app.include_router(router, prefix="/api/v1")
    equip(app, settings)
    describe(app)
    return app


def _engine(url: str, settings: Settings) -> Engine:
    # SQLite needs longer for a year's report than PostgreSQL does.
    return make_engine(url, files=settings.files, sqlite_timeout_ms=20_000)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    heed_signals(app.state.stop)
    yield
    app.state.stop.set()
    app.state.streams.signals.close()
    if app.state.limiter is not None:
        app.state.limiter.close()
    if app.state.ends_engine:
        app.state.engine.dispose()
