"""What companies pay in advance: entered by the bank's reference, never below nothing."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from booking.access.roles import Role
from booking.jobs.books import broken_books
from booking.kernel.errors import NotFound
from booking.ledger.actions.hold_funds import (
    hold_funds,
    pay_from_prepaid,
    release_funds,
    return_to_prepaid,
)
from booking.ledger.actions.prepay import Payment, refund, top_up
from booking.ledger.errors import BankReferenceUsed, CompanyUnknown, InsufficientFunds
from booking.ledger.models import AccountKind
from booking.ledger.queries.balances import balance
from booking.ledger.queries.prepaid import prepaid_seen_by
from tests.factories.accounts import make_staff
from tests.factories.reservations import Scene, make_scene
from tests.support.clock import moment

NOW = moment("2026-11-23T09:00")


@pytest.fixture
def scene(uow):
    return make_scene(uow)


@pytest.fixture
def finance(uow):
    return make_staff(uow, Role.FINANCE)


def provider_of(scene: Scene) -> int:
    (found,) = scene.manager.organisation_ids
    return found


@pytest.fixture
def paid(uow, scene, finance):
    """An account with 1000.00 in it."""
    payment = Payment(amount_fen=100_000, bank_reference="BANK-1")
    return top_up(uow, scene.company.name, provider_of(scene), paid=payment, actor=finance, now=NOW)


def figures(uow, finance) -> tuple[int, int]:
    (row,) = prepaid_seen_by(uow.session, finance)
    return row.balance_fen, row.held_fen


def test_what_came_in_is_the_companys_and_in_the_bank(uow, scene, finance, paid):
    assert figures(uow, finance) == (100_000, 0)
    assert balance(uow.session, AccountKind.BANK, provider_of(scene)) == 100_000
    assert balance(uow.session, AccountKind.PREPAID, provider_of(scene)) == -100_000
    assert list(broken_books(uow.session)) == []


def test_a_bank_reference_is_entered_once(uow, scene, finance, paid):
    again = Payment(amount_fen=5, bank_reference="BANK-1")
    with pytest.raises(BankReferenceUsed):
        refund(uow, paid, paid=again, actor=finance, now=NOW)


def test_a_manager_enters_for_the_own_provider_only(uow, scene, paid):
    mine = Payment(amount_fen=5, bank_reference="BANK-2")
    elsewhere = make_scene(uow)
    name, here, there = scene.company.name, provider_of(scene), provider_of(elsewhere)
    with pytest.raises(NotFound):
        top_up(uow, name, there, paid=mine, actor=scene.manager, now=NOW)
    with pytest.raises(CompanyUnknown):
        top_up(uow, "没有这家公司", here, paid=mine, actor=scene.manager, now=NOW)
    top_up(uow, name, here, paid=mine, actor=scene.manager, now=NOW)
    assert len(prepaid_seen_by(uow.session, scene.manager)) == 1
    assert prepaid_seen_by(uow.session, elsewhere.manager) == []
    assert prepaid_seen_by(uow.session, elsewhere.member) == []
    assert len(prepaid_seen_by(uow.session, scene.member)) == 1


def test_what_is_held_is_neither_spent_nor_paid_back(uow, scene, finance, paid):
    between = scene.company.key, provider_of(scene)
    hold_funds(uow, "R-1", 70_000, between=between, now=NOW)
    with pytest.raises(InsufficientFunds):
        hold_funds(uow, "R-2", 30_001, between=between, now=NOW)
    much = Payment(amount_fen=30_001, bank_reference="BANK-2")
    with pytest.raises(InsufficientFunds):
        refund(uow, paid, paid=much, actor=finance, now=NOW)
    assert pay_from_prepaid(uow, "x", 50_000, between=between, now=NOW) == 30_000
    assert figures(uow, finance) == (70_000, 70_000)
    assert release_funds(uow, "R-1", now=NOW) == 70_000
    assert release_funds(uow, "R-1", now=NOW) == 0
    rest = Payment(amount_fen=70_000, bank_reference="BANK-3")
    refund(uow, paid, paid=rest, actor=finance, now=NOW)
    assert figures(uow, finance) == (0, 0)
    assert list(broken_books(uow.session)) == []


def test_a_hold_of_the_same_booking_replaces_the_one_before(uow, scene, finance, paid):
    between = scene.company.key, provider_of(scene)
    for amount in (70_000, 90_000, 10_000):
        hold_funds(uow, "R-1", amount, between=between, now=NOW)
    assert figures(uow, finance) == (100_000, 10_000)


def test_no_more_comes_back_than_was_paid(uow, scene, finance, paid):
    between = scene.company.key, provider_of(scene)
    pay_from_prepaid(uow, "charge:C-1", 20_000, between=between, now=NOW)
    back = return_to_prepaid(
        uow, "charge:C-1/1", 25_000, drawn_by=("charge:C-1",), between=between, now=NOW
    )
    assert back == 20_000
    assert figures(uow, finance) == (100_000, 0)


def test_where_nothing_was_paid_nothing_is_there(uow, scene):
    between = scene.company.key, provider_of(scene)
    assert pay_from_prepaid(uow, "x", 5, between=between, now=NOW) == 0
    with pytest.raises(InsufficientFunds):
        hold_funds(uow, "R-1", 5, between=between, now=NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        "UPDATE prepaid_account SET held_fen = balance_fen + 1",
        "UPDATE prepaid_account SET balance_fen = -1",
        "UPDATE prepaid_entry SET amount_fen = 1",
        "DELETE FROM prepaid_entry",
    ],
)
def test_the_database_keeps_what_is_there(uow, paid, wrong):
    with pytest.raises(DatabaseError):
        uow.session.execute(sa.text(wrong))


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        (
            "UPDATE prepaid_account SET balance_fen = balance_fen + 1",
            "a prepaid balance is not the sum of its entries",
        ),
        (
            "UPDATE prepaid_account SET held_fen = 1",
            "a prepaid balance is not the sum of its entries",
        ),
        (
            "INSERT INTO posting (reference, at, memo)"
            " SELECT 'prepaid:X', at, '' FROM posting LIMIT 1",
            "a posting of a prepayment has no entry",
        ),
    ],
)
def test_a_wrong_balance_is_an_alarm(uow, paid, wrong, found):
    uow.session.execute(sa.text(wrong))
    assert any(one.startswith(found) for one in broken_books(uow.session))
