"""The roll-up as reports read it: instruments in sight, their kept sums, single kept months."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Reach
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.tables import INSTRUMENT
from booking.instruments.models.unit import Unit, UnitKind
from booking.instruments.rules.card import ShareMode
from booking.instruments.rules.categories import Category, category_of
from booking.instruments.states import InstrumentState
from booking.kernel.timespan import TimeSpan
from booking.organisations.models import Lab, Organisation
from booking.reservations.models.reservation import Reservation
from booking.utilisation.models import InstrumentMonth
from booking.utilisation.queries.cutting import KNOWN
from booking.utilisation.rules.months import MonthFigures
from booking.utilisation.rules.waterfall import Waterfall

Pair = tuple[int, str]

_IS_RETIRED: Final = col(Instrument.state) == InstrumentState.RETIRED
_IS_BOOKABLE: Final = sa.and_(
    col(Instrument.state) == InstrumentState.PUBLISHED,
    col(Instrument.share_mode) != ShareMode.NONE,
)
EVERYTHING: Final = Reach(everywhere=True, organisation_ids=frozenset(), lab_ids=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """An instrument, and whose it is."""

    id: int
    name: str
    lab_id: int
    lab_name: str
    organisation_id: int
    organisation_name: str
    district: str
    # What they are called on English pages; not everything has an English name.
    name_en: str = ""
    lab_name_en: str = ""
    organisation_name_en: str = ""
    category: Category | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentInSight(Owned):
    """An instrument, whose it is, and since when it counts."""

    general: bool
    bookable: bool
    units: int
    begun_at: datetime
    retired_at: datetime | None
    value_fen: int
    filing_due: date | None
    filed_on: date | None

    def counts_in(self, span: TimeSpan) -> bool:
        """Whether it counts in a month, given as its span."""
        return self.begun_at < span.end and (
            self.retired_at is None or self.retired_at >= span.start
        )

    def always_served(self, span: TimeSpan) -> bool:
        """Whether it came before and did not retire; most did."""
        return self.retired_at is None and self.begun_at <= span.start

    def served_in(self, span: TimeSpan) -> int:
        """Seconds of a span after it came and before it retired."""
        served = min(self.retired_at or span.end, span.end) - max(self.begun_at, span.start)
        return max(0, int(served.total_seconds()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Which instruments a report is about, and how far its reader may see."""

    reach: Reach = EVERYTHING
    lab_id: int | None = None
    instrument_id: int | None = None
    organisation_id: int | None = None
    district: str | None = None
    category: Category | None = None
    least_value_fen: int = 0
    # These and no others.
    instrument_ids: frozenset[int] | None = None


# An instrument and whose it is, as `owned` reads it.
OWNED: Final = (
    col(Instrument.id),
    col(Instrument.name),
    col(Instrument.lab_id),
    col(Lab.name),
    col(Lab.organisation_id),
    col(Organisation.name),
    col(Instrument.district),
    col(Instrument.name_en),
    col(Lab.name_en),
    col(Organisation.name_en),
    col(Instrument.category_code),
)


def instruments_in_sight(session: Session, sight: Sight) -> Sequence[InstrumentInSight]:
    """Instruments that ever were published, in order of their owners."""
    places = (
        sa.select(sa.func.count())
        .where(
            col(Unit.instrument_id) == col(Instrument.id),
            col(Unit.kind) == UnitKind.PLACE,
            col(Unit.active),
        )
        .scalar_subquery()
    )
    # A card may be younger than its first booking.
    booked_before = (
        sa.select(sa.func.min(col(Reservation.starts_at)))
        .where(
            col(Reservation.instrument_id) == col(Instrument.id),
            col(Reservation.starts_at) < col(Instrument.created_at),
        )
        .scalar_subquery()
    )
    asked = (
        sa.select(
            *OWNED,
            col(Instrument.general_purpose),
            col(Instrument.original_value_fen),
            col(Instrument.filing_due),
            col(Instrument.filed_on),
            col(Instrument.filing_exemption),
            _IS_BOOKABLE,
            places,
            sa.func.coalesce(booked_before, col(Instrument.created_at)),
            sa.case((_IS_RETIRED, col(Instrument.updated_at))),
        )
        .join(Lab, col(Lab.id) == col(Instrument.lab_id))
        .join(Organisation, col(Organisation.id) == col(Lab.organisation_id))
        .where(col(Instrument.state).in_(KNOWN), *conditions(sight))
        .order_by(col(Lab.organisation_id), col(Instrument.lab_id), col(Instrument.id))
    )
    return [_in_sight(row) for row in session.execute(asked)]


