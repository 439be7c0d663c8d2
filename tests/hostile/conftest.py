"""The world of the matrix, which hostile requests find as it was made: each is undone."""

from collections.abc import Iterator
from contextlib import ExitStack
from unittest.mock import patch

import pytest

from tests.access.asking import Asking, asking_on
from tests.access.world import making, marks
from tests.conftest import Backend, do_without
from tests.hostile.planting import Spoiled, plant, read_by_all, spoiling
from tests.support import postgres
from tests.support.databases import Copies


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest, copies: Copies) -> Backend:
    """Both databases, one after the other."""
    wanted: Backend = request.param
    if wanted == "postgresql" and not copies.has_postgres:
        do_without(postgres.MISSING)
    return wanted


@pytest.fixture(scope="session")
def asking(backend: Backend, copies: Copies) -> Iterator[Asking]:
    """Everybody, everything they have, and the application in front of it."""
    apart = copies.postgres_apart if backend == "postgresql" else copies.sqlite_apart
    with asking_on(apart("hostile")) as made:
        yield made


@pytest.fixture(scope="session")
def here(copies: Copies) -> Iterator[Asking]:
    """The same on SQLite alone, for what never reaches a database."""
    with asking_on(copies.sqlite_apart("here")) as made:
        yield made


@pytest.fixture(scope="session")
def spoiled(copies: Copies) -> Iterator[Spoiled]:
    """A world in which everybody says hostile things in every field, and what is read of it."""
    engine = copies.sqlite_apart("spoiled")
    company = patch.object(making, "company_marks", spoiling(marks.company_marks))
    lab = patch.object(making, "lab_marks", spoiling(marks.lab_marks))
    with ExitStack() as stack:
        # Other worlds may be made while this one stands.
        with company, lab:
            made = stack.enter_context(asking_on(engine))
        planted = plant(made)
        yield Spoiled(made, planted, list(read_by_all(made)))
