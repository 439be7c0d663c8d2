"""The demo has one application that was accepted and one that waits for finance."""

from datetime import timedelta

from booking.access.actor import HOUSE
from booking.accounts.providers.local import passwords
from booking.db.transactions import UnitOfWork
from booking.seeding.applying import apply_for_it
from booking.seeding.loading import load
from booking.subsidies.queries.application_lists import ApplicationFilter, applications_seen_by
from booking.subsidies.states import ApplicationState
from tests.seeding.test_sharing import NOW, SEED


def test_one_application_is_accepted_and_one_waits(uow: UnitOfWork) -> None:
    opened = NOW - timedelta(days=60)
    register = load(uow, SEED, now=opened, demo_people=passwords("cheapest"))
    apply_for_it(uow, SEED, register, now=NOW)
    found = applications_seen_by(uow.session, HOUSE, ApplicationFilter())
    assert [one.state for one in found] == [ApplicationState.HANDED_IN, ApplicationState.ACCEPTED]
