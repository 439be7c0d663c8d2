"""The command line as an operator types it, over a database file of its own."""

import csv
import io
import json
import shutil
import socket
import tarfile

import pytest
from typer.testing import CliRunner

from booking.accounts.queries.people import user_by_email
from booking.accounts.queries.second_factors import factor_state
from booking.cli import app
from booking.commands.setting import database, deed
from booking.files.providers.disk import Vault
from booking.ledger.actions.post import Leg, post
from booking.ledger.models import AccountKind
from booking.reservations.states import State
from booking.settings import REPOSITORY
from booking.utilisation.api.figures import UtilisationFigures
from tests.factories.accounts import set_second_factor
from tests.factories.files import make_file, pdf
from tests.factories.instruments import make_instrument, span
from tests.factories.organisations import make_organisation
from tests.factories.settled_uses import make_programme
from tests.factories.utilisation import Booked, Invented, write_instrument
from tests.subsidies.requests import programme
from tests.support.clock import moment

pytestmark = pytest.mark.slow

RUN = CliRunner()
ADMIN = ["create-admin", "chief@example.com", "--password", "a-long-enough-phrase"]


@pytest.fixture
def booking(tmp_path, monkeypatch, originals):
    """Run one command over a fresh, migrated database; its output."""
    shutil.copyfile(originals.sqlite, tmp_path / "centre.sqlite3")
    monkeypatch.setenv("BOOKING_DATABASE_URL", f"sqlite:///{tmp_path / 'centre.sqlite3'}")
    monkeypatch.setenv("BOOKING_PASSWORD_COST", "cheapest")
    monkeypatch.delenv("BOOKING_SECRET_KEY", raising=False)

    def run(*words: str, fails: bool = False) -> str:
        done = RUN.invoke(app, list(words))
        assert (done.exit_code != 0) == fails, done.output
        return done.output

    return run


def test_a_database_is_made_by_migrating_and_loses_nothing_by_it(booking, monkeypatch, tmp_path):
    monkeypatch.setenv("BOOKING_DATABASE_URL", f"sqlite:///{tmp_path / 'new.sqlite3'}")
    booking("migrate")
    booking(*ADMIN)
    booking("migrate")
    assert booking("token", "chief@example.com")


def test_an_administrator_gets_a_token_and_a_stranger_none(booking):
    booking(*ADMIN)
    assert len(booking("token", "Chief@example.com").strip()) > 20
    assert "nobody@example.com" in booking("token", "nobody@example.com", fails=True)


def test_at_the_machine_a_lost_second_factor_is_removed(booking):
    booking(*ADMIN)
    assert "not_found" in booking("remove-second-factor", "chief@example.com", fails=True)
    with database() as engine, deed(engine) as uow:
        user = user_by_email(uow.session, "chief@example.com")
        assert user is not None
        set_second_factor(uow, user.key)
    booking("remove-second-factor", "chief@example.com")
    with database() as engine, deed(engine) as uow:
        assert not factor_state(uow.session, user.key).set


def test_a_noted_end_of_the_audit_chain_proves_that_it_is_still_the_same(booking):
    booking(*ADMIN)
    booking("jobs", "run", "chain_audit")
    end = booking("check").split()[-1]
    assert not end.startswith("0:")
    assert end in booking("check", "--noted", end)
    assert "not the one" in booking("check", "--noted", f"1:{'f' * 64}", fails=True)
    assert "not the one" in booking("check", "--noted", "nonsense", fails=True)


def test_the_same_administrator_twice_is_refused_in_one_line(booking):
    booking(*ADMIN)
    assert "email_taken" in booking(*ADMIN, fails=True)


def test_a_backup_brings_back_what_was_there(booking, tmp_path):
    booking(*ADMIN)
    booking("backup", str(tmp_path / "copy"))
    (tmp_path / "centre.sqlite3").unlink()
    booking("restore", str(tmp_path / "copy"))
    assert booking("token", "chief@example.com")


