"""What vouchers move between centre and providers stands in the books, each step once."""

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from beancount import loader

from booking.checking.report import broken
from booking.jobs.books import broken_books
from booking.kernel.periods import Period
from booking.ledger.exports import beancount
from booking.ledger.models import AccountKind
from booking.ledger.queries.balances import balance, entries_of
from booking.migrations import configuration
from tests.vouchers.test_paying_providers import NOVEMBER, World

BOTH = (AccountKind.VOUCHER_PAYABLE, AccountKind.VOUCHER_CLAIM)


@pytest.fixture
def world(uow) -> World:
    return World(uow)


def held(uow, world: World) -> tuple[int, ...]:
    """What the books say that the centre owes the provider, seen from both."""
    owed, claimed = (balance(uow.session, kind, world.provider) for kind in BOTH)
    return -owed, claimed


def test_a_redemption_is_owed_to_the_provider_and_a_payment_settles_it(uow, world):
    assert held(uow, world) == (80_000, 80_000)
    number = world.pay(uow)
    assert held(uow, world) == (0, 0)
    payment = entries_of(uow.session, f"voucher-payment:{number}")
    assert sorted((row.kind.value, row.amount_fen) for row in payment) == [
        ("bank", -80_000),
        ("bank", 80_000),
        ("voucher_claim", -80_000),
        ("voucher_payable", 80_000),
    ]
    assert list(broken_books(uow.session)) == []


def test_what_comes_back_after_a_payment_is_owed_by_the_provider(uow, world):
    world.pay(uow)
    world.cheaper(uow, 150_000)
    assert held(uow, world) == (-5_000, -5_000)
    assert list(broken_books(uow.session)) == []


def test_beancount_proves_the_accounts(uow, world):
    world.pay(uow)
    for period in (NOVEMBER, Period.parse("2026")):
        text = b"".join(beancount(uow.session, period)).decode()
        entries, errors, _ = loader.load_string(text)
        assert (bool(entries), errors) == (True, [])
    assert f"Liabilities:Voucher:O{world.provider}" in text
    assert f"Assets:Voucher:O{world.provider}" in text


@pytest.mark.parametrize(
    "lie",
    [
        "DELETE FROM ledger_entry WHERE posting_id IN"
        " (SELECT id FROM posting WHERE reference LIKE 'voucher-payment:%')",
        "DELETE FROM ledger_entry WHERE account_id IN"
        " (SELECT id FROM ledger_account WHERE kind = 'voucher_claim')",
        "INSERT INTO posting (reference, at, memo)"
        " SELECT 'voucher-payment:P1', at, memo FROM posting LIMIT 1",
        "UPDATE voucher_payment SET amount_fen = 79999",
    ],
    ids=["payment not posted", "one side", "no payment", "another amount"],
)
def test_check_finds_what_does_not_agree(uow, world, lie, unguarded):
    world.pay(uow)
    assert [one for one in broken(uow.session) if one.invariant == 3] == []
    uow.session.execute(sa.text(lie))
    assert [one for one in broken(uow.session) if one.invariant == 3] != []


@pytest.fixture
def unguarded(uow) -> None:
    """The database without its refusals to rewrite these tables, until the test ends."""
    tables = ("posting", "ledger_entry", "voucher_payment")
    with uow.session.begin_nested():
        if uow.session.get_bind().dialect.name == "postgresql":
            for table in tables:
                uow.session.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        else:
            for table in tables:
                for event in ("update", "delete"):
                    uow.session.execute(sa.text(f"DROP TRIGGER {table}_append_only_{event}"))


def test_older_books_are_brought_up_to_date(uow, world, unguarded):
    """What was redeemed and paid before it was posted is posted by the migration, once."""
    number = world.pay(uow)
    entry = "DELETE FROM ledger_entry WHERE account_id IN (SELECT id FROM ledger_account WHERE"
    uow.session.execute(sa.text(f"{entry} kind LIKE 'voucher_%')"))
    of_payment = "posting_id IN (SELECT id FROM posting WHERE reference LIKE 'voucher-payment:%')"
    uow.session.execute(sa.text(f"DELETE FROM ledger_entry WHERE {of_payment}"))
    uow.session.execute(sa.text("DELETE FROM posting WHERE reference LIKE 'voucher-payment:%'"))
    assert list(broken_books(uow.session)) != []
    migrate(uow)
    assert held(uow, world) == (0, 0)
    assert len(entries_of(uow.session, f"voucher-payment:{number}")) == 4
    assert list(broken_books(uow.session)) == []


def migrate(uow) -> None:
    """Run the revision's upgrade in the test's own transaction."""
    script = ScriptDirectory.from_config(configuration())
    module = script.get_revision("96_voucher_postings").module
    with Operations.context(MigrationContext.configure(uow.session.connection())):
        module.upgrade()
