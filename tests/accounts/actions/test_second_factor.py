"""A second factor: set up with a code, switched off with both, removed by an administrator."""

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from booking.access.actor import Actor
from booking.access.roles import Role
from booking.accounts.actions.change_profile import NewPassword, change_password
from booking.accounts.actions.second_factor import (
    BothFactors,
    begin,
    confirm,
    remove_of_colleague,
    renew_codes,
    switch_off,
)
from booking.accounts.actions.sign_in import HalfWay, NewSession
from booking.accounts.errors import (
    NotByToken,
    NothingToConfirm,
    OwnSecondFactor,
    SecondFactorSet,
    SignInOver,
    WrongCode,
    WrongCredentials,
)
from booking.accounts.identity import Claim, CodeClaim, Proof, prove
from booking.accounts.models import SecondFactor
from booking.accounts.queries.actors import actor_by_id
from booking.db.transactions import UnitOfWork, read_session
from booking.kernel.errors import Forbidden, NotFound
from tests.factories.accounts import (
    CHEAP,
    PASSWORD,
    SEAL,
    code_at,
    make_member,
    make_staff,
    set_second_factor,
)
from tests.factories.door import EMAIL, HOME, Door, Write
from tests.factories.organisations import make_organisation
from tests.support.clock import FrozenClock


def owner(door: Door) -> Actor:
    with read_session(door.engine) as session:
        return actor_by_id(session, door.user_id)


def proof(door: Door, password: str = PASSWORD) -> Proof:
    claim = Claim(EMAIL, password, HOME)
    return prove(door.engine, claim, passwords=CHEAP, now=door.clock.now())


def both(door: Door, code: str, password: str = PASSWORD, secret: str | None = None) -> BothFactors:
    return BothFactors(proof(door, password), CodeClaim(door.user_id, code, HOME), secret)


# ── setting up, switching off ────────────────────────────────────────────────────────────────────


def test_it_counts_only_when_a_code_confirmed_it(door: Door, write: Write) -> None:
    actor, now = owner(door), door.clock.now()
    with write() as uow:
        key = begin(uow, proof(door), seal=SEAL, actor=actor, now=now)
    assert isinstance(key, str)
    assert isinstance(door.knock(), NewSession)
    claim = CodeClaim(door.user_id, "000000", HOME)
    with write() as uow:
        refused = confirm(uow, claim, session_secret=None, seal=SEAL, actor=actor, now=now)
    assert isinstance(refused, WrongCode)
    claim = CodeClaim(door.user_id, code_at(key, now), HOME)
    with write() as uow:
        codes = confirm(uow, claim, session_secret=None, seal=SEAL, actor=actor, now=now)
    assert isinstance(codes, list)
    assert isinstance(door.knock(), HalfWay)
    assert isinstance(door.tell(door.halfway(), code_at(key, now)), WrongCode)


def test_setting_up_needs_the_password(door: Door, write: Write) -> None:
    actor, now = owner(door), door.clock.now()
    wrong = proof(door, "wrong guess")
    with write() as uow:
        assert isinstance(begin(uow, wrong, seal=SEAL, actor=actor, now=now), WrongCredentials)
        assert uow.session.exec(select(SecondFactor)).all() == []


def test_setting_up_is_given_up_after_a_while(door: Door, write: Write) -> None:
    actor = owner(door)
    with write() as uow:
        key = begin(uow, proof(door), seal=SEAL, actor=actor, now=door.clock.now())
    assert isinstance(key, str)
    now = door.clock.advance(minutes=16)
    claim = CodeClaim(door.user_id, code_at(key, now), HOME)
    with pytest.raises(NothingToConfirm), write() as uow:
        confirm(uow, claim, session_secret=None, seal=SEAL, actor=actor, now=now)


def test_one_that_is_set_is_not_replaced_by_the_password_alone(
    door: Door, telephone: str, write: Write
) -> None:
    with pytest.raises(SecondFactorSet), write() as uow:
        begin(uow, proof(door), seal=SEAL, actor=owner(door), now=door.clock.now())


def test_setting_up_ends_the_other_sessions(door: Door, write: Write) -> None:
    here, there, now = door.secret(), door.secret(), door.clock.now()
    with write() as uow:
        key = begin(uow, proof(door), seal=SEAL, actor=owner(door), now=now)
        assert isinstance(key, str)
        claim = CodeClaim(door.user_id, code_at(key, now), HOME)
        confirm(uow, claim, session_secret=here, seal=SEAL, actor=owner(door), now=now)
    assert door.behind(here) is not None
    assert door.behind(there) is None


