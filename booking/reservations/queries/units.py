"""Operators and accessories that a booking takes besides its place."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.instruments.models.hold import SlotHold
from booking.instruments.models.unit import Unit, UnitKind
from booking.instruments.queries.helpers import offers_between
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan


@dataclass(frozen=True, slots=True)
class Helpers:
    """Units in order of id, by what they are."""

    operators: tuple[int, ...] = ()
    accessories: tuple[int, ...] = ()

    @classmethod
    def of(cls, rows: Iterable[sa.Row[Any]]) -> "Helpers":
        kinds = {row.id: row.kind for row in rows}
        operators = (unit for unit, kind in kinds.items() if kind is UnitKind.OPERATOR)
        accessories = (unit for unit, kind in kinds.items() if kind is UnitKind.ACCESSORY)
        return cls(tuple(sorted(operators)), tuple(sorted(accessories)))

    @property
    def all(self) -> tuple[int, ...]:
        return tuple(sorted((*self.operators, *self.accessories)))


def helpers_of(session: Session, instrument_id: int, unit_ids: Collection[int]) -> Helpers:
    """The asked operators and accessories; NotFound when one is not offered here."""
    if not unit_ids:
        return Helpers()
    found = Helpers.of(session.execute(offers_between(sorted(unit_ids), instrument_id)).all())
    if missing := sorted(set(unit_ids).difference(found.all)):
        raise NotFound(unit_id=missing[0])
    return found


def helpers_held_for(session: Session, number: str) -> Helpers:
    """The operators and accessories that a booking holds."""
    statement = (
        sa.select(col(Unit.id), col(Unit.kind))
        .join(SlotHold, col(Unit.id) == col(SlotHold.unit_id))
        .where(col(SlotHold.reservation_number) == number, col(Unit.kind) != UnitKind.PLACE)
    )
    return Helpers.of(session.execute(statement).all())


@dataclass(frozen=True, slots=True)
class Helping:
    """An operator or accessory of a booking, by its name."""

    id: int
    kind: UnitKind
    label: str


def helping_with(session: Session, numbers: Collection[str]) -> Mapping[str, Sequence[Helping]]:
    """The operators and accessories that bookings hold, operators first."""
    statement = (
        sa.select(col(SlotHold.reservation_number), col(Unit.id), col(Unit.kind), col(Unit.label))
        .distinct()
        .join(SlotHold, col(Unit.id) == col(SlotHold.unit_id))
        .where(col(SlotHold.reservation_number).in_(numbers), col(Unit.kind) != UnitKind.PLACE)
        .order_by(col(Unit.kind).desc(), col(Unit.label), col(Unit.id))
    )
    found: dict[str, list[Helping]] = {}
    for number, *told in session.execute(statement):
        found.setdefault(number, []).append(Helping(*told))
    return found


def helper_labels(session: Session, numbers: Collection[str]) -> Mapping[str, Sequence[str]]:
    """What they are called."""
    found = helping_with(session, numbers)
    return {number: [one.label for one in each] for number, each in found.items()}


def labels_of(session: Session, unit_ids: Collection[int]) -> Sequence[str]:
    """What units are called."""
    if not unit_ids:
        return ()
    asked = sa.select(col(Unit.label)).where(col(Unit.id).in_(sorted(unit_ids)))
    return session.scalars(asked.order_by(col(Unit.label), col(Unit.id))).all()


@dataclass(frozen=True, slots=True)
class Holding:
    """Every unit that a booking holds, from when until when, and which of them help."""

    units: tuple[int, ...]
    held: TimeSpan
    helpers: Helpers


def holdings_of(session: Session, numbers: Collection[str]) -> dict[str, Holding]:
    """What several bookings hold, by number."""
    statement = (
        sa.select(
            col(SlotHold.reservation_number),
            col(SlotHold.starts_at),
            col(SlotHold.ends_at),
            col(Unit.id),
            col(Unit.kind),
        )
        .join(Unit, col(Unit.id) == col(SlotHold.unit_id))
        .where(col(SlotHold.reservation_number).in_(sorted(numbers)))
        .order_by(col(Unit.id))
    )
    rows: dict[str, list[sa.Row[Any]]] = {}
    for row in session.execute(statement):
        rows.setdefault(row.reservation_number, []).append(row)
    return {number: _holding(held) for number, held in rows.items()}


def _holding(rows: Sequence[sa.Row[Any]]) -> Holding:
    whole = TimeSpan(min(row.starts_at for row in rows), max(row.ends_at for row in rows))
    return Holding(tuple(dict.fromkeys(row.id for row in rows)), whole, Helpers.of(rows))


def units_held_for(session: Session, numbers: Collection[str]) -> dict[str, dict[int, TimeSpan]]:
    """What bookings hold, by number and unit; places, parts, operators and accessories."""
    statement = (
        sa.select(
            col(SlotHold.reservation_number),
            col(SlotHold.unit_id),
            col(SlotHold.starts_at),
            col(SlotHold.ends_at),
        )
        .where(col(SlotHold.reservation_number).in_(sorted(numbers)))
        .order_by(col(SlotHold.unit_id), col(SlotHold.starts_at))
    )
    found: dict[str, dict[int, TimeSpan]] = {}
    for number, unit_id, start, end in session.execute(statement):
        found.setdefault(number, {})[unit_id] = TimeSpan(start, end)
    return found
