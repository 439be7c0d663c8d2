"""A year's calendar of all that a report is about, for whoever may see its days."""

from datetime import date, datetime
from typing import Final

from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.utilisation.report.counting import can_be_of_a_day
from booking.utilisation.report.pooled import Asked, Report
from booking.utilisation.report.week import LOOKED_AT, days_in, days_kept, looked_at
from booking.utilisation.routes.drawing_days import drawn_days
from booking.web.pictures import Picture
from booking.web.rendering import Page

# Fewer months show little that their hours of the week do not.
LEAST_MONTHS: Final = 2


def calendar_of(
    session: Session,
    page: Page,
    asked: Asked,
    report: Report,
    *,
    said: dict[str, str | int],
    now: datetime,
) -> tuple[Picture | None, bool]:
    """Its days as a picture, if there are any, and whether they are as of the last nightly count:
    few instruments are looked at as they are now."""
    if len(report.months) < LEAST_MONTHS:
        return None, False
    few = report.whole.instruments * len(report.months) <= LOOKED_AT
    looked = looked_at(session, asked, now=now) if few else None
    spent = days_kept(session, asked) if looked is None else days_in(looked)
    if not spent:
        return None, False

    def leads(on: date) -> str:
        told = said | {"by": asked.by.value, "first": on.isoformat(), "last": on.isoformat()}
        return page.url("utilisation", **told)

    leads_on = leads if can_be_of_a_day(report.whole.instruments) else None
    return drawn_days(spent, [line.piece.month for line in report.months], leads_on), looked is None


def sees_days(visitor: Actor | None, asked: Asked) -> bool:
    """Sums of districts and the zone are everybody's by whole months only; days are for those in
    whose reach all of it is."""
    if visitor is None:
        return False
    reach = visitor.reach(Permission.UTILISATION_READ)
    return reach.everywhere or reach == asked.sight.reach
