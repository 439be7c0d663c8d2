"""Utilisation: a full rebuild and a nightly roll-up, against one bare sum over the same rows.

    python -m bench.utilisation [--rows 1000000] [--only sqlite|postgresql]

A year of bookings over 10,000 instruments, made in the database; 3 % no-shows, 5 % overruns. The
limit is the database's own pace: one grouped sum of booked seconds per instrument and month.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from booking.db.engine import make_engine
from booking.db.transactions import UnitOfWork, unit_of_work
from booking.migrations import migrate
from booking.utilisation.actions.roll_up import rebuild, roll_up
from tests.support.databases import create_database, database_url
from tests.support.postgres import postgres_server

INSTRUMENTS = 10_000
CHANGES = 10_000
NOW = datetime(2026, 12, 31, 15, 0, tzinfo=UTC)
YEAR_START = int(datetime(2025, 12, 31, 16, tzinfo=UTC).timestamp())
YEAR_SECONDS = 365 * 86_400

_NUMBERS = {
    "sqlite": "WITH RECURSIVE {name}(n) AS"
    " (SELECT 0 UNION ALL SELECT n + 1 FROM {name} WHERE n < {last}) ",
    "postgresql": "WITH {name}(n) AS (SELECT generate_series(0, {last})) ",
}
_AT = {"sqlite": "(({0}) * 1000000)", "postgresql": "to_timestamp({0})"}


class Loader:
    """Makes rows inside the database."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.dialect = connection.dialect.name

    def at(self, seconds: str) -> str:
        return _AT[self.dialect].format(seconds)

    def run(self, statement: str) -> None:
        # psycopg reads a lone per cent sign as a parameter.
        escaped = statement.replace("%", "%%") if self.dialect == "postgresql" else statement
        self.connection.exec_driver_sql(escaped)

    def rows(self, table: str, last: int, columns: dict[str, str]) -> None:
        """One row for each `n` from 0 to `last`, by SQL expressions over n."""
        numbers = _NUMBERS[self.dialect].format(name="numbers", last=last)
        self.run(
            f"INSERT INTO {table} ({', '.join(columns)}) {numbers}"
            f"SELECT {', '.join(columns.values())} FROM numbers"
        )


def load(connection: Connection, rows: int) -> None:
    """Instruments with office hours, a year of bookings, and their uses."""
    make = Loader(connection)
    begun = make.at(str(YEAR_START))
    make.run(
        "INSERT INTO organisation (id, name, name_en, uscc, kind, district, bank_account_name,"
        " bank_name, bank_account_no, state, state_reason, created_at) VALUES"
        f" (1, '示例', '', '1', 'university', 'fengxi', '', '', '', 'verified', '', {begun})"
    )
    make.run(
        "INSERT INTO lab (id, organisation_id, name, name_en, district, address)"
        " VALUES (1, 1, '示例', '', 'fengxi', '')"
    )
    _instruments(make, begun)
    _bookings(make, rows, begun)


def _instruments(make: Loader, begun: str) -> None:
    texts = (
        "state_reason name_en source origin_country manufacturer model specs functions services"
        " typical_results user_notes fee_notes address contact_name contact_phone contact_email"
    )
    true = "true" if make.dialect == "postgresql" else "1"
    false = "false" if make.dialect == "postgresql" else "0"
    make.rows(
        "instrument",
        INSTRUMENTS - 1,
        {
            "id": "n + 1",
            "lab_id": "1",
            "state": "'published'",
            "version": "1",
            "name": "'示例'",
            "inner_id": "'I' || n",
            "resource_kind": "'instrument'",
            "classification_scheme": "'nrii'",
            "category_code": "'010102'",
            "original_value_fen": "1",
            "general_purpose": true,
            "customs_supervised": false,
            "disciplines": "'[]'",
            "district": "'fengxi'",
            "share_mode": "'external'",
            "service_modes": "'[]'",
            "aliases": "'[]'",
            "terms_version": "1",
            "created_at": begun,
            "updated_at": begun,
            **dict.fromkeys(texts.split(), "''"),
        },
    )
    unit = {"id": "n + 1", "instrument_id": "n + 1", "kind": "'place'", "position": "1"}
    make.rows("unit", INSTRUMENTS - 1, {**unit, "label": "''", "active": true})
    weekly = {"instrument_id": "n / 7 + 1", "weekday": "n % 7 + 1", "opens": "480"}
    make.rows("opening_hours", INSTRUMENTS * 7 - 1, {**weekly, "closes": "1200"})
    make.run(
        "INSERT INTO calendar_year (year, source, provisional, entered_at)"
        f" VALUES (2026, '示例', {false}, {begun})"
    )
    # Maintenance once a month, in a night that nobody books.
    step = YEAR_SECONDS // 12
    night = f"{YEAR_START} + (n % 12) * {step} + 100"
    make.rows(
        "closure",
        INSTRUMENTS * 12 - 1,
        {
            "instrument_id": "n / 12 + 1",
            "kind": "'maintenance'",
            "starts_at": make.at(night),
            "ends_at": make.at(f"{night} + 60"),
            "reason": "''",
            "created_at": begun,
        },
    )


