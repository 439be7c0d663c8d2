"""Money moves in balanced pairs, once per reference, and is never rewritten."""

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DatabaseError

from booking.ledger.actions.post import Leg, post
from booking.ledger.actions.reverse import reverse
from booking.ledger.errors import NothingToReverse, UnbalancedPosting
from booking.ledger.models import AccountKind
from booking.ledger.queries.balances import (
    balance,
    entries_between,
    entries_of,
    unbalanced_postings,
)
from tests.factories.organisations import make_organisation
from tests.support.clock import moment

NOW = moment("2026-11-23T09:00")
RECEIVABLE, REVENUE = AccountKind.RECEIVABLE, AccountKind.REVENUE


@pytest.fixture
def parties(uow) -> tuple[int, int]:
    return make_organisation(uow).key, make_organisation(uow).key


def owed(parties: tuple[int, int], amount_fen: int) -> list[Leg]:
    user, provider = parties
    return [Leg(RECEIVABLE, user, amount_fen), Leg(REVENUE, provider, -amount_fen)]


def test_a_posting_moves_the_same_amount_out_of_one_account_and_into_another(uow, parties):
    assert post(uow, "charge:1", owed(parties, 12_345), at=NOW)
    assert balance(uow.session, RECEIVABLE, parties[0]) == 12_345
    assert balance(uow.session, REVENUE, parties[1]) == -12_345


def test_an_unbalanced_posting_is_refused_and_leaves_nothing(uow, parties):
    legs = [Leg(RECEIVABLE, parties[0], 100), Leg(REVENUE, parties[1], -99)]
    with pytest.raises(UnbalancedPosting) as refused:
        post(uow, "charge:1", legs, at=NOW)
    assert refused.value.params["difference_fen"] == 1
    assert entries_of(uow.session, "charge:1") == []


def test_a_reference_posts_once(uow, parties):
    first = post(uow, "charge:1", owed(parties, 100), at=NOW)
    again = post(uow, "charge:1", owed(parties, 100), at=NOW)
    assert first is not None
    assert again is None
    assert balance(uow.session, RECEIVABLE, parties[0]) == 100


def test_nothing_moves_for_nothing(uow, parties):
    assert post(uow, "charge:1", owed(parties, 0), at=NOW) is None


def test_a_reversal_brings_every_balance_back_and_can_happen_once(uow, parties):
    post(uow, "charge:1", owed(parties, 100), at=NOW)
    assert reverse(uow, "charge:1", at=NOW, memo="charged twice")
    assert reverse(uow, "charge:1", at=NOW, memo="again") is None
    assert balance(uow.session, RECEIVABLE, parties[0]) == 0
    assert [row.amount_fen for row in entries_of(uow.session, "charge:1")] == [100, -100]


def test_what_was_never_posted_cannot_be_reversed(uow):
    with pytest.raises(NothingToReverse):
        reverse(uow, "charge:none", at=NOW, memo="")


def test_an_account_shows_its_entries_of_a_half_open_stretch_of_time(uow, parties):
    for day, reference in ((1, "a"), (2, "b"), (3, "c")):
        post(uow, reference, owed(parties, day), at=moment(f"2026-11-0{day}T00:00"))
    start, end = moment("2026-11-02T00:00"), moment("2026-11-03T00:00")
    found = entries_between(uow.session, RECEIVABLE, parties[0], start=start, end=end)
    assert [row.reference for row in found] == ["b"]


@pytest.mark.parametrize(
    "rewriting",
    [
        "UPDATE ledger_entry SET amount_fen = 1",
        "DELETE FROM ledger_entry",
        "UPDATE posting SET memo = 'other'",
        "DELETE FROM posting",
    ],
)
def test_the_database_refuses_to_rewrite_the_books(uow, parties, rewriting):
    post(uow, "charge:1", owed(parties, 100), at=NOW)
    with pytest.raises(DatabaseError, match="append_only"):
        uow.session.execute(sa.text(rewriting))


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.lists(st.integers(1, 10**9), min_size=1, max_size=5))
def test_whatever_is_posted_the_books_balance(uow, amounts):
    user, provider = make_organisation(uow).key, make_organisation(uow).key
    for amount in amounts:
        post(uow, f"{user}:{amount}:{id(amounts)}", owed((user, provider), amount), at=NOW)
    held = balance(uow.session, RECEIVABLE, user)
    assert held == sum(set(amounts))
    assert held + balance(uow.session, REVENUE, provider) == 0
    assert unbalanced_postings(uow.session) == []
