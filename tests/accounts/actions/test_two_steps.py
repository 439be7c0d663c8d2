"""Two steps at sign-in: no session before the second, every code once, guessing slowed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import select

from booking.accounts.actions.sign_in import HalfWay, NewSession
from booking.accounts.errors import (
    SignInOver,
    SlowDown,
    WrongCode,
)
from booking.accounts.jobs import forget_old_sign_ins
from booking.accounts.models import HalfSignIn, LoginSession, RecoveryCode, SecondFactor
from booking.accounts.queries.second_factors import factor_state
from booking.db.transactions import read_session
from tests.factories.accounts import (
    code_at,
    make_staff,
    set_second_factor,
)
from tests.factories.door import ELSEWHERE, HOME, Door, Write

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
