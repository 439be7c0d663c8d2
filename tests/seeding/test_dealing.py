"""In its present days the demo has something of everything that people ask of each other."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from booking.accounts.providers.local import passwords
from booking.accounts.queries.actors import actor_by_id
from booking.credit.models import CreditAppeal
from booking.credit.states import AppealState
from booking.db.transactions import UnitOfWork
from booking.reservations.models.joint import JointBooking
from booking.reservations.models.refusal import Refusal
from booking.reservations.models.series import ReservationSeries
from booking.reservations.models.usage import UsageSession
from booking.reservations.models.waitlist import WaitlistEntry
from booking.reservations.queries.awaiting import AnswerTo, awaiting_of
from booking.reservations.rules.refusal import Lack
from booking.seeding.dealing import agree_on_credit, deal
from booking.seeding.loading import load
from tests.seeding.test_sharing import SEED
from tests.support.clock import moment

pytestmark = pytest.mark.slow

MONTHS = timedelta(days=60)
# When nothing is open.
SUNDAY_NIGHT = moment("2026-11-29T23:00")


def count(uow: UnitOfWork, table: type) -> int:
    return int(uow.session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def test_every_page_has_something_to_show(uow: UnitOfWork) -> None:
    now = SUNDAY_NIGHT
    opened = now - MONTHS
    register = load(uow, SEED, now=opened, demo_people=passwords("cheapest"))
    agree_on_credit(uow, SEED, register, now=opened, today=now)
    deal(uow, SEED, register, now=now)
    sme = actor_by_id(uow.session, register.people["sme@example.com"])
    awaiting = awaiting_of(uow.session, sme, whole_company=False)
    assert {one.to for one in awaiting.asked} == {AnswerTo.PROPOSAL, AnswerTo.SWAP}
    assert awaiting.uses > 0
    for table in (ReservationSeries, JointBooking, WaitlistEntry):
        assert count(uow, table) == 1, table
    minutes = uow.session.execute(sa.select(col(UsageSession.overrun_minutes))).scalars()
    assert list(minutes) == [40]
    states = uow.session.execute(sa.select(col(CreditAppeal.state)).order_by(col(CreditAppeal.id)))
    assert list(states.scalars()) == [AppealState.GRANTED, AppealState.OPEN]
    vain = uow.session.execute(sa.select(col(Refusal.lack), col(Refusal.codes)))
    assert [tuple(row) for row in vain] == [(Lack.CLOSED, ["opening.closed"])] * 6
