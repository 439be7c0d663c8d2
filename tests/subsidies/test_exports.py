"""All statements of a period as one ZIP, written in the background, a few at a time."""

import hashlib
import io
from zipfile import ZipFile

import pytest
from bs4 import BeautifulSoup
from sqlmodel import select

from booking.access.roles import Role
from booking.audit.models import AuditEntry
from booking.db.outside import Outside
from booking.files.providers.disk import vault_of
from booking.kernel.periods import Period
from booking.settings import Settings
from booking.subsidies.actions.export_statements import MOST_ATTEMPTS
from booking.subsidies.actions.review_statement import lock_settlement
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.exports.bundle import add
from booking.subsidies.jobs import export_statements, forget_exports
from booking.subsidies.jobs.exporting import KEPT_FOR
from booking.subsidies.models.issued import StatementExport
from booking.subsidies.states import ExportState
from booking.wiring import REACTIONS
from tests.factories.accounts import be, make_staff, open_session
from tests.factories.settled_uses import make_company, make_programme, settled_use
from tests.subsidies.requests import programme

# More than are written at once.
COMPANIES = 7
# Long enough to begin.
A_MOMENT = 0.001


@pytest.fixture
def finance(write, client, clock):
    """Finance, with October locked for several companies."""
    with write() as uow:
        make_programme(uow, programme())
        for _ in range(COMPANIES):
            settled_use(uow, make_company(uow))
        settle_period(uow, Period.parse("2026-10"), actor_id=None, now=clock.now())
        lock_settlement(uow, "2026-10", actor_id=None, now=clock.now())
        secret = open_session(uow, make_staff(uow, Role.FINANCE), now=clock.now())
    return be(client, secret)


@pytest.fixture
def run_job(engine, clock):
    def run(seconds: float = 60):
        settings = Settings(public_url="http://testserver")
        return export_statements(Outside(engine, REACTIONS, settings), clock.now(), seconds=seconds)

    return run


def ask(finance) -> str:
    answer = finance.post("/settlements/2026-10/exports")
    assert answer.status_code == 303
    return str(answer.headers["location"])


def archive(finance, place: str) -> bytes:
    answer = finance.get(f"{place}/statements.zip")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    return bytes(answer.content)


def test_it_holds_every_file_and_their_sums(finance, run_job):
    place = ask(finance)
    assert finance.get(f"{place}/statements.zip").status_code == 404
    assert run_job().rows == COMPANIES
    with ZipFile(io.BytesIO(archive(finance, place))) as opened:
        names = opened.namelist()
        assert len(names) == COMPANIES * 4 + 3
        assert names[:4] == [f"JS-202610-0001.{kind}" for kind in ("pdf", "xlsx", "csv", "json")]
        sums = dict(line.split()[::-1] for line in opened.read("SHA256SUMS").decode().splitlines())
        assert sums == {name: hashlib.sha256(opened.read(name)).hexdigest() for name in names[:-1]}
        single = finance.get("/statements/JS-202610-0003.pdf").content
        assert opened.read("JS-202610-0003.pdf") == single


def test_the_same_period_gives_the_same_bytes_however_many_runs_it_took(finance, run_job):
    first = ask(finance)
    run_job()
    second = ask(finance)
    runs = 0
    while "zip" not in finance.get(second).text:
        run_job(seconds=A_MOMENT)
        runs += 1
        assert runs < 20
    assert runs > 2
    assert archive(finance, first) == archive(finance, second)


def test_the_page_tells_how_far_it_is_and_asks_again_by_itself(finance, run_job):
    place = ask(finance)
    waiting = BeautifulSoup(finance.get(place).text, "html.parser")
    assert waiting.select_one("#progress[hx-trigger]") is not None
    run_job(seconds=A_MOMENT)
    going = BeautifulSoup(finance.get(place).text, "html.parser").select_one("progress")
    assert going is not None
    assert (going["value"], going["max"]) == ("5", str(COMPANIES))


def test_asking_twice_is_asking_once(finance, run_job):
    first = ask(finance)
    assert ask(finance) == first
    run_job()
    assert ask(finance) != first


@pytest.mark.parametrize("harm", ["torn", "gone", "more"])
def test_what_a_crash_left_half_written_is_begun_anew(finance, run_job, write, engine, harm):
    place = ask(finance)
    run_job(seconds=A_MOMENT)
    with write() as uow:
        row = uow.session.exec(select(StatementExport)).one()
        assert row.state is ExportState.RUNNING
        draft = vault_of(engine).ongoing(row.draft)
    if harm == "torn":
        draft.write_bytes(draft.read_bytes()[:-30])
    elif harm == "gone":
        draft.unlink()
    else:
        add(draft, [("more", b"")])
    run_job()
    with ZipFile(io.BytesIO(archive(finance, place))) as opened:
        assert len(opened.namelist()) == COMPANIES * 4 + 3


def test_one_that_always_breaks_off_ends_and_says_so(finance, run_job, write, engine):
    place = ask(finance)
    with write() as uow:
        draft = uow.session.exec(select(StatementExport.draft)).one()
    vault_of(engine).ongoing(draft).mkdir()  # nobody can write there
    for _ in range(MOST_ATTEMPTS):
        assert len(run_job().failures) == 1
    assert run_job().failures == ()
    assert "打包中断" in finance.get(place).text


def test_it_is_told_who_took_it_out_and_forgotten_after_a_week(finance, run_job, write, clock):
    ask(finance)
    run_job()
    with write() as uow:
        told = uow.session.exec(
            select(AuditEntry).where(AuditEntry.name == "settlement.exported")
        ).one()
        assert told.actor_id is not None
        assert forget_exports(uow, clock.now()) == 0
        assert forget_exports(uow, clock.now() + KEPT_FOR) == 1


def test_a_period_that_was_not_settled_has_nothing_to_export(finance):
    assert finance.post("/settlements/2026-09/exports").status_code == 404
