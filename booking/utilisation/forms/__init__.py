"""What addresses say about utilisation, and how far a reader sees: sums of districts and the zone
whole, the rest as far as it concerns them.

Everybody else reads what is published, where nothing tells of fewer than three users.
"""

from dataclasses import fields
from datetime import date, datetime
from typing import Annotated, Final

from fastapi import Depends, Request
from pydantic import BaseModel, Field, create_model, field_validator, model_validator

from booking.access.actor import Actor, Reach
from booking.access.guards import NotSignedIn
from booking.access.permissions import Permission
from booking.instruments.rules.categories import Category
from booking.kernel.clock import local
from booking.kernel.errors import Forbidden
from booking.kernel.periods import Period
from booking.organisations.rules import District
from booking.utilisation.errors import PeriodUnreadable
from booking.utilisation.queries.kept import EVERYTHING, Sight
from booking.utilisation.queries.promised import PromiseSource
from booking.utilisation.queries.single_uses import GrantSource, NothingGranted
from booking.utilisation.report.pooled import Asked, By
from booking.utilisation.report.reading import sees_subsidy
from booking.utilisation.rules.advice import Thresholds
from booking.utilisation.rules.indicators import RatedHours
from booking.utilisation.rules.pieces import period_of, pieces_of
from booking.utilisation.rules.sj3 import BY_CODE, TO_TYPE
from booking.utilisation.rules.week import Hour
from booking.web.texts import text

READ = Permission.UTILISATION_READ
# An academic year begins on 1 September.
_YEAR_BEGINS: Final = 9
OPEN_TO_ALL: Final = (By.DISTRICT, By.ZONE)
RowId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class Narrowed(BaseModel):
    """Query parameters of the page and the API alike."""

    period: Annotated[str, Field(max_length=22)] = ""
    # Days of one's own instead of a period, the last included.
    first: date | None = None
    last: date | None = None
    by: By | None = None
    # Yearly rated hours for every instrument; without it 1400 for general, 800 for special ones.
    rated_hours: Annotated[int, Field(ge=1, le=8784)] | None = None
    # Utilisation of more than all is shown as all.
    cap: bool = False
    # Original value in yuan from which instruments are in scope.
    least_value: Annotated[int, Field(ge=0, le=10**10)] | None = None
    lab: RowId | None = None
    instrument: RowId | None = None
    organisation: RowId | None = None
    district: District | None = None
    category: Category | None = None

    @field_validator(
        "first", "last", "by", "rated_hours", "least_value", "district", "category", mode="before"
    )
    @classmethod
    def _left_empty(cls, value: object) -> object:
        """A form says nothing of a field by sending it empty."""
        return None if value == "" else value

    def period_or(self, present: Period) -> Period:
        if self.first is not None and self.last is not None:
            return readable(f"{self.first.isoformat()}..{self.last.isoformat()}")
        return readable(self.period) if self.period else present

    @property
    def rated(self) -> RatedHours:
        return RatedHours() if self.rated_hours is None else RatedHours.same(self.rated_hours)


def _grant_source(request: Request) -> GrantSource:
    source: GrantSource = request.app.state.grant_source
    return source


GrantsDep = Annotated[GrantSource, Depends(_grant_source)]


def _promise_source(request: Request) -> PromiseSource:
    source: PromiseSource = request.app.state.promise_source
    return source


PromisesDep = Annotated[PromiseSource, Depends(_promise_source)]


class OfHour(Narrowed):
    """Perhaps of one hour of the week."""

    # Monday is 0; both or neither.
    weekday: Annotated[int, Field(ge=0, le=6)] | None = None
    hour: Annotated[int, Field(ge=0, le=23)] | None = None

    @property
    def hour_of_week(self) -> Hour | None:
        if self.weekday is None or self.hour is None:
            return None
        return self.weekday, self.hour


class UnmetNarrowed(OfHour):
    """What unmet demand is asked for."""

    # So many of the requests behind the figures were shown before.
    skip: Annotated[int, Field(ge=0, le=10**6)] = 0


Percent = Annotated[int, Field(ge=0, le=1000)]
Least = Annotated[int, Field(ge=0, le=100_000)]
_USUAL: Final = Thresholds()


class AdviceNarrowed(UnmetNarrowed):
    """What advice is asked for, and from where on something is said."""

    least_hours: Least = _USUAL.least_hours
    least_bookings: Least = _USUAL.least_bookings
    least_weeks: Least = _USUAL.least_weeks
    longer_percent: Percent = _USUAL.longer_percent
    missed_percent: Percent = _USUAL.missed_percent
    full_percent: Percent = _USUAL.full_percent
    idle_percent: Percent = _USUAL.idle_percent
    repair_hours: Least = _USUAL.repair_hours
    reach_hours: Least = _USUAL.reach_hours

    @model_validator(mode="before")
    @classmethod
    def _usual_where_empty(cls, told: dict[str, object]) -> dict[str, object]:
        """Whoever empties a threshold wants the usual one again."""
        names = {one.name for one in fields(Thresholds)}
        return {name: value for name, value in told.items() if name not in names or value != ""}

    @property
    def thresholds(self) -> Thresholds:
        return Thresholds(**{one.name: getattr(self, one.name) for one in fields(Thresholds)})


