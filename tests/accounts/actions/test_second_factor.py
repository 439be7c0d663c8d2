"""A second factor: set up with a code, asked for at every sign-in, taken once, never read back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
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
    SlowDown,
    WrongCode,
    WrongCredentials,
)
from booking.accounts.identity import Claim, CodeClaim, Proof, prove
from booking.accounts.jobs import forget_old_sign_ins
from booking.accounts.models import HalfSignIn, LoginSession, RecoveryCode, SecondFactor
from booking.accounts.queries.actors import actor_by_id
from booking.accounts.queries.second_factors import factor_state
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
from tests.factories.door import ELSEWHERE, EMAIL, HOME, Door, Write
from tests.factories.organisations import make_organisation
from tests.support.clock import FrozenClock


@pytest.fixture
def door(engine: Engine, write: Write, clock: FrozenClock) -> Door:
    return Door(engine, write, clock)


@pytest.fixture
def telephone(door: Door, write: Write) -> str:
    """The key of the owner's second factor."""
    with write() as uow:
        return set_second_factor(uow, door.user_id)[0]


@pytest.fixture
def paper(door: Door, write: Write) -> list[str]:
    """The owner's recovery codes."""
    with write() as uow:
        return set_second_factor(uow, door.user_id)[1]


def owner(door: Door) -> Actor:
    with read_session(door.engine) as session:
        return actor_by_id(session, door.user_id)


def proof(door: Door, password: str = PASSWORD) -> Proof:
    claim = Claim(EMAIL, password, HOME)
    return prove(door.engine, claim, passwords=CHEAP, now=door.clock.now())


def both(door: Door, code: str, password: str = PASSWORD, secret: str | None = None) -> BothFactors:
    return BothFactors(proof(door, password), CodeClaim(door.user_id, code, HOME), secret)


# ── two steps ────────────────────────────────────────────────────────────────────────────────────


def test_a_right_password_alone_opens_no_session(door: Door, telephone: str, write: Write) -> None:
    assert isinstance(door.knock(), HalfWay)
    with write() as uow:
        assert uow.session.exec(select(LoginSession)).all() == []


def test_the_code_opens_the_session_and_the_half_is_used_up(door: Door, telephone: str) -> None:
    half, code = door.halfway(), code_at(telephone, door.clock.now())
    opened = door.tell(half, code)
    assert isinstance(opened, NewSession)
    assert door.behind(opened.secret) is not None
    door.clock.advance(seconds=30)
    again = door.tell(half, code_at(telephone, door.clock.now()))
    assert isinstance(again, SignInOver)


def test_half_a_sign_in_is_no_session(door: Door, telephone: str, write: Write) -> None:
    half = door.halfway()
    assert door.behind(half) is None
    with write() as uow:
        row = uow.session.exec(select(HalfSignIn)).one()
    assert half not in str(row.model_dump())


def test_half_a_sign_in_ends_after_five_minutes(door: Door, telephone: str, write: Write) -> None:
    half = door.halfway()
    door.clock.advance(minutes=5)
    told = door.tell(half, code_at(telephone, door.clock.now()))
    assert isinstance(told, SignInOver)
    with write() as uow:
        assert forget_old_sign_ins(uow, door.clock.now()) == 1
        assert uow.session.exec(select(HalfSignIn)).all() == []


def test_the_session_a_browser_had_ends_with_the_second_step(door: Door, write: Write) -> None:
    planted = door.secret()
    with write() as uow:
        telephone, _ = set_second_factor(uow, door.user_id)
        everything = sa.update(LoginSession).values(
            expires_at=door.clock.now() + timedelta(hours=1)
        )
        uow.session.execute(everything)
    half = door.halfway(former=planted)
    assert door.behind(planted) is not None
    opened = door.tell(half, code_at(telephone, door.clock.now()), former=planted)
    assert isinstance(opened, NewSession)
    assert door.behind(planted) is None


# ── codes count once ─────────────────────────────────────────────────────────────────────────────


def test_a_code_is_not_taken_twice(door: Door, telephone: str) -> None:
    code = code_at(telephone, door.clock.now())
    assert isinstance(door.tell(door.halfway(), code), NewSession)
    assert isinstance(door.tell(door.halfway(), code), WrongCode)


def test_an_older_code_is_not_taken_after_a_newer_one(door: Door, telephone: str) -> None:
    older = code_at(telephone, door.clock.now())
    door.clock.advance(seconds=30)
    assert isinstance(door.tell(door.halfway(), code_at(telephone, door.clock.now())), NewSession)
    assert isinstance(door.tell(door.halfway(), older), WrongCode)


