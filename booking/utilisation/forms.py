"""What addresses say about utilisation, and how far a reader sees: districts are open to everybody,
the rest to those it concerns."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from booking.access.actor import Actor
from booking.access.guards import NotSignedIn
from booking.access.permissions import Permission
from booking.kernel.errors import Forbidden
from booking.kernel.periods import Period
from booking.utilisation.errors import PeriodUnreadable
from booking.utilisation.queries.kept import EVERYTHING, Sight
from booking.utilisation.report import Asked, By
from booking.utilisation.rules.indicators import RatedHours

READ = Permission.UTILISATION_READ


class Narrowed(BaseModel):
    """Query parameters of the page and the API alike."""

    period: Annotated[str, Field(max_length=8)] = ""
    by: By | None = None
    # Yearly rated hours for every instrument; without it 1400 for general, 800 for special ones.
    rated_hours: Annotated[int, Field(ge=1, le=8784)] | None = None
    lab: int | None = None
    instrument: int | None = None

    def period_or(self, present: Period) -> Period:
        return readable(self.period) if self.period else present

    @property
    def rated(self) -> RatedHours:
        return RatedHours() if self.rated_hours is None else RatedHours.same(self.rated_hours)


def readable(code: str) -> Period:
    """The period of a code."""
    try:
        return Period.parse(code)
    except ValueError as broken:
        raise PeriodUnreadable(period=code) from broken


def may_read(visitor: Actor | None) -> bool:
    """Whether more than the open figures is theirs to see."""
    return visitor is not None and visitor.may(READ)


def sees_income(visitor: Actor | None, by: By) -> bool:
    """Income is nobody's business but the provider's and the centre's."""
    if visitor is None or not visitor.may(READ):
        return False
    return by is not By.DISTRICT or visitor.reach(READ).everywhere


def asked_by(visitor: Actor | None, wanted: Narrowed, *, now: datetime) -> Asked:
    """What this reader may ask, or the refusal."""
    by = wanted.by or By.DISTRICT
    open_to_all = by is By.DISTRICT and wanted.lab is None and wanted.instrument is None
    return Asked(
        period=wanted.period_or(Period.month_at(now)),
        by=by,
        sight=Sight(
            reach=EVERYTHING if open_to_all else _reader(visitor).reach(READ),
            lab_id=wanted.lab,
            instrument_id=wanted.instrument,
        ),
        rated=wanted.rated,
    )


def _reader(visitor: Actor | None) -> Actor:
    if visitor is None:
        raise NotSignedIn
    if not visitor.may(READ):
        raise Forbidden(permission=READ.value)
    return visitor
