"""A year of bookings, made inside the database: labs with instruments, companies that use them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.engine import Connection

from booking.organisations.rules import District

PROVIDERS, LABS, COMPANIES = 20, 200, 500
YEAR_START = int(datetime(2025, 12, 31, 16, tzinfo=UTC).timestamp())
YEAR_SECONDS = 365 * 86_400


@dataclass(frozen=True, slots=True)
class Size:
    """So many bookings, spread evenly over so many instruments."""

    rows: int
    instruments: int

    @property
    def each(self) -> int:
        return self.rows // self.instruments


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


def load(connection: Connection, size: Size) -> None:
    """Instruments with office hours, a year of bookings, and their uses."""
    make = Loader(connection)
    begun = make.at(str(YEAR_START))
    _organisations(make, begun)
    _instruments(make, size.instruments, begun)
    _bookings(make, size, begun)


def _district() -> str:
    whens = " ".join(f"WHEN {n} THEN '{district}'" for n, district in enumerate(District))
    return f"CASE n % {len(District)} {whens} END"


def _organisations(make: Loader, begun: str) -> None:
    """Providers with ten labs each in every district, and companies."""
    where = _district()
    make.rows(
        "organisation",
        PROVIDERS + COMPANIES - 1,
        {
            "id": "n + 1",
            "name": "'示例' || n",
            "uscc": "'' || n",
            "kind": f"CASE WHEN n < {PROVIDERS} THEN 'university' ELSE 'enterprise' END",
            "district": where,
            "state": "'verified'",
            "created_at": begun,
            **dict.fromkeys(
                ("name_en", "bank_account_name", "bank_name", "bank_account_no", "state_reason"),
                "''",
            ),
        },
    )
    make.rows(
        "lab",
        LABS - 1,
        {
            "id": "n + 1",
            "organisation_id": f"n % {PROVIDERS} + 1",
            "name": "'示例' || n",
            "name_en": "''",
            "district": where,
            "address": "''",
        },
    )


def _instruments(make: Loader, many: int, begun: str) -> None:
    texts = (
        "state_reason name_en origin_country manufacturer model specs functions services"
        " typical_results user_notes fee_notes address contact_name contact_phone contact_email"
    )
    true = "true" if make.dialect == "postgresql" else "1"
    false = "false" if make.dialect == "postgresql" else "0"
    where = _district()
    make.rows(
        "instrument",
        many - 1,
        {
            "id": "n + 1",
            "lab_id": f"n % {LABS} + 1",
            "state": "'published'",
            "version": "1",
            "name": "'示例'",
            "inner_id": "'I' || n",
            "resource_kind": "'instrument'",
            "source": "'purchase'",
            "classification_scheme": "'nrii'",
            "category_code": "'0' || (n % 9 + 1) || '0102'",
            "original_value_fen": "1",
            "general_purpose": true,
            "customs_supervised": false,
            "disciplines": "'[]'",
            "district": where,
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
    make.rows("unit", many - 1, {**unit, "label": "''", "active": true})
    weekly = {"instrument_id": "n / 7 + 1", "weekday": "n % 7 + 1", "opens": "480"}
    make.rows("opening_hours", many * 7 - 1, {**weekly, "closes": "1200"})
    make.run(
        "INSERT INTO calendar_year (year, source, provisional, entered_at)"
        f" VALUES (2026, '示例', {false}, {begun})"
    )
    # Maintenance once a month, in a night that nobody books.
    step = YEAR_SECONDS // 12
    night = f"{YEAR_START} + (n % 12) * {step} + 100"
    make.rows(
        "closure",
        many * 12 - 1,
        {
            "instrument_id": "n / 12 + 1",
            "kind": "'maintenance'",
            "starts_at": make.at(night),
            "ends_at": make.at(f"{night} + 60"),
            "reason": "''",
            "created_at": begun,
        },
    )


def _bookings(make: Loader, size: Size, begun: str) -> None:
    """Spread evenly over the year, four hours at most, starting ten minutes into its share."""
    rows, each = size.rows, size.each
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
            "organisation_id": f"n % {COMPANIES} + {PROVIDERS + 1}",
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
