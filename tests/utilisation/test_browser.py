"""Utilisation and jobs in Chromium: both languages, desk and phone, nothing in the way."""

from random import Random

import pytest

from booking.access.roles import Role
from booking.jobs.models import JobRun
from booking.jobs.schedule import JOBS
from booking.web.sessions import COOKIE
from tests.factories.accounts import make_staff, open_session
from tests.factories.instruments import make_lab
from tests.factories.utilisation import Invented, invented, write_instrument
from tests.support import axe, eye


@pytest.fixture
def admin(write, clock, page, live_server):
    """The browser of a centre admin, over three instruments and a job that failed."""
    chance = Random(5)
    with write() as uow:
        for district in ("fengxi", "fengdong"):
            lab = make_lab(uow, district=district)
            write_instrument(uow, invented(chance), lab_id=lab.key, district=district)
        write_instrument(uow, Invented())
        for job, error in ((JOBS[0], ""), (JOBS[1], "OSError: disk full")):
            due = job.when.last_due(clock.now())
            times = {"due_at": due, "started_at": due, "ended_at": clock.now()}
            uow.session.add(JobRun(job=job.id, rows=3, error=error, **times))
        secret = open_session(uow, make_staff(uow, Role.CENTRE_ADMIN), now=clock.now())
    page.context.add_cookies([{"name": COOKIE, "value": secret, "url": live_server}])
    return page


@pytest.mark.parametrize("size", [eye.DESK, eye.PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_utilisation_and_jobs_can_be_read_by_everybody(admin, live_server, backend, language, size):
    admin.set_viewport_size(size)
    admin.goto(f"{live_server}/utilisation?lang={language}")
    pages = {
        "utilisation": "/utilisation?period=AY2026&by=organisation",
        "utilisation-instruments": "/utilisation?period=2026-10&by=instrument",
        "jobs": "/jobs",
    }
    for name, address in pages.items():
        admin.goto(live_server + address)
        eye.keep(admin, f"{name}-{language}-{size['width']}")
        assert axe.serious_faults(admin) == []
        assert not eye.too_wide(admin)