@pytest.mark.race
@pytest.mark.parametrize("from_paper", [False, True])
def test_of_many_who_send_one_code_at_once_one_gets_in(
    door: Door, write: Write, from_paper: bool
) -> None:
    with write() as uow:
        key, codes = set_second_factor(uow, door.user_id)
    code = codes[0] if from_paper else code_at(key, door.clock.now())
    halves = [door.halfway() for _ in range(4)]
    together = Barrier(len(halves))

    def send(half: str) -> object:
        together.wait()
        return door.tell(half, code)

    with ThreadPoolExecutor(len(halves)) as pool:
        answers = [type(answer) for answer in pool.map(send, halves)]
    assert answers.count(NewSession) == 1
    assert answers.count(WrongCode) == 3


def test_a_recovery_code_opens_once(door: Door, paper: list[str]) -> None:
    assert isinstance(door.tell(door.halfway(), paper[3].upper()), NewSession)
    assert isinstance(door.tell(door.halfway(), paper[3]), WrongCode)
    assert isinstance(door.tell(door.halfway(), paper[4]), NewSession)
    with read_session(door.engine) as session:
        assert factor_state(session, door.user_id).codes_left == 8


def test_neither_key_nor_recovery_code_can_be_read_from_the_tables(
    door: Door, write: Write
) -> None:
    with write() as uow:
        key, codes = set_second_factor(uow, door.user_id)
        stored = str(
            [
                row.model_dump()
                for table in (SecondFactor, RecoveryCode)
                for row in uow.session.exec(select(table)).all()
            ]
        )
    assert key not in stored
    assert all(code not in stored and code.replace("-", "") not in stored for code in codes)


def test_a_key_copied_to_somebody_else_opens_nothing(
    door: Door, telephone: str, write: Write
) -> None:
    with write() as uow:
        mine = make_staff(uow)
        key, _ = set_second_factor(uow, mine.id)
        rows = {row.user_id: row for row in uow.session.exec(select(SecondFactor)).all()}
        rows[door.user_id].sealed_secret = rows[mine.id].sealed_secret
        uow.session.flush()
    assert isinstance(door.tell(door.halfway(), code_at(key, door.clock.now())), WrongCode)


# ── guessing ─────────────────────────────────────────────────────────────────────────────────────


def fail(door: Door, times: int, address: str = HOME) -> None:
    half = door.halfway(address=address)
    for _ in range(times):
        while isinstance(answer := door.tell(half, "000000", address=address), SlowDown):
            door.clock.advance(seconds=door.seconds(answer))
            half = door.halfway(address=address)


def test_wrong_codes_are_slowed_like_wrong_passwords(door: Door, telephone: str) -> None:
    fail(door, 6)
    answer = door.tell(door.halfway(), code_at(telephone, door.clock.now()))
    assert isinstance(answer, SlowDown)
    assert door.seconds(answer) == 2
    door.clock.advance(seconds=2)
    right = door.tell(door.halfway(), code_at(telephone, door.clock.now()))
    assert isinstance(right, NewSession)


def test_a_right_password_does_not_wash_off_wrong_codes(door: Door, telephone: str) -> None:
    for _ in range(6):
        door.tell(door.halfway(), "000000")
    told = door.tell(door.halfway(), code_at(telephone, door.clock.now()))
    assert isinstance(told, SlowDown)


def test_codes_guessed_from_many_addresses_slow_strangers_and_not_the_owner(
    door: Door, telephone: str
) -> None:
    first = door.tell(door.halfway(), code_at(telephone, door.clock.now()))
    assert isinstance(first, NewSession)
    for host in range(12):
        address = f"198.51.100.{host}"
        door.tell(door.halfway(address=address), "000000", address=address)
    door.clock.advance(seconds=1)
    stranger = door.tell(door.halfway(address="192.0.2.1"), "000000", address="192.0.2.1")
    assert isinstance(stranger, SlowDown)
    door.clock.advance(seconds=29)
    mine = door.tell(door.halfway(), code_at(telephone, door.clock.now()))
    assert isinstance(mine, NewSession)


def test_wrong_codes_are_written_down_without_the_code(
    door: Door, telephone: str, engine: Engine
) -> None:
    door.tell(door.halfway(address=ELSEWHERE), "135790", address=ELSEWHERE)
    with engine.connect() as connection:
        trail = connection.execute(sa.text("SELECT name, subject, changes FROM audit_entry")).all()
    assert ("user.code_refused", f"user:{door.user_id}") in [tuple(row[:2]) for row in trail]
    assert "135790" not in str(trail)


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
