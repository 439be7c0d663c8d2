"""What the lab and the clock do."""

from collections.abc import Callable
from datetime import datetime

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlmodel import col

from booking.db.transactions import UnitOfWork
from booking.instruments.actions.close import Closing, close, lift
from booking.instruments.actions.faults import close_for_fault, repair_fault, report_fault
from booking.instruments.jobs import put_off_repairs
from booking.instruments.models.calendar import Closure, ClosureKind
from booking.instruments.models.fault import Fault
from booking.reservations import jobs
from tests.reservations.sequence.town import HALF_HOUR, LENGTHS, PICKS, THINGS, Town

SWEEPS = [
    jobs.expire_requests,
    jobs.lapse_asks,
    jobs.expire_offers,
    jobs.note_overruns,
    jobs.mark_no_shows,
    jobs.close_forgotten,
    jobs.confirm_silent,
    put_off_repairs,
]
PLANNED = [kind for kind in ClosureKind if kind is not ClosureKind.FAULT]


class Lab(Town):
    """Closures, faults, and time that passes."""

    @rule(first=PICKS, length=LENGTHS, kind=st.sampled_from(PLANNED), thing=THINGS)
    def close(self, first: int, length: int, kind: ClosureKind, thing: int) -> None:
        closing = Closing(self.ahead(first, length), kind, "检修")
        instrument_id, who = self.instruments[thing].key, self.scene.manager
        self.attempt(lambda uow: close(uow, instrument_id, closing, actor=who, now=self.now))

    @rule(pick=PICKS)
    def lift(self, pick: int) -> None:
        planned = col(Closure.kind) != ClosureKind.FAULT
        found = self.one_of(Closure, pick, col(Closure.lifted_at).is_(None), planned)
        if found:
            key, who = found.key, self.scene.manager
            self.attempt(lambda uow: lift(uow, key, actor=who, now=self.now))

    @rule(thing=THINGS, length=LENGTHS)
    def break_down(self, thing: int, length: int) -> None:
        who, until = self.scene.manager, self.now + length * HALF_HOUR

        def deed(uow: UnitOfWork) -> None:
            here = self.instruments[thing].key
            broken = report_fault(uow, here, "漏气", actor=who, now=self.now)
            close_for_fault(uow, broken.key, actor=who, now=self.now, until=until)

        self.attempt(deed)

    @rule(pick=PICKS)
    def repair(self, pick: int) -> None:
        found = self.one_of(Fault, pick, col(Fault.closure_id).is_not(None))
        if found:
            key, who = found.key, self.scene.manager
            self.attempt(lambda uow: repair_fault(uow, key, "修好", actor=who, now=self.now))

    @rule(half=st.integers(1, 24))
    def time_passes(self, half: int) -> None:
        self.now += half * HALF_HOUR

    @rule(job=st.sampled_from(SWEEPS))
    def the_clock_sweeps(self, job: Callable[[UnitOfWork, datetime], int]) -> None:
        self.attempt(lambda uow: job(uow, self.now))

    @rule()
    def all_jobs_run(self) -> None:
        for job in SWEEPS:
            self.the_clock_sweeps(job=job)