def test_switching_off_needs_password_and_code(door: Door, telephone: str, write: Write) -> None:
    actor, now = owner(door), door.clock.now()
    code = code_at(telephone, now)
    for attempt, refusal in (
        (both(door, code, password="wrong guess"), WrongCredentials),
        (both(door, "000000"), WrongCode),
    ):
        with write() as uow:
            assert isinstance(switch_off(uow, attempt, seal=SEAL, actor=actor, now=now), refusal)
    with write() as uow:
        assert switch_off(uow, both(door, code), seal=SEAL, actor=actor, now=now) is None
    assert isinstance(door.knock(), NewSession)


def test_switching_off_ends_the_other_sessions(door: Door, telephone: str, write: Write) -> None:
    now = door.clock.now()
    first = door.tell(door.halfway(), code_at(telephone, now))
    now = door.clock.advance(seconds=30)
    second = door.tell(door.halfway(), code_at(telephone, now))
    assert isinstance(first, NewSession)
    assert isinstance(second, NewSession)
    now = door.clock.advance(seconds=30)
    asked = both(door, code_at(telephone, now), secret=second.secret)
    with write() as uow:
        assert switch_off(uow, asked, seal=SEAL, actor=owner(door), now=now) is None
    assert door.behind(first.secret) is None
    assert door.behind(second.secret) is not None


def test_new_recovery_codes_replace_the_old(door: Door, paper: list[str], write: Write) -> None:
    asked = both(door, paper[0])
    with write() as uow:
        fresh = renew_codes(uow, asked, seal=SEAL, actor=owner(door), now=door.clock.now())
    assert isinstance(fresh, list)
    assert isinstance(door.tell(door.halfway(), paper[1]), WrongCode)
    assert isinstance(door.tell(door.halfway(), fresh[0]), NewSession)


def test_a_changed_password_leaves_the_second_step_and_ends_what_was_half_done(
    door: Door, telephone: str, write: Write
) -> None:
    half, now = door.halfway(), door.clock.now()
    new = NewPassword(
        text="another long one", hashed=CHEAP.hashed("another long one"), session_secret=None
    )
    with write() as uow:
        assert change_password(uow, proof(door), new, actor=owner(door), now=now) is None
    assert isinstance(door.tell(half, code_at(telephone, now)), SignInOver)
    assert isinstance(door.knock("another long one"), HalfWay)


# ── a colleague's ────────────────────────────────────────────────────────────────────────────────


def test_an_administrator_removes_a_colleagues_and_says_why(
    door: Door, telephone: str, write: Write
) -> None:
    opened = door.tell(door.halfway(), code_at(telephone, door.clock.now()))
    assert isinstance(opened, NewSession)
    with write() as uow:
        admin = make_staff(uow)
        remove_of_colleague(uow, door.user_id, "手机丢失", actor=admin, now=door.clock.now())
    assert door.behind(opened.secret) is None
    assert isinstance(door.knock(), NewSession)
    with door.engine.connect() as connection:
        removed = connection.execute(
            sa.text("SELECT actor_id, subject, cause FROM audit_entry WHERE name = :name"),
            {"name": "user.second_factor_removed"},
        ).one()
    assert tuple(removed) == (admin.id, f"user:{door.user_id}", "手机丢失")


def test_only_the_centre_removes_it_and_nobody_the_own(uow: UnitOfWork, clock: FrozenClock) -> None:
    company = make_organisation(uow).key
    boss = make_member(uow, company, Role.COMPANY_ADMIN)
    member = make_member(uow, company)
    set_second_factor(uow, member.id)
    admin = make_staff(uow)
    set_second_factor(uow, admin.id)
    with pytest.raises(Forbidden):
        remove_of_colleague(uow, member.id, "x", actor=boss, now=clock.now())
    with pytest.raises(OwnSecondFactor):
        remove_of_colleague(uow, admin.id, "x", actor=admin, now=clock.now())
    with pytest.raises(NotFound):
        remove_of_colleague(uow, boss.id, "x", actor=admin, now=clock.now())
    found = uow.session.exec(select(col(SecondFactor.user_id))).all()
    assert {member.id, admin.id} <= set(found)


def test_a_token_manages_no_second_factor(door: Door, telephone: str, write: Write) -> None:
    program = Actor(door.user_id, "", EMAIL, scopes=frozenset())
    now, code = door.clock.now(), code_at(telephone, door.clock.now())
    with pytest.raises(NotByToken), write() as uow:
        switch_off(uow, both(door, code), seal=SEAL, actor=program, now=now)
    with pytest.raises(NotByToken), write() as uow:
        begin(uow, proof(door), seal=SEAL, actor=program, now=now)