def _bookings(make: Loader, rows: int, begun: str) -> None:
    """Spread evenly over the year, four hours at most, starting ten minutes into its share."""
    each = rows // INSTRUMENTS
    step = YEAR_SECONDS // each
    length = min(4 * 3600, step // 2)
    start = f"({YEAR_START} + (n % {each}) * {step} + 600)"
    false = "false" if make.dialect == "postgresql" else "0"
    make.rows(
        "reservation",
        rows - 1,
        {
            "id": "n + 1",
            "number": "'R' || n",
            "instrument_id": f"n / {each} + 1",
            "unit_id": f"n / {each} + 1",
            "organisation_id": "1",
            "holder_id": "1",
            "mode": "'self_operated'",
            "purpose": "'示例'",
            "samples": "1",
            "starts_at": make.at(start),
            "ends_at": make.at(f"{start} + {length}"),
            "state": "CASE WHEN n % 33 = 0 THEN 'missed' ELSE 'settled' END",
            "version": "1",
            "external": "n % 3 = 0",
            "customer_class": "'enterprise'",
            "policy_id": "1",
            "tariff_id": "1",
            "quote": "'{}'",
            "quoted_fen": "0",
            "fee_fen": "0",
            "missed_from": begun,
            "free_cancel_until": begun,
            "override_reason": "''",
            "state_reason": "''",
            "late": false,
            "created_by": "1",
            "created_at": begun,
            "updated_at": begun,
        },
    )
    left = f"{start} + {length} + CASE WHEN n % 20 = 0 THEN 300 ELSE -300 END"
    counts = "preparation_minutes post_minutes idle_minutes staff_minutes"
    make.run(
        _uses(
            make,
            rows,
            columns={
                "reservation_id": "n + 1",
                "instrument_id": f"n / {each} + 1",
                "unit_id": f"n / {each} + 1",
                "started_at": make.at(start),
                "ended_at": make.at(left),
                "settled_at": make.at(left),
                "test_minutes": "60",
                "samples": "1",
                "condition": "''",
                "note": "''",
                "to_be_completed": false,
                **dict.fromkeys(counts.split(), "0"),
            },
        )
    )


def _uses(make: Loader, rows: int, *, columns: dict[str, str]) -> str:
    numbers = _NUMBERS[make.dialect].format(name="numbers", last=rows - 1)
    return (
        f"INSERT INTO usage_session ({', '.join(columns)}) {numbers}"
        f"SELECT {', '.join(columns.values())} FROM numbers WHERE n % 33 <> 0"
    )


@contextmanager
def unwatched(connection: Connection) -> Iterator[None]:
    """Load without marks and without looking up every foreign key."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET session_replication_role = replica")
        connection.exec_driver_sql("SET statement_timeout = 0")
        yield
        connection.exec_driver_sql("SET session_replication_role = origin")
        return
    triggers = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%leaves_mark%'"
    ).all()
    for name, _ in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for _, text in triggers:
        connection.exec_driver_sql(text)


def bare_sum(connection: Connection) -> None:
    """The limit: what the database needs to read and group the bookings once."""
    month = {
        "sqlite": "strftime('%Y-%m', starts_at / 1000000 + 28800, 'unixepoch')",
        "postgresql": "to_char(starts_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')",
    }[connection.dialect.name]
    length = {
        "sqlite": "ends_at - starts_at",
        "postgresql": "date_part('epoch', ends_at - starts_at)",
    }[connection.dialect.name]
    connection.exec_driver_sql(
        f"SELECT instrument_id, {month}, sum({length}) FROM reservation GROUP BY 1, 2"
    ).all()


def change_some(connection: Connection, rows: int) -> None:
    """Uses of the last weeks get their figures corrected."""
    each = rows // INSTRUMENTS
    step = max(1, INSTRUMENTS * min(each, 40) // CHANGES)
    Loader(connection).run(
        f"UPDATE usage_session SET test_minutes = 61 WHERE (reservation_id - 1) % {each} >="
        f" {each - min(each, 40)} AND reservation_id % {step} = 1"
    )


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure(engine: Engine, rows: int) -> None:
    """Print the seconds of each step and their ratios."""

    def deed(work: Callable[[UnitOfWork], object]) -> float:
        def inside() -> None:
            with unit_of_work(engine, {}) as uow:
                if engine.dialect.name == "postgresql":
                    uow.session.execute(sa.text("SET LOCAL statement_timeout = 0"))
                work(uow)

        return timed(inside)

    with engine.connect() as connection:
        limit = timed(lambda: bare_sum(connection))
    full = deed(lambda uow: rebuild(uow, now=NOW))
    nothing = deed(lambda uow: roll_up(uow, now=NOW))
    with engine.begin() as connection:
        change_some(connection, rows)
        marks = connection.exec_driver_sql("SELECT count(*) FROM utilisation_mark").scalar_one()
    nightly = deed(lambda uow: roll_up(uow, now=NOW))
    name = engine.dialect.name
    print(
        f"{name:11} {rows:>9,} rows: bare sum {limit:6.2f} s | full rebuild {full:6.2f} s"
        f" ({full / limit:4.1f}x) | nightly after {marks:,} changes {nightly:5.2f} s"
        f" ({nightly / full:5.3f} of a rebuild) | nothing changed {nothing:5.2f} s"
    )


def benched(url: str, rows: int) -> None:
    engine = make_engine(url, statement_timeout_ms=0)
    migrate(engine)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":  # before a transaction begins
            connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
        with unwatched(connection):
            load(connection, rows)
        if engine.dialect.name == "postgresql":  # SQLite has no statistics in service either
            connection.exec_driver_sql("ANALYZE")
        connection.commit()
    engine.dispose()
    measure(engine, rows)
    engine.dispose()


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    told = parser.parse_args(arguments)
    if told.only != "postgresql":
        with tempfile.TemporaryDirectory() as directory:
            benched(f"sqlite:///{Path(directory) / 'bench.sqlite3'}", told.rows)
    with postgres_server() if told.only != "sqlite" else nullcontext() as server:
        if server:
            create_database(server, "bench_utilisation")
            benched(database_url(server, "bench_utilisation"), told.rows)


if __name__ == "__main__":
    main()
