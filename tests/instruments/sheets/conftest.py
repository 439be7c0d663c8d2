"""Who sends sheets."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from tests.factories.accounts import make_lab_person
from tests.factories.instruments import make_lab

Write = Callable[[], AbstractContextManager[UnitOfWork]]


@dataclass(frozen=True)
class Keeper:
    """The manager of one lab."""

    actor: Actor
    lab_id: int
    lab: str


@pytest.fixture
def keeper(write: Write) -> Keeper:
    with write() as uow:
        lab = make_lab(uow, name="电镜室")
        return Keeper(make_lab_person(uow, lab.key), lab.key, lab.name)