def test_a_backup_brings_back_the_files_too(booking, tmp_path):
    booking(*ADMIN)
    with database() as engine, deed(engine) as uow:
        name = make_file(uow).name
    vault = Vault(tmp_path / "centre.files")
    booking("backup", str(tmp_path / "copy"))
    shutil.rmtree(vault.directory)
    assert f"name={name}" in booking("check", fails=True)
    booking("restore", str(tmp_path / "copy"), "--force")
    assert vault.path(name).read_bytes() == pdf()
    assert "hold" in booking("check")


def test_what_a_backup_names_wrongly_is_written_nowhere(booking, tmp_path):
    booking("backup", str(tmp_path / "copy"))
    with tarfile.open(tmp_path / "copy", "a") as archive:
        for name in ("files/../../evil", "../evil", "files/" + "a" * 31 + "/"):
            archive.addfile(tarfile.TarInfo(name))
    booking("restore", str(tmp_path / "copy"), "--force")
    assert not [path for path in tmp_path.rglob("*") if "evil" in path.name or "aaa" in path.name]


def test_a_backup_from_before_there_were_files_is_still_restored(booking, tmp_path):
    booking(*ADMIN)
    with tarfile.open(booking("backup", str(tmp_path / "new")).strip()) as archive:
        archive.extract("database", tmp_path, filter="data")
    (tmp_path / "database").rename(tmp_path / "old")
    (tmp_path / "centre.sqlite3").unlink()
    booking("restore", str(tmp_path / "old"))
    assert booking("token", "chief@example.com")


def test_restoring_over_data_needs_to_be_meant(booking, tmp_path):
    booking("backup", str(tmp_path / "copy"))
    assert "--force" in booking("restore", str(tmp_path / "copy"), fails=True)
    booking("restore", str(tmp_path / "copy"), "--force")


def test_the_web_is_not_served_without_a_secret(booking):
    assert "BOOKING_SECRET_KEY" in booking("serve", fails=True)


def test_every_job_is_listed_and_can_be_run_by_hand(booking):
    assert "settle_month" in booking("jobs", "list")
    assert booking("jobs", "run", "expire_requests") == "expire_requests: 0 rows\n"
    assert booking("jobs", "run", "make_coffee", fails=True)


def test_an_empty_house_is_in_order(booking):
    assert "hold" in booking("check")


@pytest.mark.parametrize("code", ["2026-13", "last month", ""])
def test_what_is_no_period_is_not_settled(booking, code):
    assert "2026-Q4" in booking("settle", code, fails=True)


def test_settling_and_exporting_a_month_without_uses(booking, tmp_path):
    with database() as engine, deed(engine) as uow:
        make_programme(uow, programme())
    booking("settle", "2026-01")
    booking("export", "payments", "2026-01", "--to", str(tmp_path / "out"))
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["payments-2026-01.csv", "payments-2026-01.xlsx"]


def test_the_ledger_of_a_month_is_a_file_for_accounting_tools(booking, tmp_path):
    with database() as engine, deed(engine) as uow:
        owner = make_organisation(uow).key
        legs = [Leg(AccountKind.RECEIVABLE, owner, 5), Leg(AccountKind.REVENUE, owner, -5)]
        post(uow, "charge:C-1", legs, at=moment("2026-01-05T09:00"))
    booking("export", "ledger", "2026-01", "--to", str(tmp_path / "out"))
    (file,) = (tmp_path / "out").iterdir()
    assert file.name == "ledger-2026-01.beancount"
    assert f"Assets:Receivable:O{owner}  0.05 CNY" in file.read_text("utf-8")


