"""A scene whose company entrusts its lab, and the moment at which it does."""

from datetime import datetime

import pytest

from booking.db.transactions import UnitOfWork
from tests.factories.reservations import Scene, make_scene
from tests.support.clock import FrozenClock


@pytest.fixture
def now(clock: FrozenClock) -> datetime:
    return clock.now()


@pytest.fixture
def scene(uow: UnitOfWork) -> Scene:
    return make_scene(uow)
