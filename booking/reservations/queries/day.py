"""What a day sheet shows besides bookings: the labs somebody runs, their places, their closures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.types import UtcDateTime
from booking.instruments.models.calendar import Closure, ClosureKind
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.unit import Unit, UnitKind
from booking.instruments.queries.family import wholes_in_lab
from booking.instruments.queries.terms import broken_until
from booking.instruments.states import PUBLIC
from booking.kernel.timespan import TimeSpan
from booking.organisations.models import Lab, Organisation


@dataclass(frozen=True, slots=True)
class HostedLab:
    """A lab that somebody runs."""

    id: int
    name: str
    organisation_name: str
    name_en: str
    organisation_name_en: str


@dataclass(frozen=True, slots=True)
class Place:
    """One place of an instrument; `alone` when the instrument has no other.

    What happens to the instruments that this one is part of happens to it too.
    """

    unit_id: int
    position: int
    alone: bool
    instrument_id: int
    name: str
    name_en: str
    model: str
    wholes: frozenset[int] = frozenset()

    @property
    def of(self) -> frozenset[int]:
        """The instrument, and what it is part of."""
        return self.wholes | {self.instrument_id}


@dataclass(frozen=True, slots=True)
class ClosedTime:
    """When and why an instrument is closed."""

    instrument_id: int
    kind: ClosureKind
    span: TimeSpan
    reason: str


def labs_hosted_by(session: Session, actor: Actor) -> Sequence[HostedLab]:
    """The labs whose day somebody runs, by name."""
    reach = actor.reach(Permission.RESERVATION_HOST)
    statement = (
        sa.select(
            *(col(Lab.id), col(Lab.name), col(Organisation.name)),
            *(col(Lab.name_en), col(Organisation.name_en)),
        )
        .join(Organisation, col(Organisation.id) == col(Lab.organisation_id))
        .order_by(col(Organisation.name), col(Lab.name), col(Lab.id))
    )
    if not reach.everywhere:
        statement = statement.where(
            sa.or_(
                col(Lab.id).in_(sorted(reach.lab_ids)),
                col(Lab.organisation_id).in_(sorted(reach.organisation_ids)),
            )
        )
    return [HostedLab(*row) for row in session.execute(statement)]


def places_of_lab(session: Session, lab_id: int) -> Sequence[Place]:
    """Every place of a lab's instruments that are on offer."""
    statement = (
        sa.select(
            col(Unit.id),
            col(Unit.position),
            sa.func.count().over(partition_by=col(Unit.instrument_id)) == 1,
            col(Instrument.id),
            col(Instrument.name),
            col(Instrument.name_en),
            col(Instrument.model),
        )
        .join(Instrument, col(Instrument.id) == col(Unit.instrument_id))
        .where(
            col(Instrument.lab_id) == lab_id,
            col(Instrument.state).in_(sorted(PUBLIC)),
            col(Unit.kind) == UnitKind.PLACE,
            col(Unit.active),
        )
        .order_by(col(Instrument.name), col(Instrument.id), col(Unit.position))
    )
    above = wholes_in_lab(session, lab_id)
    return [
        Place(
            unit_id=unit_id,
            position=position,
            alone=bool(alone),
            instrument_id=instrument,
            name=name,
            name_en=name_en,
            model=model,
            wholes=_wholes(instrument, above),
        )
        for unit_id, position, alone, instrument, name, name_en, model in session.execute(statement)
    ]


def _wholes(instrument_id: int, above: Mapping[int, int | None]) -> frozenset[int]:
    found: set[int] = set()
    whole = above.get(instrument_id)
    while whole is not None and whole not in found:
        found.add(whole)
        whole = above.get(whole)
    return frozenset(found)


def closures_on(
    session: Session, lab_id: int, day: TimeSpan, *, now: datetime
) -> Sequence[ClosedTime]:
    """What closes a lab's instruments that day; what is still broken does not end."""
    until = broken_until(sa.literal(now, UtcDateTime()))
    statement = (
        sa.select(
            col(Closure.instrument_id),
            col(Closure.kind),
            col(Closure.starts_at),
            until,
            col(Closure.reason),
        )
        .join(Instrument, col(Instrument.id) == col(Closure.instrument_id))
        .where(
            col(Instrument.lab_id) == lab_id,
            col(Closure.starts_at) < day.end,
            until > day.start,
            until > col(Closure.starts_at),
        )
        .order_by(col(Closure.starts_at))
    )
    return [
        ClosedTime(instrument_id, kind, TimeSpan(start, min(end, day.end)), reason)
        for instrument_id, kind, start, end, reason in session.execute(statement)
    ]
