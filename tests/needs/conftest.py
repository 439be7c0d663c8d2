"""Cards as they come and change, for those who saved searches."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.index_cards import index_cards
from booking.needs.actions.save_search import save_search
from booking.needs.jobs import match_saved_searches, tell_of_new_cards
from booking.subsidies.queries.catalogue import ProgrammeSubsidies
from tests.factories.accounts import make_member
from tests.factories.instruments import make_instrument
from tests.factories.organisations import make_organisation
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]


@pytest.fixture
def now(clock: FrozenClock) -> datetime:
    return clock.now()


@pytest.fixture
def seeker(write: Write) -> Actor:
    """A member of a company."""
    with write() as uow:
        return make_member(uow, make_organisation(uow).key)


@pytest.fixture
def keep(write: Write, seeker: Actor, now: datetime) -> Callable[..., int]:
    """Save a search of theirs."""

    def kept(name: str = "电镜", **asked: str) -> int:
        with write() as uow:
            return save_search(uow, name, asked or {"q": name}, actor=seeker, now=now).key

    return kept


@pytest.fixture
def publish(write: Write) -> Callable[..., int]:
    """Publish a card."""

    def published(name: str, **card: Any) -> int:
        with write() as uow:
            made = make_instrument(uow, name=name, **card)
            index_cards(uow, [made.key])
            return made.key

    return published


@pytest.fixture
def tell(write: Write, now: datetime) -> Callable[[], None]:
    """Both jobs, one after the other."""

    def told() -> None:
        with write() as uow:
            match_saved_searches(uow, now, programmes=ProgrammeSubsidies())
        with write() as uow:
            tell_of_new_cards(uow, now)

    return told


@pytest.fixture
def anybody(client: TestClient) -> Iterator[TestClient]:
    """Somebody who is not signed in."""
    client.cookies.clear()
    yield client
    client.cookies.clear()
