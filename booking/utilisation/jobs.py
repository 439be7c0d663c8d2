"""The roll-up as a nightly sweep, what is published and kept of it, and reminders of reports."""

import logging
from datetime import datetime

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from booking.db.outside import Outside, Sent
from booking.db.patience import take_your_time
from booking.db.transactions import UnitOfWork, read_session, unit_of_work
from booking.utilisation.actions import keep_reports, publish_figures
from booking.utilisation.actions import remind_of_reports as reminding
from booking.utilisation.actions import roll_up as deed
from booking.utilisation.actions.keep_days import keep, spent_by
from booking.utilisation.queries.changes import stamp_of
from booking.utilisation.queries.days import parts_to_keep
from booking.utilisation.queries.single_uses import GrantSource
from booking.utilisation.report.remembered import MANY
from booking.utilisation.report.written import Made

_log = logging.getLogger(__name__)


def roll_up(uow: UnitOfWork, now: datetime) -> int:
    """Redo the instrument months that changed since the last time."""
    return deed.roll_up(uow, now=now)


def keep_days(outside: Outside, now: datetime) -> Sent:
    """Keep the days of the labs whose months were rolled up, part by part, while nobody waits."""
    with read_session(outside.engine) as session:
        take_your_time(session)
        parts = parts_to_keep(session)
    for part in parts:
        with read_session(outside.engine) as session:
            take_your_time(session)
            days = spent_by(session, part)
        with outside.deed() as uow:
            keep(uow, part, days, now=now)
    return Sent(len(parts))


def remind_of_reports(uow: UnitOfWork, now: datetime) -> int:
    """Tell whoever files what comes due."""
    return reminding.remind_of_reports(uow, now=now)


def publish_open_figures(outside: Outside, now: datetime) -> Sent:
    """Publish the years that changed; they are drawn up while nobody waits."""
    with read_session(outside.engine) as session:
        years = publish_figures.years_to_publish(session, now=now)
    for year in years:
        with read_session(outside.engine) as session:
            take_your_time(session)
            through, lines = publish_figures.drawn_up(session, year, now=now)
        with outside.deed() as uow:
            publish_figures.publish(uow, year, through, lines=lines, now=now)
    return Sent(len(years))


def keep_zone_reports(
    outside: Outside, now: datetime, *, grants: GrantSource, many: int = MANY
) -> Sent:
    """Reckon what everybody looks at by day, in a zone where it takes long; forget what was.

    One period after the other, so that a run that is broken off goes on where it was."""
    with read_session(outside.engine) as session:
        found = stamp_of(session)
    stamp = found.of_roll_up().code
    with outside.deed() as uow:
        rows = keep_reports.forget_reports(uow, but=stamp, now=now)
    if found.instruments < many:
        return Sent(rows)
    for period in keep_reports.usual_periods(now):
        with read_session(outside.engine) as session:
            take_your_time(session)
            made = keep_reports.usual_reports(session, period, stamp, grants=grants, now=now)
        with outside.deed() as uow:
            rows += sum(keep_reports.keep_report(uow, one) for one in made)
    return Sent(rows)


def keep_if_it_can_be(engine: Engine, made: Made) -> None:
    """What somebody waited for, kept for others; where the database is busy, the next one tries."""
    try:
        with unit_of_work(engine, {}) as uow:
            keep_reports.keep_report(uow, made)
    except SQLAlchemyError:
        _log.warning("a report could not be kept", exc_info=True)
