"""What the database ends for somebody else's sake is done again, with the same body."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import psycopg
import pytest
import sqlalchemy as sa
from fastapi import Body, FastAPI
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session
from starlette.testclient import TestClient

from booking.db.engine import make_engine
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import SystemClock
from booking.settings import Settings
from booking.web.errors import handle_errors
from booking.web.retrying import PAUSES, Retry, is_passing
from booking.web.setup import equip
from tests.factories.organisations import make_organisation

LOCK = sa.text("SELECT id FROM organisation WHERE id = :key FOR UPDATE")
Write = Callable[[], AbstractContextManager[UnitOfWork]]
Fault = Callable[[], Exception]


def refused(kind: type[psycopg.Error]) -> OperationalError:
    return OperationalError("SELECT 1", {}, kind())


def served(*outcomes: Fault | None) -> tuple[TestClient, list[str]]:
    """An application whose deed meets these outcomes one after the other."""
    app, seen, left = FastAPI(), list[str](), list(outcomes)
    app.state.clock = SystemClock()

    @app.post("/api/v1/deeds")
    def deed(word: str = Body(embed=True)) -> str:
        seen.append(word)
        if fault := left.pop(0):
            raise fault()
        return word

    equip(app, Settings(database_url="sqlite://", secret_key="only-for-tests"))
    return TestClient(app), seen


@pytest.mark.parametrize(
    "kind",
    [
        psycopg.errors.DeadlockDetected,
        psycopg.errors.LockNotAvailable,
        psycopg.errors.SerializationFailure,
    ],
)
def test_a_lost_tug_of_war_is_fought_once_more(kind: type[psycopg.Error]) -> None:
    client, seen = served(lambda: refused(kind), None)
    answer = client.post("/api/v1/deeds", json={"word": "同一份"})
    assert (answer.status_code, answer.json()) == (200, "同一份")
    assert seen == ["同一份", "同一份"]


def test_a_second_defeat_is_told() -> None:
    fault = lambda: refused(psycopg.errors.DeadlockDetected)  # noqa: E731
    client, seen = served(fault, fault, None)
    answer = client.post("/api/v1/deeds", json={"word": "x"})
    assert (answer.status_code, len(seen)) == (503, 2)
    assert answer.headers["retry-after"]


def test_a_database_that_is_away_is_not_asked_again() -> None:
    client, seen = served(lambda: refused(psycopg.OperationalError), None)
    assert client.post("/api/v1/deeds", json={"word": "x"}).status_code == 503
    assert len(seen) == 1
    assert not is_passing(ValueError())


@pytest.fixture
def hasty(engine: Engine) -> Iterator[Engine]:
    """The same database, whose deeds wait for a row only a moment."""
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer, and its queue")
    url = engine.url.render_as_string(hide_password=False)
    made = make_engine(url, lock_timeout_ms=20)
    yield made
    made.dispose()


def test_a_row_that_somebody_keeps_for_long_is_waited_for_without_holding_another(
    hasty: Engine, write: Write
) -> None:
    with write() as before:
        first, second = (make_organisation(before).key for _ in range(2))
    app, rests = FastAPI(), list[float]()
    handle_errors(app)

    @app.post("/api/v1/deeds")
    def deed() -> int:
        with Session(hasty) as session:
            for key in (first, second):
                session.execute(LOCK, {"key": key})
        return len(rests)

    keeper, other = hasty.connect(), hasty.connect()
    keeper.execute(LOCK, {"key": second})

    async def rest(seconds: float) -> None:
        rests.append(seconds)
        # What the deed had locked before is anybody's.
        other.execute(LOCK, {"key": first})
        other.rollback()
        if len(rests) == 3:
            keeper.rollback()

    with keeper, other:
        answer = TestClient(Retry(app, rest)).post("/api/v1/deeds")
        assert (answer.status_code, answer.json()) == (200, 3)
        assert rests == list(PAUSES[:3])


def test_a_row_that_is_never_free_is_told_in_the_end(hasty: Engine, write: Write) -> None:
    with write() as before:
        kept = make_organisation(before).key
    app, rests = FastAPI(), list[float]()
    handle_errors(app)

    @app.post("/api/v1/deeds")
    def deed() -> None:
        with Session(hasty) as session:
            session.execute(LOCK, {"key": kept})

    async def rest(seconds: float) -> None:
        rests.append(seconds)

    with hasty.connect() as keeper:
        keeper.execute(LOCK, {"key": kept})
        answer = TestClient(Retry(app, rest)).post("/api/v1/deeds")
    assert (answer.status_code, rests) == (503, list(PAUSES))
    assert answer.headers["retry-after"]
