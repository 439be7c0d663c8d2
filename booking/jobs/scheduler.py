"""The table of jobs → APScheduler. The only file that imports it.

Nothing is remembered by the scheduler: what is due follows from the clock and the run ledger. One
process of many drives the clock, under a lease that it renews; the others stand by.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor  # noqa: TID251 - it lives here
from apscheduler.schedulers.background import BackgroundScheduler  # noqa: TID251
from apscheduler.triggers.cron import CronTrigger  # noqa: TID251
from apscheduler.triggers.interval import IntervalTrigger  # noqa: TID251
from sqlalchemy.exc import OperationalError

from booking.db.transactions import unit_of_work
from booking.jobs import lease
from booking.jobs.runner import Runner
from booking.jobs.schedule import Job
from booking.kernel.clock import LOCAL, SystemClock

CLOCK_LEASE = "clock"
PULSE = timedelta(seconds=15)
LEASE = 3 * PULSE
# The machine may sleep, the process may be held up: late is better than never.
GRACE_SECONDS = 12 * 3600


@dataclass
class Driver:
    """One process's part in driving the clock."""

    runner: Runner
    driving: bool = False

    def pulse(self) -> bool:
        """Take or renew the lease."""
        self.driving = self._renewed()
        return self.driving

    def fire(self, job: Job) -> None:
        """A due moment came: serve it, if the clock is ours."""
        if self.driving:
            self.runner.run_due(job)

    def catch_up(self) -> None:
        """Look for due moments unserved: failures, crashes of others, a clock that was moved."""
        if self.driving or self.pulse():
            self.runner.catch_up()

    def stop(self) -> None:
        """Let another process drive at once."""
        if self.driving:
            self.driving = False
            now = self.runner.clock.now()
            with unit_of_work(self.runner.engine, {}) as uow:
                lease.give_back(uow.session, self._claim(), now=now)

    def _renewed(self) -> bool:
        try:
            with unit_of_work(self.runner.engine, {}) as uow:
                return lease.take(uow.session, self._claim(), now=self.runner.clock.now())
        except OperationalError:
            return False

    def _claim(self) -> lease.Claim:
        return lease.Claim(CLOCK_LEASE, self.runner.owner, LEASE)


@dataclass(frozen=True, slots=True)
class RunningClock:
    """A started scheduler and how to end it."""

    scheduler: BackgroundScheduler
    driver: Driver

    def stop(self) -> None:
        """Finish what runs, start nothing more, hand over."""
        self.scheduler.shutdown(wait=True)
        self.driver.stop()


def trigger_of(job: Job) -> CronTrigger:
    """APScheduler's form of a timetable, in the zone's own time whatever the machine's."""
    return CronTrigger(timezone=LOCAL, **job.when.cron)


def start_clock(runner: Runner) -> RunningClock:
    """Start threads that run jobs until `stop`."""
    driver = Driver(runner)
    scheduler = BackgroundScheduler(
        timezone=LOCAL,
        executors={"default": ThreadPoolExecutor(len(runner.jobs) + 2)},
        job_defaults={
            "coalesce": True,
            "max_instances": 1,
            "misfire_grace_time": GRACE_SECONDS,
        },
    )
    for job in runner.jobs:
        scheduler.add_job(driver.fire, trigger_of(job), args=[job], id=job.id, name=job.id)
    _regularly(scheduler, driver.pulse, PULSE)
    # And at once: what came due while no process was there. Not as a job for one moment: stopped
    # in that moment, the scheduler would stumble over it.
    _regularly(scheduler, driver.catch_up, timedelta(minutes=1), first=SystemClock().now())
    scheduler.start()
    return RunningClock(scheduler, driver)


def _regularly(
    scheduler: BackgroundScheduler,
    work: Callable[[], object],
    every: timedelta,
    *,
    first: datetime | None = None,
) -> None:
    trigger = IntervalTrigger(seconds=int(every.total_seconds()), timezone=LOCAL)
    begins = {"next_run_time": first} if first else {}
    scheduler.add_job(work, trigger, id=work.__name__, name=work.__name__, **begins)
