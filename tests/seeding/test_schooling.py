"""From its present day on the demo has an instrument that needs training."""

from datetime import timedelta

import pytest

from booking.accounts.providers.local import passwords
from booking.accounts.queries.actors import actor_by_id
from booking.db.transactions import UnitOfWork
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.reserve import reserve
from booking.reservations.errors import ReservationRefused
from booking.reservations.rules.wish import Wish
from booking.seeding.files import SeedFiles
from booking.seeding.loading import load
from booking.seeding.schooling import begin_training
from booking.settings import REPOSITORY
from booking.training.queries.desk import candidates, trained_on
from tests.support.clock import moment

pytestmark = pytest.mark.slow

SEED = SeedFiles(REPOSITORY / "seed")
NOW = moment("2026-11-23T09:00")
NOON = TimeSpan(moment("2026-11-24T12:00"), moment("2026-11-24T14:00"))


def test_one_may_operate_and_another_waits(uow: UnitOfWork) -> None:
    opened = NOW - timedelta(days=30)
    register = load(uow, SEED, now=opened, demo_people=passwords("cheapest"))
    begin_training(uow, SEED, register, now=NOW)
    instrument_id = register.instruments["sem-w"]
    (trained,) = trained_on(uow.session, instrument_id, unused_days=None)
    (waiting,) = candidates(uow.session, instrument_id)
    assert (trained.email, waiting.email) == ("sme@example.com", "sme2@example.com")

    def book(email: str) -> None:
        person = actor_by_id(uow.session, register.people[email])
        wish = Wish(
            instrument_id=instrument_id,
            span=NOON,
            mode=ServiceMode.SELF_OPERATED,
            purpose="断口形貌",
        )
        reserve(uow, wish, actor=person, now=NOW)

    book("sme@example.com")
    with pytest.raises(ReservationRefused) as refused:
        book("sme2@example.com")
    assert [one.code for one in refused.value.violations] == ["training.missing"]
