"""One server for all races on a database: starting processes takes longer than racing."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from booking.db.transactions import unit_of_work
from booking.wiring import REACTIONS
from tests.factories.accounts import bearer
from tests.factories.reservations import make_scene
from tests.races.arena import Arena, OpenArena
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


@pytest.fixture
def open_arena(court: Court) -> OpenArena:
    """Commit a scene on the court, in the morning of the first day."""
    write = partial(unit_of_work, court.engine, REACTIONS)
    court.clock.at(START)

    def opened(**policy: Any) -> Arena:
        with write() as uow:
            rules = {"grid_minutes": 5, "shortest_minutes": 5, **policy}
            scene = make_scene(uow, policy=rules)
            people = (scene.member, scene.admin, scene.manager)
            keys = {actor.id: bearer(uow, actor, now=court.clock.now()) for actor in people}
        return Arena(scene, court.server, keys, write)

    return opened
