"""Somebody of the finance office with a telephone; a company, its administrator, her browser."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from booking.access.actor import Actor, Grant
from booking.access.roles import Role
from booking.app import create_app
from booking.db.transactions import UnitOfWork
from tests.factories.accounts import (
    be,
    make_member,
    make_user,
    open_session,
    set_second_factor,
)
from tests.factories.organisations import make_organisation
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


@pytest.fixture
def company(write: Write) -> int:
    with write() as uow:
        return make_organisation(uow).key


@pytest.fixture
def admin(write: Write, company: int) -> Actor:
    with write() as uow:
        return make_member(uow, company, Role.COMPANY_ADMIN)


@pytest.fixture
def manager(client: TestClient, write: Write, admin: Actor, clock: FrozenClock) -> TestClient:
    """A browser of the company's administrator."""
    with write() as uow:
        secret = open_session(uow, admin, now=clock.now())
    return be(TestClient(client.app, follow_redirects=False), secret)
