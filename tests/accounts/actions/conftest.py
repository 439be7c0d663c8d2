"""The owner of an account, with and without a second factor."""

import pytest
from sqlalchemy.engine import Engine

from tests.factories.accounts import (
    set_second_factor,
)
from tests.factories.door import Door, Write
from tests.support.clock import FrozenClock


@pytest.fixture
def door(engine: Engine, write: Write, clock: FrozenClock) -> Door:
    return Door(engine, write, clock)


@pytest.fixture
def telephone(door: Door, write: Write) -> str:
    """The key of the owner's second factor."""
    with write() as uow:
        return set_second_factor(uow, door.user_id)[0]


@pytest.fixture
def paper(door: Door, write: Write) -> list[str]:
    """The owner's recovery codes."""
    with write() as uow:
        return set_second_factor(uow, door.user_id)[1]
