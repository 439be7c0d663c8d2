"""Who meets instruments over HTTP."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from tests.factories.accounts import bearer, make_lab_person, make_member, make_staff
from tests.factories.instrument_requests import People
from tests.factories.instruments import make_lab, make_provider
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]


@pytest.fixture
def people(write: Write, clock: FrozenClock) -> People:
    with write() as uow:
        lab, other = make_lab(uow), make_lab(uow)
        firm = make_provider(uow)
        now = clock.now()
        return People(
            lab_id=lab.key,
            keeper=bearer(uow, make_lab_person(uow, lab.key), now=now),
            stranger=bearer(uow, make_lab_person(uow, other.key), now=now),
            company=bearer(uow, make_member(uow, firm.key), now=now),
            centre=bearer(uow, make_staff(uow), now=now),
            auditor=bearer(uow, make_staff(uow, Role.AUDITOR), now=now),
        )
