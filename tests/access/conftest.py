"""The survey that the tests of this directory read: made once per database, then rolled back."""

from collections.abc import Iterator

import pytest

from tests.access.asking import asking_on
from tests.access.survey import Survey, survey
from tests.conftest import Backend, do_without
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
def surveyed(backend: Backend, copies: Copies) -> Iterator[Survey]:
    """What everybody passes and reads."""
    apart = copies.postgres_apart if backend == "postgresql" else copies.sqlite_apart
    with asking_on(apart("surveyed")) as asking:
        yield survey(asking)
