"""What the database ends for somebody else's sake is done again once, with the same body."""

from collections.abc import Callable

import psycopg
import pytest
from fastapi import Body, FastAPI
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from booking.kernel.clock import SystemClock
from booking.settings import Settings
from booking.web.retrying import is_passing
from booking.web.setup import equip

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
