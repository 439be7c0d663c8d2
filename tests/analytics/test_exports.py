"""What leaves for analysis: read back by DuckDB it is what the database holds, whole or not."""

import json
import resource
import shutil
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel
from typer.testing import CliRunner

from booking.analytics import exports, queries
from booking.analytics.jobs import KEPT, deliver_analytics
from booking.analytics.queries import TABLES, FactTable
from booking.cli import app
from booking.db.outside import Outside
from booking.kernel.periods import Period
from booking.reservations.states import State
from booking.subsidies.actions.settle_period import settle_period
from booking.utilisation.actions.roll_up import roll_up
from tests.conftest import Write
from tests.factories.instruments import span
from tests.factories.organisations import make_organisation
from tests.factories.refusals import make_refusal
from tests.factories.settled_uses import make_programme, settled_use
from tests.factories.utilisation import Booked, Invented, write_instrument
from tests.subsidies.requests import programme
from tests.support.clock import moment
from tests.support.serving import test_settings as settings_for

NOW = moment("2026-12-01T04:50")
_REFUSALS = SQLModel.metadata.tables["refusal"]
# Words that are about persons, secrets, or said in confidence.
NEVER = (
    *("holder", "person", "created_by", "confirmed_by", "purpose", "note", "reason", "contact"),
    *("email", "phone", "bank", "uscc", "address", "password", "secret", "detail"),
)


@pytest.fixture
def centre(engine: sa.Engine, write: Write) -> sa.Engine:
    """A company whose name is hard to write, with a use that was charged, settled and counted."""
    with write() as uow:
        make_programme(uow, programme("FACTS", valid={"from": "2026-10-01", "to": "2026-10-31"}))
        company = make_organisation(uow, verified=True, name='示例"一",\n二')
        settled_use(uow, company, ended="2026-10-09T16:00")
        settle_period(uow, Period.parse("2026-10"), actor_id=None, now=NOW)
        use, late = span("2026-11-03T09:00", "12:00"), span("2026-10-31T22:00", "2026-11-01T00:00")
        story = Booked(use, State.SETTLED, used=use, effective_minutes=150, income_fen=240_000)
        to_midnight = Booked(late, State.SETTLED, used=late, effective_minutes=120)
        tool = write_instrument(uow, Invented(bookings=[to_midnight, story]))
        make_refusal(uow, tool, use)
        roll_up(uow, now=NOW)
    return engine


