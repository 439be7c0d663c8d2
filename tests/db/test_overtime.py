"""A statement that takes too long ends, and so does a wait for a lock."""

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session
from starlette.testclient import TestClient

from booking.app import create_app
from booking.db.engine import make_engine
from booking.db.patience import take_your_time
from tests.support.serving import test_settings as settings_for

ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most}) "
    "SELECT count(*) FROM n",
    "postgresql": "SELECT count(*) FROM generate_series(1, {most})",
}


@pytest.fixture
def hasty(engine: Engine):
    """The same database, with little patience."""
    url = engine.url.render_as_string(hide_password=False)
    made = make_engine(url, statement_timeout_ms=150, sqlite_timeout_ms=150, lock_timeout_ms=100)
    yield made
    made.dispose()


def counting(engine: Engine, most: int) -> sa.TextClause:
    return sa.text(ENDLESS[engine.dialect.name].format(most=most))


def test_a_statement_without_end_is_ended(hasty):
    with Session(hasty) as session, pytest.raises(OperationalError):
        session.execute(counting(hasty, 10**12))
    with Session(hasty) as session:
        assert session.execute(counting(hasty, 10)).scalar_one() == 10


def test_a_deed_over_months_takes_its_time_and_the_next_does_not(hasty):
    with Session(hasty) as session:
        take_your_time(session)
        assert session.execute(counting(hasty, 500_000)).scalar_one() == 500_000
        session.commit()
        with pytest.raises(OperationalError):
            session.execute(counting(hasty, 10**12))


def test_a_page_that_asks_too_much_of_the_database_is_unavailable(hasty, clock):
    app = create_app(settings_for(str(hasty.url)), engine=hasty, clock=clock)

    @app.get("/api/v1/endless")
    def endless() -> None:
        with Session(hasty) as session:
            session.execute(counting(hasty, 10**12))

    with TestClient(app) as client:
        answer = client.get("/api/v1/endless")
    assert (answer.status_code, answer.json()["code"]) == (503, "database.unavailable")
    assert answer.headers["retry-after"]


def test_a_lock_is_not_waited_for_without_end(hasty, monkeypatch):
    monkeypatch.setattr("booking.db.engine._WAIT_SECONDS", 0.1)
    writing = sa.text("UPDATE organisation SET name = name")
    with hasty.begin() as one:
        if hasty.dialect.name == "postgresql":
            one.execute(sa.text("LOCK TABLE organisation"))
        with pytest.raises(OperationalError), hasty.begin() as other:
            other.execute(writing)
    with hasty.begin() as afterwards:
        afterwards.execute(writing)
