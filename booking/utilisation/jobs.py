"""The roll-up as a nightly sweep, what is published of it, and reminders of reports."""

from datetime import datetime

from booking.db.outside import Outside, Sent
from booking.db.patience import take_your_time
from booking.db.transactions import UnitOfWork, read_session
from booking.utilisation.actions import publish_figures
from booking.utilisation.actions import remind_of_reports as reminding
from booking.utilisation.actions import roll_up as deed
from booking.utilisation.actions.keep_days import keep, spent_by
from booking.utilisation.queries.days import parts_to_keep


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