def test_utilisation_leaves_with_the_figures_that_programs_are_told(booking, tmp_path):
    at = span("2026-01-06T09:00", "12:00")
    use = Booked(at, State.SETTLED, used=at, effective_minutes=150, income_fen=240_000)
    with database() as engine, deed(engine) as uow:
        key = write_instrument(uow, Invented(bookings=[use]))
    booking("export", "utilisation", "2026-01", "--to", str(tmp_path / "out"))
    text = (tmp_path / "out/utilisation-2026-01.csv").read_text("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    named = {"instrument_id", "name", "name_en"}
    assert row.keys() == named | UtilisationFigures.model_fields.keys()
    shown = ("instrument_id", "effective_hours", "uses", "users", "income", "income_per_hour")
    told = [row[name] for name in (*shown, "subsidy", "filing_rate")]
    assert told == [str(key), "2.5", "1", "1", "2400.00", "960.00", "0.00", ""]


def test_the_records_of_the_national_platform_are_files(booking, tmp_path):
    with database() as engine, deed(engine) as uow:
        make_instrument(uow, inner_id="SL-7")
    booking("export", "national", "2026-01", "--to", str(tmp_path / "out"))
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    kinds = ("customs", "instruments", "units")
    assert names == [f"national-{kind}.{form}" for kind in kinds for form in ("json", "xlsx")]
    assert '"innerId": "SL-7"' in (tmp_path / "out/national-instruments.json").read_text("utf-8")


def line(**changes: object) -> dict[str, object]:
    return {
        "line_id": "L1",
        "user": "U",
        "provider": "P",
        "instrument": "I",
        "flags": ["platform_member", "public_project"],
        "payment_date": "2026-03-10",
        "paid_amount": "80000.00",
        "submitted_at": "2026-03-11T08:00:00+08:00",
        **changes,
    }


def evaluated(programme, lines, *, tmp_path):
    file = tmp_path / "lines.json"
    file.write_text(json.dumps(lines), "utf-8")
    done = RUN.invoke(app, ["evaluate", "--programme", str(programme), "--lines", str(file)])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_the_chongqing_shape_pays_the_highest_of_three_tiers(tmp_path):
    programme = REPOSITORY / "seed/programmes/chongqing_2026.yaml"
    answer = evaluated(programme, [line()], tmp_path=tmp_path)
    assert answer["results"][0]["payable"] == "24000.00"


def test_the_chongqing_shape_pays_at_most_fifty_thousand_at_once(tmp_path):
    programme = REPOSITORY / "seed/programmes/chongqing_2026.yaml"
    [result] = evaluated(programme, [line(paid_amount="200000.00")], tmp_path=tmp_path)["results"]
    assert result["payable"] == "50000.00"
    assert result["cuts"] == [{"reason": "cap:line", "amount": "10000.00"}]


def test_a_programme_file_with_a_fault_is_refused_with_its_path(tmp_path):
    source = REPOSITORY / "seed/programmes/chongqing_2026.yaml"
    broken = tmp_path / "broken.yaml"
    shutil.copyfile(source, broken)
    broken.write_text(broken.read_text("utf-8").replace('"0.20"', '"1.20"'), "utf-8")
    lines = tmp_path / "lines.json"
    lines.write_text("[]", "utf-8")
    done = RUN.invoke(app, ["evaluate", "--programme", str(broken), "--lines", str(lines)])
    assert done.exit_code == 1
    problem = json.loads(done.stderr)
    assert problem["code"] == "programme.invalid"
    assert problem["violations"][0]["params"]["path"] == "programmes[0].rate.tiers[1].rate"


def test_a_file_that_is_not_utf8_is_refused_in_a_sentence(tmp_path):
    programme = REPOSITORY / "seed/programmes/chongqing_2026.yaml"
    lines = tmp_path / "lines.json"
    lines.write_bytes('[{"line_id": "断口"}]'.encode("gb18030"))
    done = RUN.invoke(app, ["evaluate", "--programme", str(programme), "--lines", str(lines)])
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert "is not UTF-8" in done.stderr


def test_the_demo_says_at_once_that_its_port_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = RUN.invoke(app, ["demo", "--port", port])
    assert done.exit_code == 1
    assert "--port" in done.output
