"""Shared rate limits: exact bounds over several processes, little work, and no harm when broken."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import cast

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine
from sqlmodel import col
from starlette.testclient import TestClient

from booking.access.roles import Role
from booking.app import create_app
from booking.db.transactions import read_session
from booking.jobs.housekeeping import tidy_up
from booking.web.rates import asking
from booking.web.rates.budgets import OF_ACCOUNT, OF_ADDRESS, Budget, Kind, kind_of
from booking.web.rates.limiter import Limiter
from booking.web.rates.windows import RateWindow, take, window_of
from tests.factories.accounts import bearer, make_staff
from tests.support.clock import FrozenClock
from tests.support.serving import test_settings as settings_for

_holders = itertools.count(1)


def somebody() -> str:
    return f"somebody {next(_holders)}"


@pytest.fixture
def processes(engine: Engine, clock: FrozenClock) -> Iterator[Callable[[int], list[Limiter]]]:
    """So many limiters over one database."""
    with ExitStack() as stack:

        def start(number: int) -> list[Limiter]:
            made = [Limiter(engine, clock, patience_seconds=10) for _ in range(number)]
            for limiter in made:
                stack.callback(limiter.close)
            return made

        yield start


def rows(engine: Engine) -> int:
    with read_session(engine) as session:
        return int(session.execute(sa.select(sa.func.count()).select_from(RateWindow)).scalar_one())


@pytest.mark.parametrize(
    ("method", "path", "asks", "known", "kind"),
    [
        ("GET", "/static/app.css", False, False, None),
        ("GET", "/healthz", False, False, None),
        ("GET", "/", False, False, Kind.VISIT),
        ("GET", "/reservations", True, True, Kind.READ),
        ("GET", "/instruments", False, False, Kind.VISIT),
        ("GET", "/instruments", True, True, Kind.SEARCH),
        ("GET", "/api/v1/slots", True, False, Kind.SEARCH),
        ("GET", "/charges.csv", True, True, Kind.EXPORT),
        ("GET", "/statements/S-1.json", False, True, Kind.EXPORT),
        ("GET", "/api/v1/openapi.json", False, False, Kind.VISIT),
        ("POST", "/sign-in", False, False, Kind.SIGN_IN),
        ("POST", "/sign-in/code", False, False, Kind.SIGN_IN),
        ("POST", "/password/forgotten", False, False, Kind.SIGN_IN),
        ("POST", "/password/new", False, True, Kind.SIGN_IN),
        ("POST", "/register", False, False, Kind.SIGN_IN),
        ("POST", "/invitation/account", False, True, Kind.SIGN_IN),
        ("POST", "/api/v1/tokens", False, False, Kind.SIGN_IN),
        ("GET", "/sign-in", False, False, Kind.VISIT),
        ("POST", "/api/v1/reservations", False, True, Kind.WRITE),
        ("DELETE", "/api/v1/tokens/1", False, True, Kind.WRITE),
    ],
)
def test_a_request_is_counted_by_what_it_costs(method, path, asks, known, kind):
    assert kind_of(method, path, asks=asks, known=known) is kind


def test_every_kind_has_a_budget_of_an_address_and_a_smaller_one_of_an_account():
    assert set(OF_ADDRESS) == set(OF_ACCOUNT) == set(Kind)
    assert all(OF_ACCOUNT[kind].limit < OF_ADDRESS[kind].limit for kind in Kind)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    limit=st.integers(1, 30),
    free=st.integers(0, 6),
    batch=st.integers(1, 7),
    number=st.integers(1, 3),
    data=st.data(),
)
def test_whoever_answers_the_limit_holds_within_its_bounds(
    processes, limit, free, batch, number, data
):
    budget, holder, limiters = Budget(limit, free, batch), somebody(), processes(number)
    longest = (limit + number * free + 1) * number
    turns = data.draw(st.lists(st.integers(0, number - 1), max_size=longest))
    let_through = 0
    for turn in turns:
        if limiters[turn].ask(holder, budget):
            assert let_through >= limit - (number - 1) * (batch - 1)
        else:
            let_through += 1
    assert let_through <= limit + number * free


def test_one_process_alone_counts_exactly_and_says_how_long_to_wait(processes, clock):
    (limiter,), budget, holder = processes(1), Budget(3), somebody()
    assert [limiter.ask(holder, budget) for _ in range(3)] == [0, 0, 0]
    assert limiter.ask(holder, budget) == 60
    clock.advance(seconds=45, milliseconds=500)
    assert limiter.ask(holder, budget) == 15
    clock.advance(seconds=15)
    assert limiter.ask(holder, budget) == 0


def test_one_who_asks_too_much_takes_nothing_from_others(processes):
    limiter = processes(1)[0]
    greedy, modest = somebody(), somebody()
    assert [limiter.ask(greedy, Budget(1)) > 0 for _ in range(2)] == [False, True]
    assert limiter.ask(modest, Budget(1)) == 0


def test_the_free_part_and_a_batch_cost_the_database_one_write(processes, engine):
    limiter, budget, holder = processes(1)[0], Budget.roomy(100), somebody()
    assert [limiter.at_once(holder, budget) for _ in range(5)] == [0] * 5
    assert rows(engine) == 0
    assert limiter.at_once(holder, budget) is None
    assert limiter.ask(holder, budget) == 0
    assert [limiter.at_once(holder, budget) for _ in range(4)] == [0] * 4
    assert limiter.at_once(holder, budget) is None
    assert rows(engine) == 1


@contextmanager
def stuck(engine: Engine) -> Iterator[None]:
    """Somebody else keeps the counters locked."""
    with engine.connect() as other, other.begin():
        if engine.dialect.name == "postgresql":
            other.execute(sa.text("LOCK TABLE rate_window"))
        yield


def test_a_database_that_does_not_answer_stops_nobody(engine, clock):
    limiter, budget, holder = Limiter(engine, clock, patience_seconds=0.05), Budget(3), somebody()
    with stuck(engine):
        assert [limiter.ask(holder, budget) for _ in range(3)] == [0, 0, 0]
        assert limiter.ask(holder, budget) > 0
    limiter.close()


def test_counters_that_are_gone_stop_nobody_and_are_asked_again_later(engine, clock):
    limiter, holder = Limiter(engine, clock, patience_seconds=10), somebody()
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE rate_window RENAME TO away"))
    try:
        assert limiter.ask(holder, Budget(3)) == 0
    finally:
        with engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE away RENAME TO rate_window"))
    assert limiter.ask(holder, Budget(3)) == 0
    assert rows(engine) == 0
    clock.advance(seconds=6)
    assert limiter.ask(holder, Budget(3)) == 0
    assert rows(engine) == 1
    limiter.close()


def test_minutes_long_over_are_forgotten(engine, write, clock):
    now = clock.now()
    for past in (timedelta(0), timedelta(hours=2)):
        take(engine, "somebody", window_of(now - past), wanted=1, limit=9)
    with write() as uow:
        tidy_up(uow, now)
    with read_session(engine) as session:
        kept = session.execute(sa.select(col(RateWindow.starts_at))).scalars().all()
    assert kept == [window_of(now)]


# ── over HTTP ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def two_apps(engine: Engine, clock: FrozenClock) -> Iterator[list[TestClient]]:
    """The centre served by two processes over one database, limits on."""
    chosen = settings_for(str(engine.url)).model_copy(update={"rate_limits": "on"})
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                TestClient(create_app(chosen, engine=engine, clock=clock), follow_redirects=False)
            )
            for _ in range(2)
        ]


def test_sign_ins_are_counted_over_both_processes(two_apps, clock):
    limit = OF_ADDRESS[Kind.SIGN_IN].limit
    for turn in range(limit):
        assert two_apps[turn % 2].post("/api/v1/tokens", json={}).status_code == 422
    for app in two_apps:
        refused = app.post("/api/v1/tokens", json={})
        assert refused.status_code == 429
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.headers["retry-after"] == "60"
        assert refused.json()["code"] == "http.too_many_requests"
    page = two_apps[0].post("/sign-in", data={}, headers={"accept": "text/html"})
    assert (page.status_code, page.headers["retry-after"]) == (429, "60")
    assert "请求太频繁，请在 60 秒后再试" in page.text
    assert page.headers["content-security-policy"]
    assert two_apps[0].get("/sign-in").status_code == 200
    clock.advance(minutes=1)
    assert two_apps[0].post("/api/v1/tokens", json={}).status_code == 422


def test_an_account_is_counted_wherever_it_asks_from(two_apps, write, clock, monkeypatch):
    monkeypatch.setitem(cast(dict[Kind, Budget], OF_ACCOUNT), Kind.READ, Budget(4))
    with write() as uow:
        keys = [bearer(uow, make_staff(uow, Role.AUDITOR), now=clock.now()) for _ in range(2)]
    codes = [two_apps[n % 2].get("/api/v1/me", headers=keys[0]).status_code for n in range(5)]
    assert codes == [200] * 4 + [429]
    assert two_apps[0].get("/api/v1/me", headers=keys[1]).status_code == 200


def test_an_ipv6_customer_is_one_address(engine, clock):
    counted = Budget(1)
    app = FastAPI()
    app.state.limiter = Limiter(engine, clock, patience_seconds=10)
    app.add_middleware(asking.AddressLimit, budgets=dict.fromkeys(Kind, counted))
    app.add_api_route("/api/v1/x", lambda: "x")
    addresses = ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"]
    codes = [TestClient(app, client=(a, 1)).get("/api/v1/x").status_code for a in addresses]
    assert codes == [200, 429, 200]
    app.state.limiter.close()


def test_limits_that_are_off_count_nothing(client, engine):
    assert client.app.state.limiter is None
    for _ in range(OF_ADDRESS[Kind.SIGN_IN].limit + 1):
        assert client.post("/api/v1/tokens", json={}).status_code == 422
    assert rows(engine) == 0