def read(folder: Path, asked: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as duck:
        return duck.execute(asked.replace("{", f"'{folder}/").replace("}", ".parquet'")).fetchall()


def test_every_row_reads_back_as_the_database_has_it(centre, tmp_path):
    exports.export(centre, tmp_path / "out", now=NOW)
    with centre.connect() as connection:
        for table in TABLES:
            kept = [tuple(row) for row in connection.execute(table.statement)]
            assert table.name == "charge_corrections" or kept
            assert values(tmp_path / "out", table) == [tuple(map(plain, row)) for row in kept]


def values(folder: Path, table: FactTable) -> list[tuple[object, ...]]:
    moments = [name for name, kind in exports.columns_of(table).items() if kind == "TIMESTAMPTZ"]
    names = ", ".join(f"epoch_us({name})" if name in moments else name for name, _ in table.columns)
    return read(folder, f"SELECT {names} FROM {{{table.name}}}")


def plain(value: object) -> object:
    if hasattr(value, "timestamp"):
        return round(value.timestamp() * 1_000_000)
    return str(value) if isinstance(value, str) else value


def test_sums_agree_with_the_database(centre, tmp_path):
    exports.export(centre, tmp_path / "out", now=NOW)
    with centre.connect() as connection:
        owed, paid = connection.execute(
            sa.text(
                "SELECT (SELECT sum(amount_fen) FROM charge),"
                " (SELECT sum(payable_fen) FROM statement_line WHERE live)"
            )
        ).one()
    asked = (
        "SELECT (SELECT sum(amount_fen) FROM {charges}),"
        " (SELECT sum(payable_fen) FROM {subsidy_lines} WHERE live)"
    )
    assert read(tmp_path / "out", asked) == [(owed, paid)]
    assert owed > 0 < paid


def test_the_manifest_proves_the_folder(centre, tmp_path):
    exports.export(centre, tmp_path / "out", now=NOW)
    manifest = json.loads((tmp_path / "out" / exports.MANIFEST).read_text("utf-8"))
    assert manifest["schema_version"] == 1
    files = {table["file"] for table in manifest["tables"]}
    assert files | {exports.MANIFEST} == {path.name for path in (tmp_path / "out").iterdir()}
    for table in manifest["tables"]:
        content = (tmp_path / "out" / table["file"]).read_bytes()
        assert table["sha256"] == sha256(content).hexdigest()
        ((rows,),) = read(tmp_path / "out", f"SELECT count(*) FROM {{{table['name']}}}")
        assert table["rows"] == rows


def test_every_table_is_told_in_words(centre, tmp_path):
    exports.export(centre, tmp_path / "out", now=NOW)
    tables = json.loads((tmp_path / "out" / exports.MANIFEST).read_text("utf-8"))["tables"]
    for table in tables:
        assert table["about"]["zh"]
        assert table["about"]["en"]
        assert table["meanings"].keys() in ({}.keys(), table["columns"].keys())
    told = {table["name"] for table in tables if table["meanings"]}
    assert told == {"refusals", "utilisation_days"}


def test_days_add_up_to_the_months_that_were_rolled_up(centre, tmp_path):
    exports.export(centre, tmp_path / "out", now=NOW)
    sums = "sum(uses), sum(effective_seconds), sum(external_seconds), sum(income_fen)"
    asked = "SELECT {month} AS m, {sums} FROM {table} GROUP BY 1 HAVING sum(uses) > 0 ORDER BY 1"
    days, months = (
        read(tmp_path / "out", asked.format(month=month, sums=sums, table=table))
        for month, table in (
            ("strftime(day, '%Y-%m')", "{utilisation_days}"),
            ("month", "{utilisation_months}"),
        )
    )
    assert days == months
    assert [row[0] for row in days] == ["2026-10", "2026-11"]
    found = read(
        tmp_path / "out",
        "SELECT day, used_seconds, effective_seconds"
        " FROM {utilisation_days} WHERE day >= '2026-11-01'",
    )
    assert found == [(date(2026, 11, 3), 3 * 3600, 150 * 60)]


def test_ten_times_the_rows_take_no_more_memory(centre, write, tmp_path, monkeypatch):
    monkeypatch.setattr(queries, "_AT_ONCE", 100)

    def peak(name):
        tracemalloc.start()
        exports.export(centre, tmp_path / name, now=NOW)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    def refused(count, *, after):
        with write() as uow:
            first = uow.session.execute(sa.select(*_REFUSALS.c)).mappings().first()
            begun = [first["starts_at"] + timedelta(minutes=n) for n in range(after, after + count)]
            rows = [
                {**first, "id": None, "starts_at": at, "ends_at": at + timedelta(hours=1)}
                for at in begun
            ]
            for row in rows:
                del row["id"]
            uow.session.execute(sa.insert(_REFUSALS), rows)

    exports.export(centre, tmp_path / "warm", now=NOW)
    refused(400, after=1)
    little = peak("little")
    refused(3_600, after=401)
    assert peak("much") < 1.25 * little + 200_000
    assert read(tmp_path / "much", "SELECT count(*) FROM {refusals}") == [(4_001,)]


def test_nothing_of_persons_and_no_secret_leaves():
    for table in TABLES:
        for name in {name for name, _ in table.columns} - {"general_purpose"}:
            assert not any(word in name for word in NEVER), (table.name, name)


@contextmanager
def little_room(size: int) -> Iterator[None]:
    """No file may grow larger than that."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_delivery_that_breaks_off_leaves_nothing(centre, tmp_path):
    # Organisations and labs still fit, instruments do not.
    with little_room(2_500), pytest.raises((OSError, duckdb.Error)):
        exports.export(centre, tmp_path / "out", now=NOW)
    assert list(tmp_path.iterdir()) == []
    assert exports.export(centre, tmp_path / "out", now=NOW)


def test_what_is_there_is_not_written_over(centre, tmp_path):
    exports.export(centre, tmp_path / "out", now=NOW)
    with pytest.raises(OSError, match="not empty"):
        exports.export(centre, tmp_path / "out", now=NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_nothing_is_delivered_until_a_folder_is_named(centre):
    assert deliver_analytics(Outside(centre, {}, settings_for(str(centre.url))), NOW).rows == 0


def test_every_night_has_one_delivery_and_a_week_stays(centre, tmp_path):
    settings = settings_for(str(centre.url)).model_copy(update={"analytics_folder": tmp_path})
    outside = Outside(centre, {}, settings)
    (tmp_path / "2026-01-01").mkdir()  # somebody's own
    for night in range(KEPT + 2):
        now = NOW + timedelta(days=night)
        assert deliver_analytics(outside, now).rows == len(TABLES)
        assert deliver_analytics(outside, now).rows == 0
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["2026-01-01", *(f"2026-12-{day:02}" for day in range(2, 9))]


def test_an_operator_writes_them_into_a_new_folder(tmp_path, monkeypatch, originals):
    shutil.copyfile(originals.sqlite, tmp_path / "centre.sqlite3")
    monkeypatch.setenv("BOOKING_DATABASE_URL", f"sqlite:///{tmp_path / 'centre.sqlite3'}")
    asked = ["export-analytics", str(tmp_path / "out")]
    done = CliRunner().invoke(app, asked)
    assert (done.exit_code, len(done.output.splitlines())) == (0, len(TABLES)), done.output
    again = CliRunner().invoke(app, asked)
    assert again.exit_code == 1
    assert "is not empty" in again.output
