"""The table of jobs: what, when, by which function, and what its period is called.

Every job is a sweep over what is due, so that one run makes good for all that were missed; it is
also run when a process starts and finds the last due moment unserved.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial

from booking.accounts import jobs as accounts
from booking.analytics import jobs as analytics
from booking.audit import jobs as audit
from booking.db.outside import Outside, Sent
from booking.db.transactions import UnitOfWork
from booking.files import jobs as files
from booking.instruments import jobs as instruments
from booking.jobs import housekeeping
from booking.jobs.errors import UnknownJob
from booking.jobs.timetable import Daily, EveryMinutes, Monthly, Timetable
from booking.kernel.clock import local
from booking.kernel.periods import Period
from booking.loans import jobs as loans
from booking.needs import jobs as needs
from booking.notifications import jobs as notifications
from booking.orders import jobs as orders
from booking.organisations import jobs as organisations
from booking.reservations import jobs as reservations
from booking.subsidies import jobs as subsidies
from booking.subsidies.queries.catalogue import ProgrammeSubsidies
from booking.subsidies.queries.granted import LockedGrants
from booking.training import jobs as training
from booking.utilisation import jobs as utilisation
from booking.vouchers import jobs as vouchers

Work = Callable[[UnitOfWork, datetime], int]
OutsideWork = Callable[[Outside, datetime], Sent]
Name = Callable[[datetime], str]

_DAY = timedelta(days=1)


def nameless(_: datetime) -> str:
    """A sweep of every few minutes is about no period."""
    return ""


def the_day_before(due_at: datetime) -> str:
    """Nightly work is about the day that ended."""
    return (local(due_at) - _DAY).date().isoformat()


def the_month_before(due_at: datetime) -> str:
    """Monthly work is about the month that ended."""
    return Period.month(local(due_at).date().replace(day=1) - _DAY).code


def nothing(uow: UnitOfWork, now: datetime) -> int:  # noqa: ARG001 - a job's shape
    """What is left to do in the house by a job that is done outside."""
    return 0


@dataclass(frozen=True, slots=True)
class Job:
    """A function with a timetable; `work(uow, now)` answers how many rows it touched.

    `outside` is done before it, with no transaction open; between two of its deeds it must stay
    well within a lease.
    `after` names a job on whose results it stands: it waits until that one is served.
    """

    id: str
    when: Timetable
    work: Work
    period: Name = nameless
    outside: OutsideWork | None = None
    after: str = ""


# What programmes pay for is known a room above the searches and the reports that ask it.
_match_saved_searches = partial(needs.match_saved_searches, programmes=ProgrammeSubsidies())
_keep_zone_reports = partial(utilisation.keep_zone_reports, grants=LockedGrants())

# In the order in which one run of all must go: what is counted and settled comes last.
JOBS: tuple[Job, ...] = (
    Job("expire_requests", EveryMinutes(1), reservations.expire_requests),
    Job("lapse_asks", EveryMinutes(1), reservations.lapse_asks),
    Job("expire_offers", EveryMinutes(1), reservations.expire_offers),
    Job("put_off_repairs", EveryMinutes(1), instruments.put_off_repairs),
    Job("note_overruns", EveryMinutes(1), reservations.note_overruns),
    Job("mark_no_shows", EveryMinutes(5), reservations.mark_no_shows),
    Job("close_forgotten", EveryMinutes(5), reservations.close_forgotten),
    Job("confirm_silent", EveryMinutes(5), reservations.confirm_silent),
    Job("remind_of_bookings", EveryMinutes(1), notifications.remind),
    Job("deliver_letters", EveryMinutes(1), nothing, outside=notifications.deliver_letters),
    Job("deliver_webhooks", EveryMinutes(1), nothing, outside=notifications.deliver_webhooks),
    Job("import_sheets", EveryMinutes(1), nothing, outside=instruments.import_sheets),
    Job("keep_prints", EveryMinutes(1), nothing, outside=subsidies.keep_prints),
    Job("export_statements", EveryMinutes(1), nothing, outside=subsidies.export_statements),
    Job("import_bank_files", EveryMinutes(1), nothing, outside=loans.import_bank_files),
    Job("refile_cards", EveryMinutes(1), instruments.refile_cards),
    Job("match_saved_searches", EveryMinutes(1), _match_saved_searches),
    Job("chain_audit", EveryMinutes(1), audit.chain_entries),
    Job("run_simulations", EveryMinutes(1), nothing, outside=subsidies.run_simulations),
    Job("redraw_stale", EveryMinutes(1), subsidies.redraw_stale),
    Job("settle_month", Monthly(time(2, 0)), subsidies.settle_last_month, the_month_before),
    Job("roll_up_utilisation", Daily(time(3, 30)), utilisation.roll_up, the_day_before),
    Job(
        "keep_days",
        Daily(time(3, 40)),
        nothing,
        the_day_before,
        utilisation.keep_days,
        after="roll_up_utilisation",
    ),
    Job(
        "keep_zone_reports",
        Daily(time(3, 40)),
        nothing,
        the_day_before,
        _keep_zone_reports,
        after="roll_up_utilisation",
    ),
    Job(
        "publish_open_figures",
        Daily(time(3, 50)),
        nothing,
        the_day_before,
        utilisation.publish_open_figures,
        after="roll_up_utilisation",
    ),
    Job(
        "deliver_analytics",
        Daily(time(4, 50)),
        nothing,
        the_day_before,
        analytics.deliver_analytics,
        after="roll_up_utilisation",
    ),
    Job("forget_old_sign_ins", Daily(time(4, 0)), accounts.forget_old_sign_ins, the_day_before),
    Job("forget_letters", Daily(time(4, 5)), notifications.forget_letters, the_day_before),
    Job("remind_of_expiry", Daily(time(8, 0)), organisations.remind_of_expiry),
    Job("remind_of_filings", Daily(time(8, 10)), instruments.remind_of_filings),
    Job("remind_of_reports", Daily(time(8, 12)), utilisation.remind_of_reports),
    Job("remind_of_trainings", Daily(time(8, 15)), training.remind_of_trainings),
    Job("lapse_needs", Daily(time(0, 10)), needs.lapse_needs, the_day_before),
    Job("lapse_quotes", Daily(time(0, 12)), orders.lapse_quotes, the_day_before),
    Job("accept_reports", Daily(time(0, 14)), orders.accept_reports, the_day_before),
    Job("expire_draws", Daily(time(0, 18)), loans.expire_draws, the_day_before),
    Job("reckon_overdue", Daily(time(0, 20)), loans.reckon_overdue, the_day_before),
    Job("judge_promises", Daily(time(0, 22)), loans.judge_promises, the_day_before),
    Job("warn_of_promises", Daily(time(8, 30)), loans.warn_of_promises),
    Job("tell_labs_of_needs", Daily(time(8, 15)), needs.tell_labs),
    Job("tell_of_new_cards", Daily(time(8, 20)), needs.tell_of_new_cards),
    Job("warn_of_token_ends", Daily(time(8, 5)), accounts.warn_of_token_ends),
    Job(
        "close_and_anonymise",
        Daily(time(4, 7)),
        accounts.close_and_anonymise,
        the_day_before,
    ),
    Job(
        "expire_vouchers",
        Daily(time(0, 16)),
        vouchers.expire_vouchers,
        the_day_before,
        vouchers.expire_in_pieces,
    ),
    Job(
        "warn_of_vouchers",
        Daily(time(8, 25)),
        vouchers.warn_of_vouchers,
        outside=vouchers.warn_in_pieces,
    ),
    Job("tidy_up", Daily(time(4, 10)), housekeeping.tidy_up, the_day_before),
    Job("forget_sheets", Daily(time(4, 12)), instruments.forget_sheets, the_day_before),
    Job("forget_exports", Daily(time(4, 13)), subsidies.forget_exports, the_day_before),
    Job("sweep_files", Daily(time(4, 15)), files.sweep_files, the_day_before),
    Job("prove_ledger", Daily(time(4, 20)), housekeeping.prove_ledger, the_day_before),
    Job("prove_statements", Daily(time(4, 30)), subsidies.prove_statements, the_day_before),
    Job("prove_audit", Daily(time(4, 40)), audit.prove_chain, the_day_before),
)


def job_named(name: str) -> Job:
    """The job of that name."""
    for job in JOBS:
        if job.id == name:
            return job
    raise UnknownJob(job=name)
