"""Real processes: a job killed anywhere leaves nothing half, and only one of many runs it."""

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from booking.jobs.models import JobRun, Lease
from booking.organisations.models import Organisation
from booking.subsidies.models.statement import Settlement, Statement, StatementLine
from tests.factories.settled_uses import make_company, make_programme, settled_use
from tests.subsidies.requests import programme
from tests.support.clock import moment

ROOT = Path(__file__).resolve().parents[2]
FIRST = "2026-11-01T02:00+08:00"
KILLED = -9

pytestmark = pytest.mark.slow


@pytest.fixture
def url(engine) -> str:
    address: str = engine.url.render_as_string(hide_password=False)
    return address


def start(url: str, job: str, *, kill_at: int = 0) -> subprocess.Popen[str]:
    """Run a job in a process of its own."""
    command = [sys.executable, "-m", "tests.jobs.killed", url, job, FIRST, str(kill_at)]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE)


def outcome(process: subprocess.Popen[str]) -> tuple[int, list[str]]:
    told, _ = process.communicate(timeout=120)
    return process.returncode, told.split()


def with_october(write) -> None:
    """Three companies with uses, one programme with a cap that bites."""
    with write() as uow:
        make_programme(uow, programme(caps=[{"scope": "user", "amount": "400.00"}]))
        for amounts in (("1000.00", "700.00"), ("300.10",), ("99.99", "1.00", "50.00")):
            company = make_company(uow)
            for amount in amounts:
                settled_use(uow, company, amount)


def statements(write) -> list[tuple[object, ...]]:
    """Everything that a statement says, but the moment it was drawn up."""
    with write() as uow:
        rows = uow.session.execute(
            sa.select(
                col(Settlement.period),
                col(Organisation.name),
                col(Statement.state),
                col(Statement.spend_fen),
                col(Statement.payable_fen),
                col(StatementLine.charge_id),
                col(StatementLine.payable_fen),
            )
            .join(Statement, col(Statement.settlement_id) == col(Settlement.id))
            .join(Organisation, col(Organisation.id) == col(Statement.organisation_id))
            .join(StatementLine, col(StatementLine.statement_id) == col(Statement.id))
            .order_by(col(Organisation.name), col(StatementLine.charge_id))
        )
        return [tuple(row) for row in rows]


def forget_settlement(write) -> None:
    """As if nobody had ever settled; drafts may go."""
    with write() as uow:
        for table in (StatementLine, Statement, Settlement, JobRun, Lease):
            uow.session.execute(sa.delete(table))


def let_leases_pass(write) -> None:
    with write() as uow:
        uow.session.execute(sa.update(Lease).values(until=moment("2020-01-01T00:00")))


def test_a_settlement_killed_at_any_step_and_run_again_gives_the_same_statements(url, write):
    with_october(write)
    code, [told, steps] = outcome(start(url, "settle_month"))
    assert (code, told) == (0, "done")
    undisturbed = statements(write)
    assert len(undisturbed) == 6
    forget_settlement(write)
    for step in (int(steps) // 2, int(steps) * 3 // 4, int(steps)):
        assert outcome(start(url, "settle_month", kill_at=step))[0] == KILLED
        assert statements(write) == []
        let_leases_pass(write)
    assert outcome(start(url, "settle_month"))[1][0] == "done"
    assert statements(write) == undisturbed


def test_of_many_processes_one_settles(url, write):
    with_october(write)
    processes = [start(url, "settle_month") for _ in range(4)]
    told = sorted(outcome(process)[1][0] for process in processes)
    assert told == ["done", "left", "left", "left"]
    assert len(statements(write)) == 6
    with write() as uow:
        (run,) = uow.session.exec(select(JobRun)).all()
    assert (run.attempts, run.rows) == (1, 3)
