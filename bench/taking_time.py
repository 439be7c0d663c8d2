"""Taking time: the bare insert that the constraint guards, `reserve`, and a booking over HTTP.

    python -m bench.taking_time [--existing 1000000] [--seconds 5] [--only sqlite|postgresql]

The limit is one INSERT into the hold table and its commit, by the driver alone. Each is measured
with nothing booked and with so many bookings in the past; the last lines are ratios to that limit.
"""

import argparse
import http.client
import json
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bench.harness import KINDS, Fresh, Pace, fresh_database, pace_of
from booking.access.actor import Actor
from booking.db.transactions import unit_of_work
from booking.instruments.models.calendar import ClosureKind
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.reserve import reserve
from booking.reservations.rules.wish import Wish
from booking.web.json import rfc3339
from booking.wiring import REACTIONS
from tests.factories.accounts import bearer, make_member
from tests.factories.instruments import add_closure, make_instrument, make_lab
from tests.factories.organisations import make_organisation
from tests.support import serving
from tests.support.clock import FileClock

INSTRUMENTS = 200
CLIENTS = 16
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

_NUMBERS = {
    "sqlite": "WITH RECURSIVE numbers(n) AS"
    " (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {last}) ",
    "postgresql": "WITH numbers(n) AS (SELECT generate_series(0, {last})) ",
}
_AT = {"sqlite": "(({0}) * 1000000)", "postgresql": "to_timestamp({0})"}


@dataclass
class Stage:
    """Instruments to book, somebody who books them, and where each measurement goes on."""

    instruments: tuple[int, ...]
    units: tuple[int, ...]
    closure_id: int
    member: Actor
    key: dict[str, str]
    begun: int = 0

    def batch(self) -> int:
        """Where nobody has booked yet: far enough ahead for any measurement."""
        self.begun += 1
        return (self.begun - 1) * 400

    def slot(self, n: int, start: int) -> tuple[int, TimeSpan]:
        """The n-th free hour: one instrument after the other, then the next hour."""
        hour, which = divmod(n, len(self.instruments))
        begins = NOW + (24 + start + hour) * HOUR
        return which, TimeSpan(begins, begins + HOUR)


def set_the_stage(engine: Engine) -> Stage:
    """Published instruments of one lab, and a verified company."""
    with unit_of_work(engine, REACTIONS) as uow:
        lab = make_lab(uow).key
        made = [
            make_instrument(uow, lab_id=lab, category_code=f"{n:06d}").key
            for n in range(INSTRUMENTS)
        ]
        company = make_organisation(uow)
        member = make_member(uow, company.key)
        far = NOW + timedelta(days=300)
        closure = add_closure(uow, made[0], TimeSpan(far, far + HOUR), kind=ClosureKind.OTHER)
        key = bearer(uow, member, now=NOW)
        units = uow.session.execute(sa.text("SELECT id FROM unit ORDER BY instrument_id")).scalars()
        return Stage(tuple(made), tuple(units), closure.key, member, key)


def fill_the_past(engine: Engine, stage: Stage, count: int) -> None:
    """So many settled hours before now, spread over the instruments, made in the database."""
    dialect = engine.dialect.name
    first, unit = stage.instruments[0], stage.units[0]
    begins = f"{int(NOW.timestamp())} - 7200 - (n / {INSTRUMENTS}) * 3600"
    start, end = _AT[dialect].format(begins), _AT[dialect].format(f"{begins} + 3600")
    no = "false" if dialect == "postgresql" else "0"
    member, company = stage.member.id, min(stage.member.organisation_ids)
    columns = {
        "number": "'R000000-' || n",
        "instrument_id": f"{first} + n % {INSTRUMENTS}",
        "unit_id": f"{unit} + n % {INSTRUMENTS}",
        "organisation_id": company,
        "holder_id": member,
        "mode": "'self_operated'",
        "purpose": "'断口形貌'",
        "samples": 0,
        "starts_at": start,
        "ends_at": end,
        "state": "'settled'",
        "version": 1,
        "external": f"NOT {no}",
        "customer_class": "'enterprise'",
        "tariff_id": "(SELECT min(id) FROM tariff)",
        "quote": "'{}'",
        "quoted_fen": 80000,
        "fee_fen": 0,
        "missed_from": end,
        "free_cancel_until": start,
        "override_reason": "''",
        "state_reason": "''",
        "late": no,
        "created_by": member,
        "created_at": start,
        "updated_at": end,
    }
    names, values = ", ".join(columns), ", ".join(str(value) for value in columns.values())
    numbers = _NUMBERS[dialect].format(last=count - 1)
    with engine.begin() as connection:
        _run(connection, f"INSERT INTO reservation ({names}) {numbers}SELECT {values} FROM numbers")
        _run(
            connection,
            "INSERT INTO slot_hold (unit_id, starts_at, ends_at, reservation_number)"
            " SELECT unit_id, starts_at, ends_at, number FROM reservation"
            " WHERE number LIKE 'R000000-%'"
            " ORDER BY unit_id, starts_at",
        )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        _run(connection, "ANALYZE")


