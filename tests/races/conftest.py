"""One server for all races on a database: starting processes takes longer than racing."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy.engine import Engine

from tests.support import postgres, serving
from tests.support.clock import START, FileClock
from tests.support.databases import Copies

# SQLite has one writer, so one process with its forty threads serves it.
PROCESSES = {"sqlite": 1, "postgresql": 4}


@dataclass(frozen=True)
class Court:
    """Where races are held."""

    engine: Engine
    server: serving.Server
    clock: FileClock


@pytest.fixture(scope="module", params=list(PROCESSES))
def court(
    request: pytest.FixtureRequest, copies: Copies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Court]:
    """A live server over a database that keeps what is committed until the module ends."""
    if request.param == "postgresql" and not copies.has_postgres:
        refuse = pytest.fail if os.environ.get("CI") else pytest.skip
        refuse(postgres.MISSING)
    engine = copies.postgres() if request.param == "postgresql" else copies.sqlite()
    directory = tmp_path_factory.mktemp("races")
    clock = FileClock(directory / "clock")
    clock.at(START)
    url = engine.url.render_as_string(hide_password=False)
    server = serving.start(
        url, log=directory / "server.log", processes=PROCESSES[request.param], clock=clock
    )
    yield Court(engine, server, clock)
    server.stop()
    copies.clean(engine)
