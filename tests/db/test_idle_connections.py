"""A connection that rested is asked whether it is still there; one just used is not."""

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from booking.db import engine as under_test
from booking.db.engine import make_engine
from tests.support.databases import Copies

# Only PostgreSQL has a server that can go away.
pytestmark = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)


@pytest.fixture
def pooled(backend: str, copies: Copies) -> Engine:
    """An engine with connections of its own."""
    return make_engine(copies.postgres().url.render_as_string(hide_password=False))


def process_behind(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())


def test_a_connection_that_went_away_while_resting_is_replaced(
    pooled: Engine, copies: Copies, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(under_test, "_REST_SECONDS", -1.0)
    first = process_behind(pooled)
    assert process_behind(pooled) == first
    with copies.postgres().connect() as other:
        other.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": first})
    assert process_behind(pooled) != first
    pooled.dispose()


def test_a_connection_just_used_is_not_asked(
    pooled: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(under_test, "_answers", asked.append)
    first = process_behind(pooled)
    assert process_behind(pooled) == first
    assert asked == []
    pooled.dispose()
