"""Somebody of the finance office, a telephone, and a centre that insists on it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from booking.access.actor import Grant
from booking.access.roles import Role
from booking.app import create_app
from booking.db.transactions import UnitOfWork
from tests.factories.accounts import (
    make_user,
    set_second_factor,
)
from tests.factories.two_steps import EMAIL
from tests.support import serving
from tests.support.clock import FrozenClock
from tests.support.templates import remember_pages

Write = Callable[[], AbstractContextManager[UnitOfWork]]


@pytest.fixture
def finance(write: Write) -> int:
    with write() as uow:
        return make_user(uow, Grant(Role.FINANCE), email=EMAIL).key


@pytest.fixture
def telephone(write: Write, finance: int) -> str:
    with write() as uow:
        return set_second_factor(uow, finance)[0]


@pytest.fixture
def strict(engine: Engine, clock: FrozenClock) -> Iterator[TestClient]:
    """A centre that requires a second factor of its staff."""
    settings = serving.test_settings(str(engine.url))
    settings = settings.model_copy(update={"require_second_factor": True})
    app = remember_pages(create_app(settings, engine=engine, clock=clock))
    with TestClient(app, follow_redirects=False) as opened:
        yield opened
