"""Fifty guesses a second from a hundred addresses for a minute, and an owner who wants to work."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.engine import Engine

from booking.app import create_app
from booking.db.transactions import UnitOfWork
from tests.factories.accounts import PASSWORD, make_user
from tests.support import serving
from tests.support.clock import FrozenClock

pytestmark = [pytest.mark.race, pytest.mark.slow]

Write = Callable[[], AbstractContextManager[UnitOfWork]]
EMAIL, HOME = "owner@example.com", "203.0.113.7"
SECONDS, A_SECOND, AT_ONCE = 60, 50, 10
# Each of them tries every other second, at the door of programs or at that of people.
STRANGERS = [f"198.51.100.{host}" for host in range(1, 101)]


@pytest.fixture
def app(engine: Engine, write: Write, clock: FrozenClock) -> FastAPI:
    """A centre that counts failures, and one account in it."""
    with write() as uow:
        make_user(uow, email=EMAIL)
    settings = serving.test_settings(str(engine.url)).model_copy(update={"rate_limits": "on"})
    return create_app(settings, engine=engine, clock=clock)


async def knock(app: FastAPI, address: str, password: str, *, as_program: bool = False) -> int:
    """The status that a guess is answered with."""
    told = {"email": EMAIL, "password": password}
    transport = httpx.ASGITransport(app, client=(address, 50_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as visitor:
        if as_program:
            answer = await visitor.post("/api/v1/tokens", json={**told, "name": "x"})
        else:
            answer = await visitor.post("/sign-in", data=told)
    return answer.status_code


async def a_second_of_guesses(app: FastAPI, second: int) -> list[int]:
    """Fifty of them, ten at a time; in every second after the first the last one is right."""
    strangers = STRANGERS[(second % 2) * A_SECOND :][:A_SECOND]
    guesses = [f"guess {second} {number}" for number in range(A_SECOND)]
    if second > 0:
        guesses[-1] = PASSWORD
    statuses = []
    for first in range(0, A_SECOND, AT_ONCE):
        together = [
            knock(app, strangers[number], guesses[number], as_program=number % 5 > 0)
            for number in range(first, first + AT_ONCE)
        ]
        statuses += await asyncio.gather(*together)
    return statuses


async def a_minute_of_guesses(app: FastAPI, clock: FrozenClock) -> tuple[list[int], list[int]]:
    """What strangers are answered, and the owner, who signs in every ten seconds."""
    strangers: list[int] = []
    owner = [await knock(app, HOME, PASSWORD)]
    for second in range(SECONDS):
        strangers += await a_second_of_guesses(app, second)
        clock.advance(seconds=1)
        if second % 10 == 9:
            owner.append(await knock(app, HOME, PASSWORD))
    return strangers, owner


def test_three_thousand_guesses_open_nothing_and_keep_nobody_out(
    app: FastAPI, engine: Engine, clock: FrozenClock
) -> None:
    # In a thread of its own: a browser of another test may have left a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        minute = thread.submit(asyncio.run, a_minute_of_guesses(app, clock))
        answers, owner = minute.result()
    assert owner == [303] * 7
    # Twenty are free, then the wait doubles: the others were not told whether they were right.
    # On a machine that is too busy, one of many at once may wait for the count until it is told so.
    assert set(answers) <= {401, 429, 503}
    assert answers.count(503) <= AT_ONCE
    assert len(answers) == SECONDS * A_SECOND
    assert 20 < answers.count(401) <= 30
    with engine.connect() as connection:
        opened = connection.execute(
            sa.text("SELECT address, count(*) FROM login_session GROUP BY address")
        ).all()
        tokens = connection.execute(sa.text("SELECT count(*) FROM api_token")).scalar_one()
        failures = connection.execute(
            sa.text("SELECT count(*) FROM audit_entry WHERE name = 'user.sign_in_failed'")
        ).scalar_one()
    assert [tuple(row) for row in opened] == [(HOME, len(owner))]
    assert tokens == 0
    assert failures == answers.count(401)
