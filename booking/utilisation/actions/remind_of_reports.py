"""Remind whoever files of reports that come due."""

from datetime import datetime

from booking.access.actor import Reach
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.utilisation.events import ReportDue
from booking.utilisation.models import ReportReminder
from booking.utilisation.queries.due_reports import owners_reminded, units_reporting
from booking.utilisation.report.due import Open, open_reports

_EVERYBODY = Reach(everywhere=True, organisation_ids=frozenset(), lab_ids=frozenset())


def remind_of_reports(uow: UnitOfWork, *, now: datetime) -> int:
    """Once for each report: from some days before it is due on, whenever the clock comes round."""
    today = local(now).date()
    units = units_reporting(uow.session, _EVERYBODY)
    open_now = list(open_reports(uow.session, units, now=now, zone=True))
    near = [one for one in open_now if one.deadline.is_near(one.report.period, today)]
    return sum(_remind(uow, one, now=now) for one in near)


def _remind(uow: UnitOfWork, one: Open, *, now: datetime) -> int:
    kind, period = one.report.kind, one.report.period
    known = owners_reminded(uow.session, kind, period.code)
    owners = [owner for unit in one.units if (owner := unit.id if unit else None) not in known]
    uow.session.add_all(
        ReportReminder(kind=kind, organisation_id=owner, period=period.code, reminded_at=now)
        for owner in owners
    )
    uow.session.flush()
    for owner in owners:
        uow.announce(
            ReportDue(
                at=now,
                actor_id=None,
                subject="zone:all" if owner is None else f"organisation:{owner}",
                cause=f"{kind.value} {period.code}",
                organisation_id=owner,
                kind=kind.value,
                period=period.code,
                due=one.deadline.due(period),
            )
        )
    return len(owners)
