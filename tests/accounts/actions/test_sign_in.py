"""Signing in: one secret per session, the same refusal for every reason, waits that end."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy.engine import Engine
from sqlmodel import col, func, select

from booking.access.actor import HOUSE, Actor, Grant
from booking.access.roles import Role
from booking.accounts.actions.change_profile import NewPassword, change_password
from booking.accounts.actions.create_user import Newcomer, create_user
from booking.accounts.actions.sign_in import (
    Browser,
    NewSession,
    Refusal,
    sign_in,
    sign_out,
    sign_out_everywhere,
)
from booking.accounts.errors import NotByToken, SlowDown, WrongCredentials
from booking.accounts.identity import Claim, prove
from booking.accounts.jobs import forget_old_sign_ins
from booking.accounts.models import LoginSession, SignInThrottle
from booking.accounts.providers.local import Passwords, passwords
from booking.accounts.queries import (
    actor_by_id,
    actor_of_session,
    login_of,
    sessions_of,
    user_for_update,
)
from booking.accounts.rules import digest_of
from booking.db.transactions import UnitOfWork, read_session
from booking.kernel.errors import RulesBroken
from tests.factories.accounts import CHEAP, PASSWORD, make_user
from tests.factories.organisations import LONG_AGO, make_organisation
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]
HOME, ELSEWHERE = "203.0.113.7", "198.51.100.9"
EMAIL = "owner@example.com"


class Door:
    """Signing in as the pages do it: proved first, then one transaction that is kept."""

    def __init__(self, engine: Engine, write: Write, clock: FrozenClock) -> None:
        self.engine, self.write, self.clock = engine, write, clock
        with write() as uow:
            self.user_id = make_user(uow, email=EMAIL).key

    def knock(
        self,
        password: str = PASSWORD,
        *,
        email: str = EMAIL,
        address: str = HOME,
        former: str | None = None,
        passwords: Passwords = CHEAP,
    ) -> NewSession | Refusal:
        now, claim = self.clock.now(), Claim(email, password, address)
        proof = prove(self.engine, claim, passwords=passwords, now=now)
        with self.write() as uow:
            browser = Browser("Firefox", former)
            return sign_in(uow, proof, browser=browser, now=now, lifetime=timedelta(hours=12))

    def behind(self, secret: str, *, at: datetime | None = None) -> Actor | None:
        with read_session(self.engine) as session:
            found = actor_of_session(session, digest_of(secret), at or self.clock.now())
            return found.actor if found else None

    def secret(self) -> str:
        opened = self.knock()
        assert isinstance(opened, NewSession)
        return opened.secret

    def guess(self, email: str = EMAIL, address: str = HOME) -> NewSession | Refusal:
        return self.knock("wrong guess", email=email, address=address)

    def wait_after(self, failures: int) -> int:
        """Fail so often, waiting as told; then say how long one must wait."""
        for _ in range(failures):
            while isinstance(answer := self.guess(), SlowDown):
                self.clock.advance(seconds=self.seconds(answer))
        answer = self.guess()
        return self.seconds(answer) if isinstance(answer, SlowDown) else 0

    @staticmethod
    def seconds(refusal: SlowDown) -> int:
        told = refusal.params["retry_after"]
        assert isinstance(told, int)
        return told


@pytest.fixture
def door(engine: Engine, write: Write, clock: FrozenClock) -> Door:
    return Door(engine, write, clock)


def test_the_right_password_opens_a_session_until_it_ends(door: Door) -> None:
    opened = door.knock(email=" Owner@EXAMPLE.com ")
    assert isinstance(opened, NewSession)
    actor = door.behind(opened.secret)
    assert actor is not None
    assert actor.email == EMAIL
    assert door.behind(opened.secret, at=opened.expires_at) is None


def test_the_table_does_not_hold_the_secret(door: Door, write: Write) -> None:
    secret = door.secret()
    with write() as uow:
        row = uow.session.exec(select(LoginSession)).one()
    assert secret not in str(row.model_dump())
    assert (row.address, row.agent) == (HOME, "Firefox")


@pytest.mark.parametrize(
    ("password", "email"),
    [("wrong guess", EMAIL), (PASSWORD, "nobody@example.com"), ("x" * 100_000, EMAIL), ("", EMAIL)],
)
def test_every_wrong_pair_is_refused_alike(door: Door, password: str, email: str) -> None:
    refusal = door.knock(password, email=email)
    assert isinstance(refusal, WrongCredentials)
    assert refusal.params == {}


def test_a_closed_account_is_refused_like_a_wrong_password(door: Door, write: Write) -> None:
    secret = door.secret()
    with write() as uow:
        user_for_update(uow.session, door.user_id).active = False
    assert isinstance(door.knock(), WrongCredentials)
    assert door.behind(secret) is None


def test_somebody_without_a_password_cannot_sign_in(door: Door, write: Write) -> None:
    with write() as uow:
        make_user(uow, email="invited@example.com", password=None)
    assert isinstance(door.knock("", email="invited@example.com"), WrongCredentials)


def test_signing_in_replaces_the_session_the_browser_had(door: Door) -> None:
    planted = door.secret()
    opened = door.knock(former=planted)
    assert isinstance(opened, NewSession)
    assert opened.secret != planted
    assert door.behind(planted) is None


def test_signing_out_ends_this_session_only(door: Door, write: Write) -> None:
    here, there = door.secret(), door.secret()
    actor = door.behind(here)
    assert actor is not None
    with write() as uow:
        sign_out(uow, here, actor=actor, now=door.clock.now())
    assert door.behind(here) is None
    assert door.behind(there) is not None


def test_signing_out_everywhere_ends_all_and_may_spare_this_one(door: Door, write: Write) -> None:
    here, there = door.secret(), door.secret()
    actor = door.behind(here)
    assert actor is not None
    with write() as uow:
        assert sign_out_everywhere(uow, actor=actor, now=door.clock.now(), but_not=here) == 1
    assert door.behind(there) is None
    with write() as uow:
        sign_out_everywhere(uow, actor=actor, now=door.clock.now())
        assert not sessions_of(uow.session, actor.id, door.clock.now())
    assert door.behind(here) is None


def test_a_token_cannot_sign_its_owner_out(door: Door, write: Write) -> None:
    program = Actor(door.user_id, "", EMAIL, scopes=frozenset())
    with pytest.raises(NotByToken), write() as uow:
        sign_out_everywhere(uow, actor=program, now=door.clock.now())


def test_a_dated_hash_is_replaced_when_the_password_is_proved(door: Door) -> None:
    stronger = Passwords(PasswordHash((Argon2Hasher(time_cost=2, memory_cost=16, parallelism=1),)))
    assert isinstance(door.knock(passwords=stronger), NewSession)
    with read_session(door.engine) as session:
        stored = login_of(session, EMAIL).password_hash
    assert stored is not None
    assert "m=16,t=2" in stored
    assert isinstance(door.knock(passwords=stronger), NewSession)


def test_an_unknown_login_costs_the_same_hash(monkeypatch: pytest.MonkeyPatch, door: Door) -> None:
    hashed: list[str] = []
    counted = passwords("cheapest")
    check = Argon2Hasher.verify

    def verify(self: Argon2Hasher, password: str | bytes, hash: str | bytes) -> bool:
        hashed.append(str(hash).split("$")[3])
        return check(self, password, hash)

    monkeypatch.setattr(Argon2Hasher, "verify", verify)
    door.knock("wrong guess", passwords=counted)
    door.knock("wrong guess", email="nobody@example.com", passwords=counted)
    assert len(hashed) == 2
    assert hashed[0] == hashed[1]


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


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(door: Door, write: Write) -> None:
    here, there, now = door.secret(), door.secret(), door.clock.now()
    actor = door.behind(here)
    assert actor is not None
    text = "another long one"
    new = NewPassword(text=text, hashed=CHEAP.hashed(text), session_secret=here)
    wrong = prove(door.engine, Claim(EMAIL, "wrong guess", HOME), passwords=CHEAP, now=now)
    with write() as uow:
        assert isinstance(change_password(uow, wrong, new, actor=actor, now=now), WrongCredentials)
    assert isinstance(door.knock(text), WrongCredentials)
    right = prove(door.engine, Claim(EMAIL, PASSWORD, HOME), passwords=CHEAP, now=now)
    with write() as uow:
        assert change_password(uow, right, new, actor=actor, now=now) is None
    assert isinstance(door.knock(text), NewSession)
    assert isinstance(door.knock(PASSWORD), WrongCredentials)
    assert door.behind(here) is not None
    assert door.behind(there) is None


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


def test_a_person_carries_every_role_in_every_place(uow: UnitOfWork) -> None:
    one, two = make_organisation(uow).key, make_organisation(uow).key
    user = make_user(uow, Grant(Role.COMPANY_ADMIN, one), Grant(Role.COMPANY_MEMBER, two))
    assert actor_by_id(uow.session, user.key).grants == (
        Grant(Role.COMPANY_ADMIN, one),
        Grant(Role.COMPANY_MEMBER, two),
    )


def test_a_weak_password_makes_no_account(uow: UnitOfWork) -> None:
    weak = Newcomer(email="not an address", name="甲", password="short")
    with pytest.raises(RulesBroken) as refused:
        create_user(uow, weak, passwords=CHEAP, actor=HOUSE, now=LONG_AGO)
    codes = [violation.code for violation in refused.value.violations]
    assert codes == ["email.malformed", "password.too_short"]
