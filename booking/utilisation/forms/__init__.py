"""What addresses say about utilisation, and how far a reader sees: districts are open to everybody,
the rest to those it concerns."""

from datetime import date, datetime
from typing import Annotated, Final

from pydantic import BaseModel, Field, create_model

from booking.access.actor import Actor, Reach
from booking.access.guards import NotSignedIn
from booking.access.permissions import Permission
from booking.kernel.errors import Forbidden
from booking.kernel.periods import Period
from booking.utilisation.errors import PeriodUnreadable
from booking.utilisation.queries.kept import EVERYTHING, Sight
from booking.utilisation.report.pooled import Asked, By
from booking.utilisation.rules.indicators import RatedHours
from booking.utilisation.rules.sj3 import BY_CODE, TO_TYPE
from booking.web.texts import text

READ = Permission.UTILISATION_READ
# An academic year begins on 1 September.
_YEAR_BEGINS: Final = 9


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


RowId = Annotated[int, Field(ge=1, le=2**63 - 1)]
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