def unmet_asked_by(reader: Actor, wanted: UnmetNarrowed, *, now: datetime) -> Asked:
    """What this reader may ask of unmet demand: the year so far, of the instruments in reach."""
    return Asked(
        period=wanted.period_or(Period.parse(str(local(now).year))),
        by=wanted.by or By.INSTRUMENT,
        sight=_sight(reader.reach(READ), wanted),
        rated=wanted.rated,
    )


def readable(code: str) -> Period:
    """The period of a code."""
    try:
        return period_of(code)
    except ValueError as broken:
        raise PeriodUnreadable(period=code) from broken


def may_read(visitor: Actor | None) -> bool:
    """Whether more than what is published is theirs to see."""
    return visitor is not None and visitor.may(READ)


def sees_income(visitor: Actor | None, by: By) -> bool:
    """Income is nobody's business but the provider's and the centre's."""
    if visitor is None or not visitor.may(READ):
        return False
    return by not in OPEN_TO_ALL or visitor.reach(READ).everywhere


def asked_by(
    visitor: Actor | None,
    wanted: Narrowed,
    *,
    now: datetime,
    grants: GrantSource | None = None,
) -> Asked:
    """What this reader may ask, or the refusal."""
    reader = _reader(visitor)
    by = wanted.by or By.DISTRICT
    period = wanted.period_or(Period.month_at(now))
    reach = EVERYTHING if _is_open(wanted, by, period) else reader.reach(READ)
    return Asked(
        period=period,
        by=by,
        sight=_sight(reach, wanted),
        rated=wanted.rated,
        cap=wanted.cap,
        grants=grants if grants is not None and sees_subsidy(visitor) else NothingGranted(),
    )


def _sight(reach: Reach, wanted: Narrowed) -> Sight:
    return Sight(
        reach=reach,
        lab_id=wanted.lab,
        instrument_id=wanted.instrument,
        organisation_id=wanted.organisation,
        district=wanted.district,
        category=wanted.category,
        least_value_fen=(wanted.least_value or 0) * 100,
    )


def _is_open(wanted: Narrowed, by: By, period: Period) -> bool:
    """Sums over many, not cut so finely that one instrument stands out."""
    finer = (wanted.lab, wanted.instrument, wanted.organisation, wanted.category)
    cut = any(one is not None for one in (*finer, wanted.least_value))
    return by in OPEN_TO_ALL and not cut and all(p.is_whole for p in pieces_of(period))


def _reader(visitor: Actor | None) -> Actor:
    if visitor is None:
        raise NotSignedIn
    if not visitor.may(READ):
        raise Forbidden(permission=READ.value)
    return visitor


def sheets_reach(actor: Actor) -> Reach:
    """How far somebody sees yearly sheets: who reads utilisation, and who runs the organisation."""
    return _together(actor, READ, Permission.ORGANISATION_MANAGE)


def keepers_reach(actor: Actor) -> Reach:
    """For whom somebody has something to do about reports: who keeps labs, who runs providers."""
    return _together(actor, Permission.INSTRUMENT_MANAGE, Permission.ORGANISATION_MANAGE)


def _together(actor: Actor, *permissions: Permission) -> Reach:
    reaches = [actor.reach(permission) for permission in permissions]
    return Reach(
        everywhere=any(reach.everywhere for reach in reaches),
        organisation_ids=frozenset().union(*(reach.organisation_ids for reach in reaches)),
        lab_ids=frozenset().union(*(reach.lab_ids for reach in reaches)),
    )


AcademicYear = Annotated[str, Field(pattern=r"^AY(19|20|21)[0-9]{2}$")]


class SheetNamed(BaseModel):
    """Whose sheet of which academic year."""

    organisation: RowId | None = None
    period: AcademicYear | None = None

    def period_or_last(self, today: date) -> Period:
        """The year that ended last, unless another is named."""
        ended = today.year - 1 if today.month >= _YEAR_BEGINS else today.year - 2
        return Period.parse(self.period or f"AY{ended}")


class SheetOf(BaseModel):
    """The same, both named."""

    organisation: RowId
    period: AcademicYear


class SchoolForm(SheetOf):
    """What the ministry calls an organisation."""

    school_code: Annotated[str, Field(pattern=r"^[0-9]{5}$")]


def _field_of_year(code: str) -> object:
    field = BY_CODE[code]
    if field.is_number:
        return Annotated[int | None, Field(ge=0, le=10**field.width - 1)]
    return Annotated[str, text(field.width)]


# One field for everything that a lab may type; bytes are counted when the sheet is looked at.
YearForm = create_model(
    "YearForm",
    period=(AcademicYear, ...),
    **{  # type: ignore[call-overload]  # fields come from the table of the sheet
        code: (_field_of_year(code), None if BY_CODE[code].is_number else "") for code in TO_TYPE
    },
)
