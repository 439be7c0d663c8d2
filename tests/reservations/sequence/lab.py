"""What the lab and the clock do."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlmodel import col

from booking.audit.jobs import chain_entries
from booking.audit.models import AuditEntry
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.close import Closing, close, lift
from booking.instruments.actions.faults import close_for_fault, repair_fault, report_fault
from booking.instruments.jobs import put_off_repairs
from booking.instruments.models.calendar import ClosureKind
from booking.notifications.jobs import remind
from booking.orders.jobs import accept_reports, lapse_quotes
from booking.reservations import jobs
from tests.reservations.sequence.town import (
    HALF_HOUR,
    LENGTHS,
    MINUTE,
    PICKS,
    THINGS,
    Town,
    now_and_then,
    picked,
)

# As the worker runs them, in its order.
SWEEPS = [
    jobs.expire_requests,
    jobs.lapse_asks,
    jobs.expire_offers,
    put_off_repairs,
    jobs.note_overruns,
    jobs.mark_no_shows,
    jobs.close_forgotten,
    jobs.confirm_silent,
    remind,
    chain_entries,
    lapse_quotes,
    accept_reports,
]
PLANNED = [kind for kind in ClosureKind if kind is not ClosureKind.FAULT]


class Lab(Town):
    """Closures, faults, and time that passes."""

    @now_and_then(4)
    @rule(first=PICKS, length=LENGTHS, kind=st.sampled_from(PLANNED), thing=THINGS)
    def close(self, first: int, length: int, kind: ClosureKind, thing: int) -> None:
        closing = Closing(self.ahead(first, length), kind, "检修")
        instrument_id, who = self.instruments[thing].key, self.scene.manager
        self.attempt(lambda uow: close(uow, instrument_id, closing, actor=who, now=self.now))

    @now_and_then(2)
    @precondition(lambda self: self.sight.closures)
    @rule(pick=PICKS)
    def lift(self, pick: int) -> None:
        key, who = picked(pick, self.sight.closures), self.scene.manager
        self.attempt(lambda uow: lift(uow, key, actor=who, now=self.now))

    @now_and_then(3)
    @rule(thing=THINGS, length=LENGTHS)
    def break_down(self, thing: int, length: int) -> None:
        who, until = self.scene.manager, self.now + length * HALF_HOUR

        def deed(uow: UnitOfWork) -> None:
            here = self.instruments[thing].key
            broken = report_fault(uow, here, "漏气", actor=who, now=self.now)
            close_for_fault(uow, broken.key, actor=who, now=self.now, until=until)

        self.attempt(deed)

    @precondition(lambda self: self.sight.faults)
    @rule(pick=PICKS)
    def repair(self, pick: int) -> None:
        key, who = picked(pick, self.sight.faults), self.scene.manager
        self.attempt(lambda uow: repair_fault(uow, key, "修好", actor=who, now=self.now))

    @precondition(lambda self: self.sight.faults)
    @rule(hours=st.integers(1, 3))
    def repair_takes_longer(self, hours: int) -> None:
        """Than whoever closed the instrument thought."""
        self.now += 2 * hours * HALF_HOUR
        self.attempt(lambda uow: put_off_repairs(uow, self.now))

    @now_and_then(3)
    @rule(minutes=st.sampled_from([1, 10, 30, 60, 180]))
    def time_passes(self, minutes: int) -> None:
        self.tried = True
        self.now += minutes * MINUTE

    @now_and_then(2)
    @precondition(lambda self: self.sight.moments(self.now))
    @rule(pick=st.integers(0, 3), late=st.sampled_from([0, 0, 1]), swept=st.booleans())
    def the_moment_comes(self, pick: int, late: int, swept: bool) -> None:
        """When something is due; the clock may be behind."""
        self.tried = True
        self.now = picked(pick, self.sight.moments(self.now)[:4]) + late * MINUTE
        if swept:
            self.sweep()

    @now_and_then(4)
    @rule(job=st.sampled_from(SWEEPS))
    def one_job_runs(self, job: Callable[[UnitOfWork, datetime], int]) -> None:
        self.attempt(lambda uow: job(uow, self.now))

    @now_and_then(4)
    @rule(again=st.sampled_from([False, False, True]))
    def all_jobs_run(self, again: bool) -> None:
        self.sweep(again=again)

    def sweep(self, *, again: bool = False) -> None:
        """Each job in turn; one that runs again in the same moment changes nothing more."""
        for job in SWEEPS:
            self.attempt(partial(job, now=self.now))
            if again:
                before = self.told()
                self.attempt(partial(job, now=self.now))
                more = self.told()[len(before) :]
                assert not more, (job, more)

    def told(self) -> list[str]:
        """The names of all facts, in order."""
        names = sa.select(col(AuditEntry.name)).order_by(col(AuditEntry.id))
        return list(self.connection.execute(names).scalars())
