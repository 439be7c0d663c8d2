"""Migrations make what the models say, go back, and leave the database's own refusals in place."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from booking.db.engine import make_engine
from booking.db.exclusion import NAME
from booking.db.types import UtcDateTime
from booking.instruments.models.search import InstrumentSearch
from booking.migrations import configuration, is_current, migrate, unmigrate
from tests.support.clock import moment
from tests.support.databases import create_database, database_url, drop_database
from tests.support.sources import PACKAGE, place


@pytest.fixture
def empty(backend, originals, tmp_path) -> Iterator[Engine]:
    """A database without a single table."""
    if backend == "sqlite":
        yield make_engine(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
        return
    name = f"booking_empty_{uuid4().hex}"
    create_database(originals.server, name)
    engine = make_engine(database_url(originals.server, name), statement_timeout_ms=60_000)
    yield engine
    engine.dispose()
    drop_database(originals.server, name)


def tables(engine: Engine) -> set[str]:
    return set(sa.inspect(engine).get_table_names()) - {"alembic_version"}


@pytest.mark.slow
def test_they_make_what_the_models_say(empty):
    migrate(empty)
    assert is_current(empty)
    command.check(configuration(empty))


def test_grams_are_filed_at_once(engine):
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no such index")
    asked = "SELECT reloptions FROM pg_class WHERE relname = 'ix_instrument_search_grams'"
    with engine.connect() as connection:
        made = connection.exec_driver_sql(asked).scalar_one()
    table = SQLModel.metadata.tables[InstrumentSearch.__tablename__]
    (index,) = (one for one in table.indexes if "grams" in one.columns)
    said = index.dialect_options["postgresql"]["with"]
    assert made == [f"{option}={value}" for option, value in said.items()]


@pytest.mark.slow
def test_they_go_up_down_and_up_again(empty):
    migrate(empty)
    before = tables(empty)
    unmigrate(empty)
    assert tables(empty) == set()
    migrate(empty)
    assert tables(empty) == before
    assert len(before) > 20


def test_they_import_no_models():
    imported = [
        (place(path), line)
        for path in (PACKAGE / "migrations" / "versions").glob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if line.startswith(("import booking", "from booking"))
    ]
    assert [line for line in imported if not line[1].startswith("from booking.db")] == []
    assert imported


HOLD = sa.text(
    "INSERT INTO slot_hold (unit_id, starts_at, ends_at, closure_id)"
    " VALUES (:unit, :start, :end, 1)"
).bindparams(sa.bindparam("start", type_=UtcDateTime()), sa.bindparam("end", type_=UtcDateTime()))
# A hold needs no unit and no closure here: only the exclusion is on trial.
WITHOUT_FOREIGN_KEYS = {
    "sqlite": "PRAGMA foreign_keys = OFF",
    "postgresql": "SET LOCAL session_replication_role = replica",
}


@pytest.fixture
def hold(engine):
    """Take time on a unit of a migrated database, in hours after nine."""
    nine = moment("2026-11-23T09:00")

    def take(unit: int, start: float, end: float) -> None:
        with engine.connect() as connection:
            driver = connection.connection.driver_connection
            driver.execute(WITHOUT_FOREIGN_KEYS[connection.dialect.name])
            span = {"start": nine + timedelta(hours=start), "end": nine + timedelta(hours=end)}
            connection.execute(HOLD, {"unit": unit, **span})
            connection.commit()

    return take


@pytest.mark.parametrize(
    ("start", "end"), [(0, 2), (1, 3), (-1, 1), (0.5, 1), (-1, 3), (0, 1), (1, 2)]
)
def test_a_double_hold_is_refused(hold, start, end):
    hold(1, 0, 2)
    with pytest.raises(IntegrityError, match=NAME):
        hold(1, start, end)


@pytest.mark.parametrize(("unit", "start", "end"), [(1, 2, 3), (1, -1, 0), (2, 0, 2)])
def test_adjacent_time_and_other_units_are_free(hold, unit, start, end):
    hold(1, 0, 2)
    hold(unit, start, end)


def test_a_hold_cannot_be_moved_onto_another(hold, engine):
    hold(1, 0, 2)
    hold(1, 2, 4)
    with engine.begin() as connection, pytest.raises(IntegrityError, match=NAME):
        connection.exec_driver_sql(
            "UPDATE slot_hold SET starts_at = (SELECT min(starts_at) FROM slot_hold)"
        )
