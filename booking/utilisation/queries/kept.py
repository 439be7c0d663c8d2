"""The roll-up as reports read it: instruments in sight, their kept sums, single kept months."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Reach
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.unit import Unit, UnitKind
from booking.instruments.rules.card import ShareMode
from booking.instruments.states import InstrumentState
from booking.kernel.periods import Period
from booking.organisations.models import Lab, Organisation
from booking.reservations.models.reservation import Reservation
from booking.utilisation.models import InstrumentMonth
from booking.utilisation.queries.cutting import KNOWN
from booking.utilisation.rules.months import MonthFigures
from booking.utilisation.rules.waterfall import Waterfall

Pair = tuple[int, str]

EVERYTHING: Final = Reach(everywhere=True, organisation_ids=frozenset(), lab_ids=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentInSight:
    """An instrument, whose it is, and since when it counts."""

    id: int
    name: str
    lab_id: int
    lab_name: str
    organisation_id: int
    organisation_name: str
    district: str
    general: bool
    bookable: bool
    units: int
    begun_at: datetime
    retired_at: datetime | None

    def counts_in(self, month: Period) -> bool:
        span = month.span
        return self.begun_at < span.end and (
            self.retired_at is None or self.retired_at >= span.start
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Which instruments a report is about, and how far its reader may see."""

    reach: Reach = EVERYTHING
    lab_id: int | None = None
    instrument_id: int | None = None
    organisation_id: int | None = None
    district: str | None = None


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
    first_booked = (
        sa.select(sa.func.min(col(Reservation.starts_at)))
        .where(col(Reservation.instrument_id) == col(Instrument.id))
        .scalar_subquery()
    )
    asked = (
        sa.select(
            col(Instrument.id),
            col(Instrument.name),
            col(Instrument.lab_id),
            col(Lab.name),
            col(Lab.organisation_id),
            col(Organisation.name),
            col(Instrument.district),
            col(Instrument.general_purpose),
            col(Instrument.state),
            col(Instrument.share_mode),
            places,
            col(Instrument.created_at),
            first_booked,
            col(Instrument.updated_at),
        )
        .join(Lab, col(Lab.id) == col(Instrument.lab_id))
        .join(Organisation, col(Organisation.id) == col(Lab.organisation_id))
        .where(col(Instrument.state).in_(KNOWN), *conditions(sight))
        .order_by(col(Lab.organisation_id), col(Instrument.lab_id), col(Instrument.id))
    )
    return [_in_sight(tuple(row)) for row in session.execute(asked)]


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
    if sight.instrument_id is not None:
        found.append(col(Instrument.id) == sight.instrument_id)
    if sight.organisation_id is not None:
        found.append(col(Lab.organisation_id) == sight.organisation_id)
    if sight.district is not None:
        found.append(col(Instrument.district) == sight.district)
    return found


def _in_sight(row: Sequence[Any]) -> InstrumentInSight:
    *_, state, share_mode, units, created_at, first_booked, updated_at = row
    return InstrumentInSight(
        id=row[0],
        name=row[1],
        lab_id=row[2],
        lab_name=row[3],
        organisation_id=row[4],
        organisation_name=row[5],
        district=row[6],
        general=row[7],
        bookable=state is InstrumentState.PUBLISHED and share_mode is not ShareMode.NONE,
        units=units,
        begun_at=min(created_at, first_booked or created_at),
        retired_at=updated_at if state is InstrumentState.RETIRED else None,
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


def kept_sums(session: Session, months: Collection[str]) -> Mapping[int, tuple[MonthFigures, int]]:
    """What is kept of each instrument over some months, and in how many of them."""
    owner = col(InstrumentMonth.instrument_id)
    columns = (getattr(InstrumentMonth, name) for name in _SUMMED)
    sums = [sa.cast(sa.func.sum(column), sa.BigInteger) for column in columns]
    asked = (
        sa.select(owner, sa.func.count(), *sums)
        .where(col(InstrumentMonth.month).in_(months))
        .group_by(owner)
    )
    return {row[0]: (_figures(row[2:]), row[1]) for row in session.execute(asked)}


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
