"""Guessing: waits that grow, that end, and that leave the owner alone."""

from datetime import timedelta

from sqlmodel import col, func, select

from booking.accounts.actions.sign_in import (
    Browser,
    NewSession,
    sign_in,
)
from booking.accounts.errors import SlowDown, WrongCredentials
from booking.accounts.identity import Claim, prove
from booking.accounts.jobs import forget_old_sign_ins
from booking.accounts.models import LoginSession, SignInThrottle
from tests.factories.accounts import CHEAP, PASSWORD
from tests.factories.door import ELSEWHERE, EMAIL, HOME, Door, Write


def test_five_failures_are_free_and_each_further_one_doubles_the_wait(door: Door) -> None:
    assert door.wait_after(5) == 0
    waits = [door.wait_after(0)]
    for _ in range(3):
        door.clock.advance(seconds=waits[-1])
        door.knock("wrong guess")
        waits.append(door.wait_after(0))
    assert waits == [2, 4, 8, 16]


def test_a_guess_during_the_wait_is_not_told_whether_it_was_right(door: Door) -> None:
    door.wait_after(6)
    assert isinstance(door.knock(), SlowDown)


def test_the_owner_gets_in_when_the_wait_is_over_and_the_slate_is_clean(door: Door) -> None:
    wait = door.wait_after(8)
    door.clock.advance(seconds=wait)
    assert isinstance(door.knock(), NewSession)
    assert door.wait_after(4) == 0


def test_guesses_sent_at_once_do_not_slip_past_the_count(door: Door) -> None:
    now = door.clock.now()
    proofs = [
        prove(door.engine, Claim(EMAIL, guess, ELSEWHERE), passwords=CHEAP, now=now)
        for guess in (*["wrong guess"] * 10, PASSWORD)
    ]
    answers = []
    for proof in proofs:
        with door.write() as uow:
            answers.append(
                sign_in(uow, proof, browser=Browser(), now=now, lifetime=timedelta(hours=1))
            )
    assert [type(answer) for answer in answers] == [WrongCredentials] * 6 + [SlowDown] * 5


def test_an_attack_from_many_addresses_slows_strangers_and_not_the_owner(door: Door) -> None:
    assert isinstance(door.knock(address=HOME), NewSession)
    for host in range(30):
        door.knock("wrong guess", address=f"198.51.100.{host}")
    assert isinstance(door.knock("wrong guess", address="192.0.2.1"), SlowDown)
    assert isinstance(door.knock(address=HOME), NewSession)


def test_one_address_trying_many_logins_is_slowed_for_all_of_them(door: Door) -> None:
    for person in range(31):
        door.knock("wrong guess", email=f"person{person}@example.com", address=ELSEWHERE)
    assert isinstance(door.knock(email="somebody.else@example.com", address=ELSEWHERE), SlowDown)
    assert isinstance(door.knock(address=HOME), NewSession)


def test_one_success_does_not_wash_an_address_clean(door: Door) -> None:
    for person in range(30):
        door.knock("wrong guess", email=f"person{person}@example.com", address=ELSEWHERE)
    assert isinstance(door.knock(address=ELSEWHERE), NewSession)
    door.knock("wrong guess", email="one.more@example.com", address=ELSEWHERE)
    assert isinstance(door.knock("x", email="another@example.com", address=ELSEWHERE), SlowDown)


def test_addresses_of_one_ipv6_customer_count_as_one(door: Door) -> None:
    for host in range(6):
        door.knock("wrong guess", address=f"2001:db8:1:2::{host + 1}")
    assert isinstance(door.knock(address="2001:db8:1:2:ffff::1"), SlowDown)
    assert isinstance(door.knock(address="2001:db8:1:3::1"), NewSession)


def test_load_tests_may_sign_in_without_waiting(door: Door) -> None:
    now = door.clock.now()
    claim = Claim(EMAIL, "wrong guess", HOME, throttled=False)
    for _ in range(10):
        proof = prove(door.engine, claim, passwords=CHEAP, now=now)
        with door.write() as uow:
            answer = sign_in(uow, proof, browser=Browser(), now=now, lifetime=timedelta(hours=1))
        assert isinstance(answer, WrongCredentials)


def test_old_traces_are_forgotten_and_recent_ones_kept(door: Door, write: Write) -> None:
    door.secret()
    door.knock("wrong guess")
    for days, gone in ((0.5, 0), (1, 3), (60, 0), (30, 1)):
        now = door.clock.advance(days=days)
        with write() as uow:
            assert forget_old_sign_ins(uow, now) == gone
    with write() as uow:
        left = uow.session.exec(select(func.count(col(LoginSession.id)))).one()
        left += uow.session.exec(select(func.count(col(SignInThrottle.id)))).one()
    assert left == 0
