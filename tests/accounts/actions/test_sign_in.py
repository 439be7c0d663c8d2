"""Signing in: one secret per session, the same refusal for every reason."""

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import select

from booking.access.actor import HOUSE, Actor, Grant
from booking.access.roles import Role
from booking.accounts.actions.change_profile import NewPassword, change_password
from booking.accounts.actions.create_user import Newcomer, create_user
from booking.accounts.actions.sign_in import (
    NewSession,
    sign_out,
    sign_out_everywhere,
)
from booking.accounts.errors import NotByToken, WrongCredentials
from booking.accounts.identity import Claim, prove
from booking.accounts.models import LoginSession
from booking.accounts.providers.local import Passwords, passwords
from booking.accounts.queries.actors import actor_by_id
from booking.accounts.queries.sign_ins import login_of, sessions_of
from booking.db.transactions import UnitOfWork, read_session
from booking.kernel.errors import RulesBroken
from tests.factories.accounts import CHEAP, PASSWORD, make_user, shut
from tests.factories.door import EMAIL, HOME, Door, Write
from tests.factories.organisations import LONG_AGO, make_organisation


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
        shut(uow, door.user_id)
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
