"""The survey that the tests of this directory read: made once per database, then rolled back."""

from collections.abc import Iterator

import pytest

from tests.access.asking import asking_over
from tests.access.survey import Survey, survey
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
def surveyed(backend: Backend, copies: Copies) -> Iterator[Survey]:
    """What everybody passes and reads."""
    apart = copies.postgres_apart if backend == "postgresql" else copies.sqlite_apart
    engine = apart("surveyed")
    with engine.connect() as connection, connection.begin() as outer:
        with asking_over(connection, FrozenClock()) as asking:
            yield survey(asking)
        outer.rollback()
