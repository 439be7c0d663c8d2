"""What programmes paid for an instrument: locked statements only, in the month of their day."""

from itertools import pairwise

import pytest

from booking.kernel.periods import Period
from booking.subsidies.actions.review_statement import lock, withdraw
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.queries.granted import LockedGrants
from booking.utilisation.queries.kept import Sight, ids_in_sight
from tests.factories.instruments import make_instrument
from tests.factories.settled_uses import make_company, make_programme, settled_use
from tests.subsidies.requests import programme
from tests.support.clock import moment

NOW = moment("2026-12-01T02:00")


def granted(uow, period: str, sight: Sight | None = None) -> dict[tuple[int, str], int]:
    asked = ids_in_sight(sight or Sight())
    return dict(LockedGrants().granted(uow.session, Period.parse(period), asked))


@pytest.fixture
def settled(uow) -> tuple[int, str]:
    """A settled month of two uses of one instrument, still a draft."""
    make_programme(uow, programme())
    company, instrument = make_company(uow), make_instrument(uow)
    for amount in ("1000.00", "500.00"):
        settled_use(uow, company, amount, instrument=instrument)
    view = settle_period(uow, Period.parse("2026-10"), actor_id=None, now=NOW)
    return instrument.key, view.statements[0].number


def test_a_draft_pays_nothing_yet_and_a_locked_one_what_it_says(uow, settled):
    instrument, number = settled
    assert granted(uow, "2026") == {}
    lock(uow, number, actor_id=None, now=NOW)
    assert granted(uow, "2026") == {(instrument, "2026-10"): 450_00}
    assert granted(uow, "2026-10", Sight(instrument_id=instrument)) == granted(uow, "2026")


def test_only_the_period_and_the_instruments_asked_for_count(uow, settled):
    instrument, number = settled
    lock(uow, number, actor_id=None, now=NOW)
    assert granted(uow, "2026-11") == {}
    assert granted(uow, "2026", Sight(instrument_id=instrument + 1)) == {}


def test_whatever_may_change_what_was_granted_changes_its_stamp(uow, settled):
    """Drawing up drafts changes nothing; locking, withdrawing and locking anew do."""
    instrument, number = settled
    stamps, paid = [], []

    def look() -> None:
        stamps.append(LockedGrants().stamp(uow.session))
        paid.append(granted(uow, "2026"))

    look()
    settle_period(uow, Period.parse("2026-10"), actor_id=None, now=NOW)
    look()
    for _ in range(2):
        lock(uow, number, actor_id=None, now=NOW)
        look()
        withdraw(uow, number, "重算", actor_id=None, now=NOW)
        look()
        settle_period(uow, Period.parse("2026-10"), actor_id=None, now=NOW)
        look()
    of = {(instrument, "2026-10"): 450_00}
    assert paid == [{}, {}, of, {}, {}, of, {}, {}]
    changes = [before != after for before, after in pairwise(stamps)]
    assert changes == [before != after for before, after in pairwise(paid)]