def _run(connection: Connection, statement: str) -> None:
    # psycopg reads a lone per cent sign as a parameter.
    escaped = statement.replace("%", "%%") if connection.dialect.name == "postgresql" else statement
    connection.exec_driver_sql(escaped)


def bare_insert(engine: Engine, stage: Stage, seconds: float) -> Pace:
    """One hold and its commit, by the driver alone: what the constraint itself allows."""
    sqlite = engine.dialect.name == "sqlite"
    mark = "?" if sqlite else "%s"
    insert = (
        "INSERT INTO slot_hold (unit_id, starts_at, ends_at, closure_id)"
        f" VALUES ({mark}, {mark}, {mark}, {mark}) ON CONFLICT DO NOTHING RETURNING id"
    )
    start = stage.batch()
    connection = engine.raw_connection()
    cursor = connection.cursor()

    def moment(at: datetime) -> object:
        return int(at.timestamp()) * 1_000_000 if sqlite else at

    def take(n: int) -> None:
        which, span = stage.slot(n, start)
        if sqlite:
            cursor.execute("BEGIN IMMEDIATE")
        values = (stage.units[which], moment(span.start), moment(span.end), stage.closure_id)
        cursor.execute(insert, values)
        cursor.fetchone()
        if sqlite:
            cursor.execute("COMMIT")
        else:
            connection.commit()

    pace = pace_of(take, seconds=seconds)
    connection.close()
    return pace


def as_an_action(engine: Engine, stage: Stage, seconds: float) -> Pace:
    """`reserve` in a transaction of its own, with every rule, the price and the audit entry."""
    start = stage.batch()

    def book(n: int) -> None:
        which, span = stage.slot(n, start)
        wish = Wish(instrument_id=stage.instruments[which], span=span, purpose="断口形貌")
        with unit_of_work(engine, REACTIONS) as uow:
            reserve(uow, wish, actor=stage.member, now=NOW)

    return pace_of(book, seconds=seconds)


def over_http(fresh: Fresh, stage: Stage, *, seconds: float, clients: int) -> Pace:
    """`POST /reservations` with a token, against the real server."""
    start = stage.batch()
    clock = FileClock(fresh.directory / "clock")
    clock.at(NOW.isoformat())
    own = threading.local()
    processes = 1 if fresh.kind == "sqlite" else 2
    log = fresh.directory / "server.log"
    with ExitStack() as stack:
        server = serving.start(fresh.url, log=log, processes=processes, clock=clock)
        stack.callback(server.stop)
        where = urlsplit(server.url)

        def post(n: int) -> None:
            which, span = stage.slot(n, start)
            if not hasattr(own, "connection"):
                own.connection = http.client.HTTPConnection(where.hostname or "", where.port)
            body = {
                "instrument_id": stage.instruments[which],
                "starts_at": rfc3339(span.start),
                "ends_at": rfc3339(span.end),
                "purpose": "断口形貌",
            }
            headers = {"content-type": "application/json", **stage.key}
            own.connection.request("POST", "/api/v1/reservations", json.dumps(body), headers)
            answer = own.connection.getresponse()
            said = answer.read()
            assert answer.status == 201, said

        # Each process meets its first request here.
        pace_of(post, seconds=1, clients=CLIENTS)
        stage.begun += 1
        start = stage.batch()
        return pace_of(post, seconds=seconds, clients=clients)


def measure(kind: str, *, existing: int, seconds: float) -> None:
    """Print one database's figures at nothing and at `existing`."""
    with fresh_database(kind) as fresh:
        patient = fresh.engine(patient=True)
        stage = set_the_stage(patient)
        for size in (0, existing):
            if size:
                fill_the_past(patient, stage, size)
            engine = fresh.engine()
            bare = bare_insert(engine, stage, seconds)
            action = as_an_action(engine, stage, seconds)
            engine.dispose()
            alone = over_http(fresh, stage, seconds=seconds, clients=1)
            crowd = over_http(fresh, stage, seconds=seconds, clients=CLIENTS)
            print(f"\n{kind}, {size:,} bookings in the past")
            for name, pace in (
                ("bare insert, 1 client", bare),
                ("reserve, 1 client", action),
                ("POST, 1 client", alone),
                (f"POST, {CLIENTS} clients", crowd),
            ):
                print(f"  {name:24}{pace.text}")
            print(
                f"  ratios to the bare insert: reserve 1/{bare.per_second / action.per_second:.1f},"
                f" POST 1/{bare.per_second / alone.per_second:.1f}"
            )


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--existing", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--only", choices=KINDS)
    asked = parser.parse_args()
    for kind in [asked.only] if asked.only else KINDS:
        measure(kind, existing=asked.existing, seconds=asked.seconds)


if __name__ == "__main__":
    main()
