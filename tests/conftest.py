"""Fixtures for every test: both databases, a clock that stands still, servers, a browser.

`uow`, `session`   one deed on a migrated database, rolled back afterwards; runs on both databases
`engine`, `write`  for tests that really commit: an empty migrated database; runs on both
`client`           HTTP against the application over `engine`, with `clock`
`live_server`      the address of that application for a browser, served from a thread
`start_server`     starts it as real processes over `engine`, with `file_clock`; for races
`page`             a Chromium page; marks its tests `browser`
"""

import gc
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path
from typing import Literal, cast

import hypothesis
import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy.engine import Connection, Engine
from sqlmodel import Session
from starlette.testclient import TestClient

from booking.app import create_app
from booking.db.transactions import UnitOfWork, unit_of_work
from booking.wiring import REACTIONS
from tests.support import chromium, office, postgres, serving
from tests.support.choosing import not_wanted
from tests.support.clock import FileClock, FrozenClock
from tests.support.databases import Copies, Originals
from tests.support.templates import remember_pages

Backend = Literal["sqlite", "postgresql"]
Write = Callable[[], AbstractContextManager[UnitOfWork]]
StartServer = Callable[..., serving.Server]

# A busy machine is no fault of a property; --quick looks at fewer examples of it.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.register_profile("quick", deadline=None, max_examples=15)
hypothesis.settings.load_profile("house")

_LOOPBACK = ("127.", "::1", "localhost")
_MISSING = (postgres.MISSING, chromium.MISSING, office.MISSING)
_lacking: set[str] = set()
# `post`: the letters that `client` writes; and the language in which every test begins.
pytest_plugins = ("tests.support.post", "tests.support.speaking")


# ── once per run ─────────────────────────────────────────────────────────────────────────────────


def _stay_inside(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse every connection that would leave the machine."""
    if event != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and not str(address[0]).startswith(_LOOPBACK):
        raise RuntimeError(f"a test may not connect to {address[0]}")


sys.addaudithook(_stay_inside)

# What is imported and collected stays; looking through it for garbage took a fifth of the start.
gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--only-sqlite", action="store_true", help="leave PostgreSQL out")
    parser.addoption("--only-rolled-back", action="store_true", help="leave out what commits")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Whoever asks for a page or a browser is a browser test; leave out what is not wanted."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    left_out = not_wanted(config, items)
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def _originals(stack: ExitStack, directory: Path, config: pytest.Config) -> Originals:
    wanted = not config.getoption("--only-sqlite")
    server = stack.enter_context(postgres.postgres_server()) if wanted else None
    made = Originals.make(directory, server)
    stack.callback(made.drop)
    return made


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Give every worker of a parallel run the same PostgreSQL server and migrated originals."""
    config = cast("pytest.Config", node.config)  # type: ignore[attr-defined]  # xdist is untyped
    if not hasattr(config, "booking_originals"):
        stack = ExitStack()
        config.add_cleanup(stack.close)
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="originals-")))
        config.booking_originals = _originals(stack, directory, config)  # type: ignore[attr-defined]
    made: Originals = config.booking_originals  # type: ignore[attr-defined]
    node.workerinput["originals"] = made.as_json()  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def originals(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Originals]:
    """The migrated databases to copy from: our own, or those of the run we are a worker of."""
    if given := getattr(request.config, "workerinput", None):
        yield Originals.from_json(given["originals"])
        return
    with ExitStack() as stack:
        yield _originals(stack, tmp_path_factory.mktemp("originals"), request.config)


