"""A provider on loopback, a centre that trusts it, and somebody both know."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from booking.db.transactions import UnitOfWork
from tests.factories.provider import EMAIL, centre
from tests.support.clock import FrozenClock
from tests.support.identity_provider import (
    IdentityProvider,
    identity_provider,
)

Write = Callable[[], AbstractContextManager[UnitOfWork]]


@pytest.fixture
def provider(clock: FrozenClock) -> Iterator[IdentityProvider]:
    with identity_provider(clock) as made:
        made.knows(EMAIL)
        yield made


@pytest.fixture
def client(engine: Engine, clock: FrozenClock, provider: IdentityProvider) -> Iterator[TestClient]:
    """A centre with that provider."""
    yield from centre(engine, clock, provider)
