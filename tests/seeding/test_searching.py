"""The demo's person with a saved search is told of what is new, not of what is there."""

from datetime import timedelta

import pytest

from booking.accounts.providers.local import passwords
from booking.accounts.queries.actors import actor_by_id
from booking.db.transactions import UnitOfWork
from booking.needs.jobs import match_saved_searches, tell_of_new_cards
from booking.needs.queries.searches import searches_of
from booking.seeding.loading import load
from booking.seeding.searching import save_searches
from booking.subsidies.queries.catalogue import ProgrammeSubsidies
from tests.seeding.test_sharing import NOW, SEED

pytestmark = pytest.mark.slow


def test_a_search_is_saved_that_asks_what_programmes_pay_for(uow: UnitOfWork) -> None:
    opened = NOW - timedelta(days=30)
    register = load(uow, SEED, now=opened, demo_people=passwords("cheapest"))
    save_searches(uow, SEED, register, now=NOW)
    actor = actor_by_id(uow.session, register.people["sme@example.com"])
    (saved,) = searches_of(uow.session, actor)
    assert saved.asked["subsidised"] == "true"
    while match_saved_searches(uow, NOW, programmes=ProgrammeSubsidies()):
        pass
    assert tell_of_new_cards(uow, NOW) == 0
