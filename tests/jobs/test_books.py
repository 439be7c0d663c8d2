"""By night the books are proven; what does not stand in them is an alarm that names it."""

import pytest

from booking.jobs.errors import BooksBroken
from booking.jobs.housekeeping import prove_ledger
from booking.ledger.actions.post import Leg, post
from booking.ledger.actions.reverse import reverse
from booking.ledger.models import AccountKind
from booking.reservations.actions.confirm import confirm
from tests.factories.organisations import make_organisation
from tests.factories.reservations import make_scene, make_use
from tests.support.clock import moment

MONDAY = moment("2026-11-23T09:00")
WEDNESDAY = moment("2026-11-25T09:00")


@pytest.fixture
def charged(uow):
    scene = make_scene(uow)
    used = make_use(uow, scene, now=MONDAY)
    for side in (scene.manager, scene.member):
        confirm(uow, used.number, actor=side, now=WEDNESDAY)
    return used.number


def test_honest_books_pass(uow, charged):
    assert prove_ledger(uow, WEDNESDAY) == 0


def test_a_posting_of_nothing_is_an_alarm(uow, charged):
    owner = make_organisation(uow).key
    legs = [Leg(AccountKind.RECEIVABLE, owner, 5), Leg(AccountKind.REVENUE, owner, -5)]
    post(uow, "charge:C-X", legs, at=WEDNESDAY)
    with pytest.raises(BooksBroken) as broken:
        prove_ledger(uow, WEDNESDAY)
    assert broken.value.params["postings"] == ["a posting of a charge has no charge: charge:C-X"]


def test_a_charge_that_was_posted_back_alone_is_an_alarm(uow, charged):
    reverse(uow, f"charge:C-{charged}", at=WEDNESDAY, memo="示例")
    with pytest.raises(BooksBroken):
        prove_ledger(uow, WEDNESDAY)
