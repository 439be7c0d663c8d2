"""Unmet demand of a zone's year: its page, its advice and one lab's month, beside a bare count.

    python -m bench.unmet [--refusals 30000] [--rows 200000] [--instruments 2000] [--only sqlite]

Refusals are spread over the instruments of `made_year`, with a tenth as many places in vain.
"""

import argparse
import time
from collections.abc import Callable

from sqlalchemy.engine import Connection, Engine
from starlette.testclient import TestClient

from bench.harness import each_kind, share, timed
from bench.made_year import COMPANIES, PROVIDERS, YEAR_SECONDS, YEAR_START, Loader, Size
from bench.utilisation import filled
from booking.access.roles import Role
from booking.app import create_app
from booking.db.transactions import unit_of_work
from booking.utilisation.actions.roll_up import roll_up
from tests.factories.accounts import be, make_staff, open_session
from tests.support import serving
from tests.support.clock import FrozenClock

NOW = "2026-12-31T23:00:00+08:00"
COUNT = "SELECT count(*), sum(instrument_id) FROM refusal WHERE lack <> 'other'"
PAGES = (
    ("unmet, zone, year", "/utilisation/unmet?period=2026"),
    ("unmet, zone, year, by district", "/utilisation/unmet?period=2026&by=district"),
    ("unmet, zone, year, one hour", "/utilisation/unmet?period=2026&weekday=1&hour=9"),
    ("unmet, zone, month", "/utilisation/unmet?period=2026-12"),
    ("unmet, lab, year", "/utilisation/unmet?period=2026&lab=7"),
    ("advice, zone, year", "/utilisation/advice?period=2026"),
)


def refuse(connection: Connection, many: int, size: Size) -> None:
    """So many refusals and, beside them, places in vain."""
    make = Loader(connection)
    step = YEAR_SECONDS // many
    start = f"({YEAR_START} + n * {step} / 900 * 900)"
    true = "true" if make.dialect == "postgresql" else "1"
    company = f"n % {COMPANIES} + {PROVIDERS + 1}"
    make.rows(
        "refusal",
        many - 1,
        {
            "instrument_id": f"n * 7919 % {size.instruments} + 1",
            "organisation_id": company,
            "external": true,
            "starts_at": make.at(start),
            "ends_at": make.at(f"{start} + (n % 8 + 1) * 3600"),
            "codes": "'[\"reservation.slot_taken\"]'",
            "lack": "CASE n % 5 WHEN 0 THEN 'closed' WHEN 1 THEN 'broken' ELSE 'occupied' END",
            "asked_at": make.at(f"{start} - 86400 * 3"),
        },
    )
    make.rows(
        "waitlist_entry",
        many // 10 - 1,
        {
            "id": "n + 1",
            "holder_id": "1",
            "organisation_id": company,
            "starts_at": make.at(f"({YEAR_START} + n * {step * 10})"),
            "last_start_at": make.at(f"({YEAR_START} + n * {step * 10} + 3600)"),
            "ends_at": make.at(f"({YEAR_START} + n * {step * 10} + 28800)"),
            "minutes": "120",
            "samples": "0",
            "mode": "'self_operated'",
            "purpose": "''",
            "state": "'expired'",
            "joined_at": make.at(f"({YEAR_START} + n * {step * 10} - 86400)"),
        },
    )
    for other in (0, 1):
        make.rows(
            "waitlist_choice",
            many // 10 - 1,
            {
                "entry_id": "n + 1",
                "instrument_id": f"(n * 7919 + {other}) % {size.instruments} + 1",
            },
        )


def prepared(engine: Engine, size: Size, refusals: int) -> str:
    """A year with refusals, rolled up; answers the session of somebody in finance."""
    filled(engine, size)
    now = FrozenClock(NOW).now()
    with unit_of_work(engine, {}) as uow:
        reader = open_session(uow, make_staff(uow, Role.FINANCE), now=now)
        roll_up(uow, now=now)
    with engine.begin() as connection:
        refuse(connection, refusals, size)
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("ANALYZE")
    return reader


def measure(engine: Engine, reader: str) -> None:
    """Print milliseconds of each page, as finance sees them, and how often the count would fit."""
    clock = FrozenClock(NOW)
    app = create_app(serving.test_settings(str(engine.url)), engine=engine, clock=clock)
    with engine.connect() as connection:
        limit = share(timed(lambda: connection.exec_driver_sql(COUNT).all(), times=5), 0.5)
    print(f"  {'bare count':<32} {limit:8.1f} ms")
    with TestClient(app) as client:
        be(client, reader)
        for name, path in PAGES:
            before = time.perf_counter()
            found(client, path)()
            first = (time.perf_counter() - before) * 1000
            then = share(timed(found(client, path), times=5), 0.5)
            print(f"  {name:<32} {then:8.1f} ms ({then / limit:6.1f}x), first {first:8.1f} ms")


def found(client: TestClient, path: str) -> Callable[[], None]:
    """The page asked for, which must be there."""

    def ask() -> None:
        answer = client.get(path)
        assert answer.status_code == 200, answer.status_code

    return ask


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--refusals", type=int, default=30_000)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--instruments", type=int, default=2_000)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    told = parser.parse_args(arguments)
    size = Size(told.rows, told.instruments)
    for engine in each_kind(told.only):
        measure(engine, prepared(engine, size, told.refusals))


if __name__ == "__main__":
    main()
