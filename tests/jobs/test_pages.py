"""The page of jobs, and what machines ask about the house."""

from datetime import datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlmodel import select

from booking.access.roles import Role
from booking.db.engine import make_engine
from booking.jobs import lease
from booking.jobs.models import JobRun
from booking.jobs.routes.health import readiness
from booking.jobs.schedule import JOBS
from booking.jobs.scheduler import CLOCK_LEASE, LEASE
from tests.factories.accounts import be, make_member, make_staff, open_session
from tests.factories.organisations import make_organisation


@pytest.fixture
def signed_in(write, client, clock):
    def sign_in(role: Role):
        with write() as uow:
            if role is Role.COMPANY_MEMBER:
                actor = make_member(uow, make_organisation(uow).key)
            else:
                actor = make_staff(uow, role)
            secret = open_session(uow, actor, now=clock.now())
        client.headers["origin"] = "http://testserver"
        return be(client, secret)

    return sign_in


def drive(write, clock) -> None:
    with write() as uow:
        lease.take(uow.session, lease.Claim(CLOCK_LEASE, "test", LEASE), now=clock.now())


def test_the_page_lists_every_job(signed_in):
    page = signed_in(Role.AUDITOR).get("/jobs")
    assert page.status_code == 200
    soup = BeautifulSoup(page.text, "html.parser")
    links = {link["href"] for link in soup.select("table a")}
    assert {f"/jobs?job={job.id}" for job in JOBS} <= links
    assert soup.select("form[action$='/runs']") == []
    assert "定时进程没有运行" in page.text


def test_a_job_run_by_hand_is_in_its_history(signed_in, write):
    admin = signed_in(Role.CENTRE_ADMIN)
    answer = admin.post("/jobs/tidy_up/runs")
    assert (answer.status_code, answer.headers["location"]) == (303, "/jobs?job=tidy_up")
    page = admin.get(answer.headers["location"])
    assert "手动" in page.text
    assert "完成" in page.text
    with write() as uow:
        (run,) = uow.session.exec(select(JobRun)).all()
    assert run.actor_id is not None


def test_a_failed_run_shows_why(signed_in, write, clock):
    with write() as uow:
        uow.session.add(
            JobRun(
                job="tidy_up",
                due_at=clock.now(),
                started_at=clock.now(),
                ended_at=clock.now(),
                error="OSError: <disk> full",
            )
        )
    page = signed_in(Role.FINANCE).get("/jobs", headers={"HX-Request": "true"})
    assert "OSError: &lt;disk&gt; full" in page.text
    assert page.text.lstrip().startswith("<section")


@pytest.mark.parametrize(
    ("role", "status"), [(Role.COMPANY_MEMBER, 403), (Role.AUDITOR, 403), (Role.FINANCE, 403)]
)
def test_only_the_centre_admin_runs_jobs(signed_in, role, status):
    assert signed_in(role).post("/jobs/tidy_up/runs").status_code == status


def test_companies_do_not_see_jobs(signed_in):
    assert signed_in(Role.COMPANY_MEMBER).get("/jobs").status_code == 403


def test_a_job_that_is_none_is_not_found(signed_in):
    assert signed_in(Role.CENTRE_ADMIN).post("/jobs/nothing/runs").status_code == 404


def test_the_process_answers(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_it_is_ready_when_the_database_is(client, write, clock):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["scheduler"] == "never"
    drive(write, clock)
    told = client.get("/readyz").json()
    assert (told["database"], told["migrations"], told["scheduler"]) == (True, True, "driving")
    assert told["scheduler_lease_age_seconds"] >= 0


def test_machines_see_which_jobs_failed_last(client, write, clock):
    with write() as uow:
        for name, error in (("tidy_up", "OSError: disk full"), ("prove_ledger", "")):
            uow.session.add(run_of(name, clock.now(), error=error))
    told = client.get("/readyz")
    assert (told.status_code, told.json()["failing_jobs"]) == (200, ["tidy_up"])
    figures = client.get("/metrics").text
    assert 'booking_job_last_failed{job="tidy_up"} 1.0' in figures
    assert 'booking_job_last_failed{job="prove_ledger"} 0.0' in figures


def test_a_run_that_is_going_on_hides_no_failure(client, write, clock):
    with write() as uow:
        uow.session.add(run_of("tidy_up", clock.now(), error="OSError: disk full"))
        later = clock.now() + timedelta(minutes=1)
        uow.session.add(JobRun(job="tidy_up", due_at=later, started_at=later))
    assert client.get("/readyz").json()["failing_jobs"] == ["tidy_up"]


def run_of(name: str, at: datetime, *, error: str) -> JobRun:
    return JobRun(job=name, due_at=at, started_at=at, ended_at=at, error=error)


def test_it_is_not_ready_before_the_migrations(tmp_path, clock):
    engine = make_engine(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    found = readiness(engine, clock)
    engine.dispose()
    assert (found.ready, found.database, found.migrations) == (False, True, False)


def test_it_is_not_ready_while_the_database_is_away(clock):
    engine = make_engine("postgresql://nobody@127.0.0.1:9/nothing")
    found = readiness(engine, clock)
    engine.dispose()
    assert (found.ready, found.database) == (False, False)


def test_figures_for_prometheus(client, write, clock, signed_in):
    drive(write, clock)
    signed_in(Role.CENTRE_ADMIN).post("/jobs/tidy_up/runs")
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert 'booking_job_last_failed{job="tidy_up"} 0.0' in answer.text
    assert "booking_scheduler_lease_age_seconds" in answer.text
    assert 'booking_http_answers_total{method="POST",status="303"}' in answer.text
    assert "process_" in answer.text or "python_info" in answer.text
