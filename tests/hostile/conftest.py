"""The world of the matrix, which hostile requests find as it was made: each is undone."""

from collections.abc import Iterator

import pytest

from tests.access.asking import Asking, asking_over
from tests.conftest import Backend, do_without
from tests.support import postgres
from tests.support.clock import FrozenClock
from tests.support.databases import Copies


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest, copies: Copies) -> Backend:
    """Both databases, one after the other."""
    wanted: Backend = request.param
    if wanted == "postgresql" and not copies.has_postgres:
        do_without(postgres.MISSING)
    return wanted


@pytest.fixture(scope="package")
def asking(backend: Backend, copies: Copies) -> Iterator[Asking]:
    """Everybody, everything they have, and the application in front of it."""
    engine = copies.postgres() if backend == "postgresql" else copies.sqlite_apart("hostile")
    with engine.connect() as connection, connection.begin() as outer:
        with asking_over(connection, FrozenClock()) as made:
            yield made
        outer.rollback()
