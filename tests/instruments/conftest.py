"""Who meets instruments over HTTP."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.index_cards import index_cards
from booking.instruments.holds import HoldReason, take_hold
from tests.factories.accounts import bearer, make_lab_person, make_member, make_staff
from tests.factories.instrument_requests import People
from tests.factories.instruments import (
    OFFICE_HOURS,
    add_closure,
    make_instrument,
    make_lab,
    make_provider,
    span,
    unit_ids,
)
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


EVENING = {"weekdays": [1, 2], "from": "18:00", "to": "22:00", "factor": "1.5"}


@pytest.fixture
def sem(write: Write) -> int:
    """A published microscope, open in office hours, taken on Tuesday at ten."""
    with write() as uow:
        made = make_instrument(
            uow,
            name="场发射扫描电子显微镜",
            name_en="Field-emission SEM",
            week=OFFICE_HOURS,
            tariff={
                "peak": [{"weekdays": [1, 2], "from": "18:00", "to": "22:00", "factor": "1.5"}]
            },
        )
        index_cards(uow, [made.key])
        when = span("2026-11-24T10:00", "12:00")
        reason = HoldReason.closure(add_closure(uow, made.key, when, reason="灯丝更换").key)
        take_hold(uow, unit_ids(uow, made.key), when, reason=reason)
        return made.key
