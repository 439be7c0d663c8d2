"""The world of the matrix, which hostile requests find as it was made: each is undone."""

from collections.abc import Iterator
from contextlib import ExitStack
from unittest.mock import patch

import pytest

from tests.access.asking import Asking, asking_over
from tests.access.world import making, marks
from tests.conftest import Backend, do_without
from tests.hostile.planting import Spoiled, plant, read_by_all, spoiling
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
    apart = copies.postgres_apart if backend == "postgresql" else copies.sqlite_apart
    engine = apart("hostile")
    with engine.connect() as connection, connection.begin() as outer:
        with asking_over(connection, FrozenClock()) as made:
            yield made
        outer.rollback()


@pytest.fixture(scope="package")
def here(copies: Copies) -> Iterator[Asking]:
    """The same on SQLite alone, for what never reaches a database."""
    engine = copies.sqlite_apart("here")
    with engine.connect() as connection, connection.begin() as outer:
        with asking_over(connection, FrozenClock()) as made:
            yield made
        outer.rollback()


@pytest.fixture(scope="package")
def spoiled(copies: Copies) -> Iterator[Spoiled]:
    """A world in which everybody says hostile things in every field, and what is read of it."""
    engine = copies.sqlite_apart("spoiled")
    company = patch.object(making, "company_marks", spoiling(marks.company_marks))
    lab = patch.object(making, "lab_marks", spoiling(marks.lab_marks))
    with engine.connect() as connection, connection.begin() as outer:
        with ExitStack() as stack:
            # Other worlds may be made while this one stands.
            with company, lab:
                made = stack.enter_context(asking_over(connection, FrozenClock()))
            planted = plant(made)
            yield Spoiled(made, planted, list(read_by_all(made)))
        outer.rollback()
