"""Keep reports on a zone of many instruments where every process finds them."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.db.inserts import insert_or_lock
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.kernel.periods import Period
from booking.utilisation.models import ZoneReport
from booking.utilisation.queries.single_uses import GrantSource, NothingGranted
from booking.utilisation.queries.zone_reports import kept_of, number_kept
from booking.utilisation.report.pooled import Asked, By, looked_over
from booking.utilisation.report.written import (
    HOLDS_FOR,
    Made,
    as_text,
    is_worth_keeping,
    kept_as,
    words_of,
)

# What pages ask first. Lists of labs and instruments are pooled when somebody wants them.
USUAL: Final = (By.ORGANISATION, By.DISTRICT, By.CLASS, By.ZONE)
# Nobody fills a table by asking for every month since 1970.
KEPT_AT_MOST: Final = 500
# Every night they are reckoned anew; a run that is broken off goes on where it was.
ANEW_AFTER: Final = timedelta(hours=12)


def keep_report(uow: UnitOfWork, made: Made) -> bool:
    """Put a report where others find it, in place of an older one; whether it was wanted."""
    if made.asked in kept_of(uow.session, made.stamp, since=made.at - ANEW_AFTER):
        return False
    if _is_full(uow) and not (
        forget_reports(uow, but=made.stamp, now=made.at) and not _is_full(uow)
    ):
        return False
    row = {"asked": made.asked, "stamp": made.stamp, "made_at": made.at}
    row["content"] = as_text(made.report)
    insert_or_lock(uow.session, ZoneReport, [row], key="asked")
    same = col(ZoneReport.asked) == made.asked
    uow.session.execute(sa.update(ZoneReport).where(same).values(row))
    return True


def forget_reports(uow: UnitOfWork, *, but: str, now: datetime) -> int:
    """Forget those that were made of something else, or too long ago."""
    old = sa.delete(ZoneReport).where(
        (col(ZoneReport.stamp) != but) | (col(ZoneReport.made_at) < now - HOLDS_FOR)
    )
    return len(uow.session.execute(old.returning(col(ZoneReport.id))).all())


def usual_periods(now: datetime) -> tuple[Period, ...]:
    """The month and the year that run, and those that ended last."""
    month, year = Period.month_at(now), local(now).year
    before = Period.month(date.fromordinal(month.first.toordinal() - 1))
    return month, before, Period.parse(str(year)), Period.parse(str(year - 1))


def usual_reports(
    session: Session, period: Period, stamp: str, *, grants: GrantSource, now: datetime
) -> list[Made]:
    """The reports of a period that pages ask for first and that are not kept as things are; both
    with what programmes paid and without, unless nobody is told of that."""
    plain = Asked(period=period, by=By.ZONE)
    made = _missing(session, plain, stamp, now=now)
    known = kept_as(session, words_of(plain, now=now), stamp, now=now)
    if any(one.report.whole.users is None for one in (*made, known) if one):
        return made
    return made + _missing(session, replace(plain, grants=grants), stamp, now=now)


def _missing(session: Session, asked: Asked, stamp: str, *, now: datetime) -> list[Made]:
    """Counted once, pooled in every usual way."""
    there = kept_of(session, stamp, since=now - ANEW_AFTER)
    told = not isinstance(asked.grants, NothingGranted)
    paid = asked.grants.stamp(session) if told else None
    words = {by: words_of(replace(asked, by=by), now=now, paid=paid) for by in USUAL}
    wanted = [by for by in USUAL if words[by] not in there]
    if not wanted:
        return []
    looked = looked_over(session, asked, now=now)
    reports = {by: looked.by(by) for by in wanted}
    return [
        Made(words[by], stamp, now, report)
        for by, report in reports.items()
        if is_worth_keeping(asked, report)
    ]


def _is_full(uow: UnitOfWork) -> bool:
    return number_kept(uow.session) >= KEPT_AT_MOST