def conditions(sight: Sight) -> list[sa.ColumnElement[bool]]:
    """What a statement over instruments and their labs says of those in sight."""
    found: list[sa.ColumnElement[bool]] = []
    if not sight.reach.everywhere:
        found.append(
            col(Lab.id).in_(sight.reach.lab_ids)
            | col(Lab.organisation_id).in_(sight.reach.organisation_ids)
        )
    if sight.lab_id is not None:
        found.append(col(Lab.id) == sight.lab_id)
    if sight.category is not None:
        found.append(col(Instrument.category_code).startswith(sight.category.value))
    if sight.least_value_fen:
        found.append(col(Instrument.original_value_fen) >= sight.least_value_fen)
    if sight.instrument_ids is not None:
        found.append(col(Instrument.id).in_(sight.instrument_ids))
    same = (
        (col(Instrument.id), sight.instrument_id),
        (col(Lab.organisation_id), sight.organisation_id),
        (col(Instrument.district), sight.district),
    )
    return [*found, *(column == wanted for column, wanted in same if wanted is not None)]


def ids_in_sight(sight: Sight) -> sa.Select[int]:
    """The same instruments, for a statement that asks of all of them."""
    key: sa.ColumnElement[int] = INSTRUMENT.c.id
    asked = sa.select(key).select_from(Instrument)
    owned = asked.join(Lab, col(Lab.id) == col(Instrument.lab_id))
    return owned.where(col(Instrument.state).in_(KNOWN), *conditions(sight))


def owned(row: Sequence[Any]) -> dict[str, Any]:
    """The fields of `Owned`, from its columns."""
    *names, code = row
    fields = (
        "id name lab_id lab_name organisation_id organisation_name district"
        " name_en lab_name_en organisation_name_en"
    )
    return {**dict(zip(fields.split(), names, strict=True)), "category": category_of(code)}


def _in_sight(row: Sequence[Any]) -> InstrumentInSight:
    general, value, due, filed, exempt, bookable, units, begun_at, retired_at = row[len(OWNED) :]
    return InstrumentInSight(
        **owned(row[: len(OWNED)]),
        general=general,
        bookable=bool(bookable),
        units=units,
        begun_at=begun_at,
        retired_at=retired_at,
        value_fen=value,
        # By whose consent it is not filed, it need not be.
        filing_due=None if exempt else due,
        filed_on=filed,
    )


_SUMMED: Final = (
    "closed_seconds",
    "maintenance_seconds",
    "fault_seconds",
    "used_seconds",
    "booked_unused_seconds",
    "idle_seconds",
    "effective_seconds",
    "external_seconds",
    "bookings",
    "missed",
    "uses",
    "samples",
    "faults",
    "income_fen",
)


def kept_sums(
    session: Session, months: Collection[str], sight: Sight
) -> Mapping[int, tuple[MonthFigures, int]]:
    """What is kept of each instrument over some months, and in how many of them."""
    owner, month = col(InstrumentMonth.instrument_id), col(InstrumentMonth.month)
    columns = (getattr(InstrumentMonth, name) for name in _SUMMED)
    sums = [sa.cast(sa.func.sum(column), sa.BigInteger) for column in columns]
    asked = sa.select(owner, sa.func.count(), *sums).group_by(owner)
    if sight == Sight() and len(months) > 1 and session.get_bind().dialect.name == "sqlite":
        # In order of instruments: in order of months it would sort them all.
        asked = asked.where(sa.func.coalesce(month, "").in_(months))
    else:
        asked = asked.where(month.in_(months))
    if sight != Sight():
        asked = asked.where(owner.in_(ids_in_sight(sight)))
    return {row[0]: (_figures(row[2:]), row[1]) for row in session.execute(asked)}


def kept_by_month(
    session: Session, months: Collection[str], sight: Sight
) -> Mapping[str, MonthFigures]:
    """What is kept of all instruments in sight together, month by month."""
    month = col(InstrumentMonth.month)
    columns = (getattr(InstrumentMonth, name) for name in _SUMMED)
    sums = [sa.cast(sa.func.sum(column), sa.BigInteger) for column in columns]
    asked = sa.select(month, *sums).where(month.in_(months)).group_by(month)
    if sight != Sight():
        asked = asked.where(col(InstrumentMonth.instrument_id).in_(ids_in_sight(sight)))
    return {row[0]: _figures(row[1:]) for row in session.execute(asked)}


def kept_months_of(
    session: Session, ids: Collection[int], months: Collection[str]
) -> Mapping[Pair, MonthFigures]:
    """The kept figures of some instruments, month by month."""
    columns = (getattr(InstrumentMonth, name) for name in _SUMMED)
    asked = sa.select(
        col(InstrumentMonth.instrument_id), col(InstrumentMonth.month), *columns
    ).where(col(InstrumentMonth.instrument_id).in_(ids), col(InstrumentMonth.month).in_(months))
    return {(row[0], row[1]): _figures(row[2:]) for row in session.execute(asked)}


def _figures(values: Sequence[int]) -> MonthFigures:
    closed, maintenance, fault, used, unused, idle, *counted = values
    effective, external, bookings, missed, uses, samples, faults, income = counted
    return MonthFigures(
        waterfall=Waterfall(closed, maintenance, fault, used, unused, idle),
        effective=effective,
        external=external,
        bookings=bookings,
        missed=missed,
        uses=uses,
        samples=samples,
        faults=faults,
        income_fen=income,
    )
