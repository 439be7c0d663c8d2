"""Utilisation: a full rebuild, a nightly roll-up and the pages of the zone, against bare sums.

    python -m bench.utilisation [--rows 1000000] [--instruments 10000] [--only sqlite|postgresql]

A year of bookings, made in the database; 3 % no-shows, 5 % overruns. The limit is the database's
own pace: one grouped sum of booked seconds per instrument and month, and of the roll-up for pages.
"""

import argparse
import time
from collections.abc import Callable
from functools import partial

import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.engine import Connection, Engine
from starlette.testclient import TestClient

from bench.harness import fresh_database, share, timed
from bench.made_year import Loader, Size, load, unwatched
from booking.access.roles import Role
from booking.app import create_app
from booking.db.engine import make_engine
from booking.db.outside import Outside
from booking.db.transactions import UnitOfWork, unit_of_work
from booking.subsidies.queries.granted import LockedGrants
from booking.utilisation.actions.keep_reports import forget_reports
from booking.utilisation.actions.roll_up import rebuild, roll_up
from booking.utilisation.jobs import keep_zone_reports
from tests.factories.accounts import be, make_staff, open_session
from tests.support import serving
from tests.support.clock import FrozenClock

CHANGES = 10_000
NOW = "2026-12-31T23:00:00+08:00"
PAGES = (
    ("zone, year, by district", "/utilisation?period=2026&by=district"),
    ("zone, month, by district", "/utilisation?period=2026-12&by=district"),
    ("zone, year, by provider", "/utilisation?period=2026&by=organisation"),
    ("zone, year before", "/utilisation?period=2025&by=organisation"),
)


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


def change_some(connection: Connection, size: Size) -> None:
    """Uses of the last weeks get their figures corrected."""
    each = size.each
    step = max(1, size.instruments * min(each, 40) // CHANGES)
    Loader(connection).run(
        f"UPDATE usage_session SET test_minutes = 61 WHERE (reservation_id - 1) % {each} >="
        f" {each - min(each, 40)} AND reservation_id % {step} = 1"
    )


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure(engine: Engine, size: Size) -> None:
    """Print the seconds of each step and their ratios."""
    now = FrozenClock(NOW).now()

    def deed(work: Callable[[UnitOfWork], object]) -> float:
        def inside() -> None:
            with unit_of_work(engine, {}) as uow:
                if engine.dialect.name == "postgresql":
                    uow.session.execute(sa.text("SET LOCAL statement_timeout = 0"))
                work(uow)

        return seconds(inside)

    with engine.connect() as connection:
        limit = seconds(lambda: bare_sum(connection))
    before = time.process_time()
    full = deed(lambda uow: rebuild(uow, now=now))
    worked = time.process_time() - before
    nothing = deed(lambda uow: roll_up(uow, now=now))
    with engine.begin() as connection:
        change_some(connection, size)
        marks = connection.exec_driver_sql("SELECT count(*) FROM utilisation_mark").scalar_one()
    nightly = deed(lambda uow: roll_up(uow, now=now))
    print(
        f"{size.rows:>9,} rows: bare sum {limit:6.2f} s | full rebuild {full:6.2f} s"
        f" ({full / limit:4.1f}x; this process worked {worked:.2f} s)"
        f" | nightly after {marks:,} changes {nightly:5.2f} s"
        f" ({nightly / full:5.3f} of a rebuild) | nothing changed {nothing:5.2f} s",
        flush=True,
    )


def measure_pages(engine: Engine) -> None:
    """Print milliseconds of the zone's pages, as finance sees them: while nobody has kept anything,
    and of a fresh application after the night's job."""
    clock = FrozenClock(NOW)
    settings = serving.test_settings(str(engine.url))
    with unit_of_work(engine, {}) as uow:
        reader = open_session(uow, make_staff(uow, Role.FINANCE), now=clock.now())
    ask_pages("nothing kept", create_app(settings, engine=engine, clock=clock), reader)
    outside = Outside(engine, {}, settings)
    with unit_of_work(engine, {}) as uow:
        forget_reports(uow, but="", now=clock.now())
    keep = partial(keep_zone_reports, outside, clock.now(), grants=LockedGrants())
    print(f"  the night's job keeps them in {seconds(keep):.1f} s", flush=True)
    ask_pages("after the job", create_app(settings, engine=engine, clock=clock), reader)


def ask_pages(what: str, app: FastAPI, reader: str) -> None:
    """The first time each and then again; templates are read before."""
    with TestClient(app) as client:
        be(client, reader)
        _found(client, "/utilisation?district=qinhan&by=district")
        for name, path in PAGES:
            first = seconds(lambda of=path: _found(client, of)) * 1000  # type: ignore[misc]
            then = share(timed(lambda of=path: _found(client, of), times=4), 0.5)  # type: ignore[misc]
            print(f"  {what}: {name:<26} first {first:8.1f} ms, then {then:6.1f} ms", flush=True)


def _found(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code


def filled(engine: Engine, size: Size) -> None:
    """A year in the database."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":  # before a transaction begins
            connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
        with unwatched(connection):
            load(connection, size)
        if engine.dialect.name == "postgresql":  # SQLite has no statistics in service either
            connection.exec_driver_sql("ANALYZE")
        connection.commit()
    engine.dispose()


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--instruments", type=int, default=10_000)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    told = parser.parse_args(arguments)
    size = Size(told.rows, told.instruments)
    for kind in [told.only] if told.only else ("sqlite", "postgresql"):
        with fresh_database(kind) as fresh:
            engine = make_engine(fresh.url, statement_timeout_ms=0)
            print(f"{kind}: made in {seconds(lambda: filled(engine, size)):.0f} s")  # noqa: B023
            measure(engine, size)
            measure_pages(engine)
            engine.dispose()


if __name__ == "__main__":
    main()
