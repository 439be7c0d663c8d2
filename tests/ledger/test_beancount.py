"""The export is read by Beancount itself, which finds the balances that we have."""

from decimal import Decimal

import pytest
from beancount import loader
from beancount.core import data, realization
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking.kernel.money import yuan
from booking.kernel.periods import Period
from booking.ledger.actions.post import Leg, post
from booking.ledger.exports import account_name, beancount
from booking.ledger.models import AccountKind
from booking.ledger.queries.pages import accounts
from tests.factories.organisations import make_organisation
from tests.support.clock import moment

NOVEMBER = Period.parse("2026-11")
RECEIVABLE, REVENUE = AccountKind.RECEIVABLE, AccountKind.REVENUE


def exported(uow, period=NOVEMBER) -> str:
    return b"".join(beancount(uow.session, period)).decode()


def read(text: str) -> dict[str, Decimal]:
    """The balances that Beancount finds; it must find no fault."""
    entries, errors, _ = loader.load_string(text)
    assert errors == []
    found = {}
    for account in realization.iter_children(realization.realize(entries)):
        for position in account.balance:
            found[account.account] = position.units.number
    return found


def ours(uow, period=NOVEMBER) -> dict[str, Decimal]:
    return {
        account_name(row): Decimal(yuan(row.closing_fen))
        for row in accounts(uow.session, period.span)
        if row.closing_fen
    }


@pytest.fixture
def parties(uow):
    return make_organisation(uow, name='示例"甲"公司').key, make_organisation(uow).key


def owe(uow, parties, reference, amount_fen, day, memo=""):
    legs = [Leg(RECEIVABLE, parties[0], amount_fen), Leg(REVENUE, parties[1], -amount_fen)]
    post(uow, reference, legs, at=moment(f"{day}T10:00"), memo=memo)


def test_a_month_is_read_without_a_fault_and_holds_what_we_hold(uow, parties):
    owe(uow, parties, "charge:C-1", 184_000, "2026-10-31")
    owe(uow, parties, "charge:C-2", 12_345, "2026-11-01")
    owe(uow, parties, "charge:C-2/1", -345, "2026-11-30", memo='样品"A"\\损坏\n减免')
    owe(uow, parties, "charge:C-3", 99, "2026-12-01")
    text = exported(uow)
    assert "C-3" not in text
    assert text.count("charge:") == 2
    found = read(text)
    assert found == ours(uow)
    assert found[f"Assets:Receivable:O{parties[0]}"] == Decimal("1960.00")


def test_a_lie_in_the_file_is_found_by_beancount(uow, parties):
    owe(uow, parties, "charge:C-2", 12_345, "2026-11-01")
    for wrong in ("123.46 CNY", "-123.44 CNY"):
        right = "-123.45 CNY" if wrong.startswith("-") else "123.45 CNY"
        _, errors, _ = loader.load_string(exported(uow).replace(right, wrong, 1))
        assert errors != []


def test_an_empty_ledger_is_a_file_too(uow):
    assert read(exported(uow)) == {}


def test_the_same_books_give_the_same_bytes(uow, parties):
    owe(uow, parties, "charge:C-2", 12_345, "2026-11-01")
    assert exported(uow) == exported(uow)


def test_every_kind_of_account_has_a_name_of_its_own(uow, parties):
    kinds = list(AccountKind)
    for kind in kinds:
        legs = [Leg(kind, parties[0], 5), Leg(kind, parties[1], -5)]
        post(uow, f"x:{kind}", legs, at=moment("2026-11-05T10:00"))
    found = read(exported(uow))
    assert len(found) == 2 * len(kinds)
    assert isinstance(loader.load_string(exported(uow))[0][0], data.Open)


# What forms and files let through: no NUL.
WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moves=st.lists(
        st.tuples(st.integers(-(10**7), 10**7), st.integers(1, 70), WORDS),
        max_size=8,
    )
)
def test_whatever_moved_beancount_agrees(uow, moves):
    parties = make_organisation(uow).key, make_organisation(uow).key
    for place, (amount_fen, day, memo) in enumerate(moves):
        month, number = (10, day) if day <= 31 else (11, day - 31) if day <= 61 else (12, day - 61)
        reference = f"p:{parties[0]}:{place}"
        owe(uow, parties, reference, amount_fen, f"2026-{month}-{number:02}", memo)
    assert read(exported(uow)) == ours(uow)
