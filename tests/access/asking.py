"""Asking: the application over one connection, and every request undone after its answer.

The world lies in a database of its own. Each request runs in a transaction that is never kept, so
that it finds the world as it was made, whatever was asked before.
"""

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, cast
from unittest.mock import patch

from anyio import to_thread
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient, Response
from sqlalchemy.engine import Connection, Engine
from sqlmodel import Session

from booking.accounts.identity import DatabaseActors
from booking.app import create_app
from booking.db.engine import make_engine
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import Clock
from booking.migrations import migrate
from booking.web.languages import COOKIE as LANGUAGE
from booking.wiring import REACTIONS
from tests.access.ask import Ask, At
from tests.access.inventory import Route
from tests.access.requests import ASKS
from tests.access.world.making import World, make_world
from tests.access.world.records import ABSENT, KINDS, NONE, Record, Value, names_in
from tests.support.clock import FrozenClock
from tests.support.serving import test_settings

PASSES, REFUSED, NOT_FOUND, RULES, SIGN_IN = "yes", "no", "not found", "rules", "sign in"
IN_ENGLISH = f"{LANGUAGE}=en"
_WORDS = {401: SIGN_IN, 403: REFUSED, 404: NOT_FOUND, 409: RULES, 412: RULES, 422: RULES}


@dataclass(frozen=True, order=True)
class Case:
    """A route, asked for one kind of record."""

    route: Route
    kind: str


@dataclass(frozen=True)
class Plan:
    """A request, and the records that it names."""

    method: str
    path: str
    ask: Ask
    named: tuple[Record, ...]


@dataclass(frozen=True)
class Asking:
    """A world, and the application in front of it."""

    world: World
    app: FastAPI
    client: AsyncClient
    connection: Connection
    thread: ThreadPoolExecutor
    runner: asyncio.Runner

    def cases(self, route: Route) -> Iterator[Case]:
        """A route with every kind of record that it can name, whoever asks."""
        named = {
            kind
            for who in self.world.people.headers
            for record in self.plan(Case(route, ABSENT), who).named
            for kind in record.kinds
        }
        kinds = tuple(kind for kind in KINDS if kind in named) or (NONE,)
        return (Case(route, kind) for kind in kinds)

    def plan(self, case: Case, who: str, build: Callable[[At], Ask] | None = None) -> Plan:
        """The request of a case: what `requests.py` says, or something else."""
        route, known = case.route, self.world.records
        path, named = route.path, []
        for one in names_in(path, known):
            named.append(one.record)
            path = path.replace(one.parameter, str(one.record.value(case.kind, who)), 1)

        def value(key: str) -> Value:
            named.append(known[key])
            return known[key].value(case.kind, who)

        build = build or ASKS.get(f"{route.method} {route.path}")
        ask = build(At(who, value)) if build else Ask()
        return Plan(route.method, path, ask, tuple(named))

    def answer(self, plan: Plan, who: str, *, english: bool = False) -> Response:
        """What comes back; whatever it changed is undone."""
        with self.undoing():
            return self.done(plan, who, english=english)

    @contextmanager
    def undoing(self) -> Iterator[None]:
        """What is done inside is undone, the commits of the application too: they are savepoints.

        A transaction for each, for one that held them all would grow slower with every row it took
        back."""
        with self.connection.begin() as kept_from_all, self.connection.begin_nested() as undone:
            yield
            undone.rollback()
            kept_from_all.rollback()

    def done(self, plan: Plan, who: str, *, english: bool = False) -> Response:
        """What comes back; what it changed stays."""
        sent = _sent(plan.ask)
        headers = {**plan.ask.headers, **self.world.people.headers[who]}
        if english:
            headers["cookie"] = "; ".join(filter(None, [headers.get("cookie"), IN_ENGLISH]))
        asked = self._answer(plan.method, plan.path, headers=headers, **sent)
        with in_place():
            return self.thread.submit(self.runner.run, asked, context=copy_context()).result()

    async def _answer(self, method: str, path: str, **sent: Any) -> Response:
        """In one loop and one thread: a test client's own threads cost more than most answers.

        Not the test's thread: in that one, a browser of other tests may run a loop of its own.
        """
        self.client.cookies.clear()
        return await self.client.request(method, path, **sent)


def passage(answer: Response) -> str:
    """What an answer says: passed, refused, not found, against the rules, or sign in first."""
    if answer.headers.get("location", "").startswith("/sign-in?next="):
        return SIGN_IN
    if answer.status_code < 400:
        return PASSES
    return _WORDS.get(answer.status_code, str(answer.status_code))


@contextmanager
def asking_over(connection: Connection, clock: Clock) -> Iterator[Asking]:
    """The world and the application, over one connection."""
    with Session(connection, expire_on_commit=False) as session:
        world = make_world(UnitOfWork(session, REACTIONS), now=clock.now())
        session.commit()
    engine = connection.engine
    app = create_app(test_settings(str(engine.url)), engine=engine, clock=clock)
    app.state.engine = app.state.read_engine = connection
    app.state.actor_source = DatabaseActors(cast("Engine", connection), clock)
    client = AsyncClient(
        transport=ASGITransport(app, raise_app_exceptions=False),
        base_url="http://testserver",
        headers={"accept-encoding": "identity"},
    )
    with ThreadPoolExecutor(1) as thread:
        runner = asyncio.Runner()
        yield Asking(world, app, client, connection, thread, runner)
        thread.submit(runner.run, client.aclose()).result()
        thread.submit(runner.close).result()


@contextmanager
def asking_on(engine: Engine) -> Iterator[Asking]:
    """The same on an empty database, which the world fills."""
    with engine.connect() as connection, asking_over(connection, FrozenClock()) as asking:
        yield asking


def in_place() -> AbstractContextManager[object]:
    """For as long as a request takes: of several worlds, none undoes this for another."""
    return patch.object(to_thread, "run_sync", _in_place)


async def _in_place(deed: Callable[..., Any], *told: Any, **_: Any) -> Any:
    """What would run in a thread, run here: requests come one by one, and hops cost most of all."""
    return copy_context().run(deed, *told)


def _sent(ask: Ask) -> dict[str, Any]:
    """The body and query as the client takes them."""
    sent: dict[str, Any] = {"params": ask.query}
    if ask.json is not None:
        sent["json"] = ask.json
    if ask.form is not None:
        sent["data"] = ask.form
    if ask.text is not None:
        sent["content"] = ask.text
    if ask.file is not None:
        sent["files"] = {ask.file.field: (ask.file.name, ask.file.content)}
    return sent


@contextmanager
def scratch() -> Iterator[Asking]:
    """The world in a database that is thrown away, for the commands."""
    with tempfile.TemporaryDirectory() as directory:
        engine = make_engine(f"sqlite:///{directory}/scratch.sqlite3")
        migrate(engine)
        with asking_on(engine) as asking:
            yield asking
        engine.dispose()
