"""A worker that stood still for six hours, twice: everything is made good for, each thing once."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import select

from booking.audit.models import AuditEntry
from booking.audit.queries.chain import links
from booking.audit.rules import chain_faults
from booking.db.engine import FILES
from booking.jobs.schedule import JOBS
from booking.notifications.models import OutboxMessage
from tests.conftest import Write
from tests.factories.instruments import enter_year
from tests.jobs.lending import a_draw_that_expires, promised_hours
from tests.jobs.outage import AHEAD, MEANWHILE, MORNING, NIGHT, STOPPED, one_to_be_told
from tests.jobs.papers import a_locked_month, a_what_if, an_old_export, vouchers_that_end
from tests.jobs.reporting import a_report_of_before, a_school_that_reports
from tests.jobs.working import told, worker
from tests.support.clock import FrozenClock
from tests.support.receiver import Receiver, receiving

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
MINUTE = timedelta(minutes=1)
Told = dict[str, tuple[str, int]]
CatchUp = Callable[["Centre", datetime], list[Told]]

# How many rows each job has to touch when the worker is back.
BY_NIGHT = {
    "expire_requests": 1,
    # A proposal and an exchange.
    "lapse_asks": 2,
    "expire_offers": 1,  # Passed on to the next in the same moment.
    "put_off_repairs": 1,
    # One that ends by itself, one that goes on.
    "note_overruns": 2,
    "mark_no_shows": 1,
    "close_forgotten": 1,
    "confirm_silent": 1,
    "remind_of_bookings": 1,
    "deliver_webhooks": 1,
    "import_sheets": 1,
    "keep_prints": 1,
    "export_statements": 1,
    "redraw_stale": 1,
    "run_simulations": 1,
    "import_bank_files": 1,
    "refile_cards": 1,
    "match_saved_searches": 1,
    "settle_month": 1,
    "keep_days": 576,  # Two years of the months of every lab.
    "keep_zone_reports": 1,
    # Of two years, because instruments of a scene are older; and facts to analyse, by tables.
    "publish_open_figures": 2,
    "deliver_analytics": 11,
    "forget_old_sign_ins": 1,
    # Two of a month ago and before: one of them told somebody that an account is closed.
    "forget_letters": 2,
    "lapse_needs": 1,
    "expire_draws": 1,
    "judge_promises": 1,
    "reckon_overdue": 1,
    "expire_vouchers": 1,
    "lapse_quotes": 1,
    "accept_reports": 1,
    # Who left half a year ago, and two accounts that nobody ever opened.
    "close_and_anonymise": 3,
    "tidy_up": 1,
    "forget_sheets": 1,
    "forget_exports": 1,
    "sweep_files": 1,
}
IN_THE_MORNING = {
    "expire_offers": 1,
    "close_forgotten": 1,
    "remind_of_expiry": 1,
    "remind_of_filings": 1,
    # The ministry's evaluation and its sheet.
    "remind_of_reports": 2,
    "remind_of_trainings": 1,
    "tell_labs_of_needs": 1,
    "tell_of_new_cards": 1,
    "warn_of_token_ends": 1,
    "warn_of_vouchers": 1,
    "warn_of_promises": 1,
}
# Jobs about everything that there is; the trail, the letters and the months say whether they ran.
ABOUT_ALL = {"chain_audit", "deliver_letters", "roll_up_utilisation"}
PROOFS = {"prove_audit", "prove_ledger", "prove_statements"}
FACTS_BY_NIGHT = {
    "reservation.expired": 1,
    "proposal.lapsed": 1,
    # Told of both bookings.
    "swap.lapsed": 2,
    "waitlist.lapsed": 1,
    "waitlist.offered": 1,
    "fault.put_off": 1,
    "reservation.hindered": 1,
    "reservation.missed": 1,
    # One that ended by itself, one that was forgotten.
    "use.ended": 2,
    "use.settled": 1,
    "charge.made": 1,
    "instrument_import.ended": 1,
    "loan.bank_file_taken_in": 1,
    "loan.draw_expired": 1,
    "loan.overdue": 1,
    "loan.promise_short": 1,
    "instrument.registered": 1,
    "instrument.opening_changed": 1,
    "settlement.settled": 2,
    "need.lapsed": 1,
    "order.quote_expired": 1,
    "order.report_accepted": 1,
    "user.anonymised": 1,
    "user.closed": 2,
    "voucher.expired": 1,
}
FACTS_IN_THE_MORNING = {
    "voucher.expiring": 1,
    "loan.promise_at_risk": 1,
    "waitlist.lapsed": 1,
    "use.ended": 1,
    "organisation.qualification_expiring": 1,
    "instrument.filing_due": 1,
    "report.due": 2,
    "training.ending": 1,
    "need.fits_lab": 1,
    "saved_search.new_cards": 1,
    "user.token_expiring": 1,
}


@dataclass
class Centre:
    """What a centre left behind when its worker stopped."""

    engine: Engine
    write: Write
    letters: Path
    receiver: Receiver

    @property
    def url(self) -> str:
        address: str = self.engine.url.render_as_string(hide_password=False)
        return address

    @property
    def files(self) -> Path:
        return Path(self.engine.get_execution_options()[FILES])

    def live(self) -> None:
        """A worker runs until the evening; people go on when it has stopped."""
        with self.write() as uow:
            enter_year(uow, 2026)
        one_worker(self, STOPPED - 2 * timedelta(hours=1))
        self.make(
            *AHEAD, vouchers_that_end, a_draw_that_expires, promised_hours, a_school_that_reports
        )
        (last,) = one_worker(self, STOPPED)
        assert {job: rows_of([last])[job] for job in BY_NIGHT if rows_of([last])[job]} == {
            # Of what begins at one and at ten past five, and of cards that are new.
            "remind_of_bookings": 2,
            "match_saved_searches": 3,
        }
        papers = a_locked_month, an_old_export, a_what_if, a_report_of_before
        self.make(*MEANWHILE, *papers, one_to_be_told(self.receiver.url))

    def make(self, *wanted: Callable[..., object]) -> None:
        for one in wanted:
            with self.write() as uow:
                one(uow)

    def facts(self) -> Counter[str]:
        with self.write() as uow:
            return Counter(uow.session.exec(select(AuditEntry.name)))

    def assert_letters_left_once(self) -> None:
        """Nobody is told a thing twice, and every letter is in the folder once."""
        with self.write() as uow:
            written = [
                (
                    one.fact,
                    one.email,
                    json.dumps(one.params, sort_keys=True),
                    one.sent_at,
                    one.error,
                )
                for one in uow.session.exec(select(OutboxMessage))
            ]
        assert [letter for letter in written if letter[3] is None] == []
        assert max(Counter(letter[:3] for letter in written).values()) == 1
        # Those that are forgotten were sent before.
        assert len(list(self.letters.glob("*.eml"))) == len(written) + 2

    def assert_chained(self) -> None:
        with self.write() as uow:
            assert list(chain_faults(links(uow.session))) == []


def one_worker(centre: Centre, moment: datetime) -> list[Told]:
    """In this process."""
    clock = FrozenClock(moment.isoformat())
    runner = worker(centre.url, centre.files, centre.letters, clock)
    results = told(runner.catch_up())
    runner.engine.dispose()
    return [results]


def two_workers(centre: Centre, moment: datetime) -> list[Told]:
    """Each in a process of its own; they begin at the same moment."""
    orders = [centre.url, str(centre.files), moment.isoformat(), str(centre.letters)]
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.jobs.working", *orders],
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    for one in workers:
        assert one.stdout
        assert one.stdout.readline() == "here\n"
    for one in workers:
        assert one.stdin
        one.stdin.write("go\n")
        one.stdin.flush()
    return [json.loads(one.communicate(timeout=600)[0]) for one in workers]


def rows_of(told_by: list[Told]) -> Counter[str]:
    """How many rows each job touched, whoever did it."""
    touched: Counter[str] = Counter()
    for results in told_by:
        assert {outcome for outcome, _ in results.values()} <= {"done", "left"}
        touched.update({job: rows for job, (_, rows) in results.items()})
    return touched


def counted(rows: Counter[str]) -> dict[str, int]:
    return {job: n for job, n in rows.items() if n and job not in ABOUT_ALL | PROOFS}


@pytest.fixture
def centre(engine: Engine, write: Write, tmp_path: Path) -> Iterator[Centre]:
    with receiving(Receiver()) as receiver:
        made = Centre(engine, write, tmp_path / "letters", receiver)
        made.live()
        yield made


def test_every_job_has_something_to_make_good_for() -> None:
    assert {job.id for job in JOBS} == {*BY_NIGHT, *IN_THE_MORNING, *ABOUT_ALL, *PROOFS}


def test_whatever_came_due_in_six_hours_is_done_once(centre: Centre) -> None:
    assert_made_good_for(centre, one_worker)


@pytest.mark.race
@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_two_workers_that_come_back_together_do_each_thing_once(centre: Centre) -> None:
    assert_made_good_for(centre, two_workers)


def assert_made_good_for(centre: Centre, catch_up: CatchUp) -> None:
    for stopped, moment, rows, facts in (
        (STOPPED, NIGHT, BY_NIGHT, FACTS_BY_NIGHT),
        (NIGHT, MORNING, IN_THE_MORNING, FACTS_IN_THE_MORNING),
    ):
        before = centre.facts()
        told_by = catch_up(centre, moment)
        assert counted(rows_of(told_by)) == rows
        for job in JOBS:
            outcomes = sorted(results[job.id][0] for results in told_by)
            due = job.when.last_due(moment) > job.when.last_due(stopped)
            assert outcomes.count("done") == due, job.id
        assert centre.facts() - before == facts
        # Letters and links of what was done after they were looked at follow in the next minute.
        for minute in (1, 2):
            (again,) = one_worker(centre, moment + minute * MINUTE)
            # A use that goes on is looked at every minute.
            assert {**counted(rows_of([again])), "note_overruns": 0} == {"note_overruns": 0}
        assert centre.facts() - before == facts
        centre.assert_letters_left_once()
        centre.assert_chained()
    assert len(centre.receiver.got) == 1