@pytest.fixture(scope="session")
def copies(
    originals: Originals, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[Copies]:
    """This worker's databases."""
    made = Copies(originals, tmp_path_factory.mktemp("databases"), worker_id)
    yield made
    made.drop()


def do_without(what: str) -> None:
    """Skip, loudly; where everything must be there (CI), fail."""
    if os.environ.get("CI"):
        pytest.fail(what)
    _lacking.add(what)
    pytest.skip(what)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in terminalreporter.stats.get("skipped", []):
        reason = str(report.longrepr)
        _lacking.update(what for what in _MISSING if what in reason)
    for what in sorted(_lacking):
        terminalreporter.write_line(f"NOT TESTED - {what}", red=True, bold=True)


# ── databases ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest, copies: Copies) -> Backend:
    """Every test that touches a database runs on both."""
    if request.param == "postgresql" and not copies.has_postgres:
        do_without(postgres.MISSING)
    return cast("Backend", request.param)


@pytest.fixture
def unwritten(backend: Backend, copies: Copies) -> Iterator[Engine]:
    """An empty database where nothing may stay: every transaction has to be rolled back."""
    yield copies.postgres() if backend == "postgresql" else copies.sqlite_unwritten()
    copies.sweep()


@pytest.fixture
def connection(unwritten: Engine) -> Iterator[Connection]:
    """A connection inside a transaction that the end of the test rolls back."""
    with unwritten.connect() as opened:
        outer = opened.begin()
        yield opened
        outer.rollback()


@pytest.fixture
def session(connection: Connection) -> Iterator[Session]:
    """A session inside that transaction; its commits are savepoints."""
    with Session(
        connection, join_transaction_mode="create_savepoint", expire_on_commit=False
    ) as opened:
        yield opened


@pytest.fixture
def uow(session: Session) -> UnitOfWork:
    """A unit of work with the reactions of the real house."""
    return UnitOfWork(session, REACTIONS)


@pytest.fixture
def engine(backend: Backend, copies: Copies) -> Iterator[Engine]:
    """An empty database where commits stay until the test ends."""
    made = copies.postgres() if backend == "postgresql" else copies.sqlite()
    yield made
    copies.clean(made)


@pytest.fixture
def write(engine: Engine) -> Write:
    """`with write() as uow:` commits what the block did."""
    return partial(unit_of_work, engine, REACTIONS)


# ── time, HTTP, browser ──────────────────────────────────────────────────────────────────────────


@pytest.fixture
def clock() -> FrozenClock:
    """Monday 2026-11-23, nine in the morning in Shaanxi, until told otherwise."""
    return FrozenClock()


@pytest.fixture
def client(engine: Engine, clock: FrozenClock) -> Iterator[TestClient]:
    """A visitor over HTTP, who does not follow redirections by itself."""
    settings = serving.test_settings(str(engine.url))
    app = remember_pages(create_app(settings, engine=engine, clock=clock))
    with TestClient(app, follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def file_clock(tmp_path: Path) -> FileClock:
    """A clock that server processes read and the test moves."""
    made = FileClock(tmp_path / "clock")
    made.at("2026-11-23T09:00+08:00")
    return made


@pytest.fixture
def start_server(engine: Engine, file_clock: FileClock, tmp_path: Path) -> Iterator[StartServer]:
    """Start servers over `engine`: `start_server(processes=4)`; they end with the test."""
    with ExitStack() as stack:

        def start(*, processes: int = 1) -> serving.Server:
            url = engine.url.render_as_string(hide_password=False)
            log = tmp_path / "server.log"
            made = serving.start(url, log=log, processes=processes, clock=file_clock)
            stack.callback(made.stop)
            return made

        yield start


@pytest.fixture
def live_server(client: TestClient) -> Iterator[str]:
    """The address of the application over `engine`, with `clock`, for a browser."""
    with serving.in_a_thread(cast("FastAPI", client.app)) as address:
        yield address


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One Chromium for the worker."""
    path = chromium.chromium_path()
    if path is None:
        do_without(chromium.MISSING)
        raise AssertionError
    with sync_playwright() as playwright:
        launched = chromium.launch(playwright, path, tmp_path_factory.mktemp("chromium"))
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def soffice() -> str:
    """The program that opens sheets as LibreOffice does."""
    path = office.soffice_path()
    if path is None:
        do_without(office.MISSING)
        raise AssertionError
    return path


@pytest.fixture
def browser_context(browser: Browser) -> Iterator[BrowserContext]:
    """A Chinese reader at a desk; cookies end with the test."""
    made = browser.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1280, "height": 900}
    )
    made.set_default_timeout(10_000)
    yield made
    made.close()


@pytest.fixture
def page(browser_context: BrowserContext) -> Page:
    """An empty page."""
    return browser_context.new_page()
