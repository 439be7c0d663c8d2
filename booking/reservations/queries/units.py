"""Operators and accessories that a booking takes besides its place."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.instruments.models.hold import SlotHold
from booking.instruments.models.unit import Unit, UnitKind
from booking.instruments.queries.helpers import offers_between
from booking.kernel.errors import NotFound


def helpers_of(session: Session, instrument_id: int, unit_ids: Collection[int]) -> tuple[int, ...]:
    """The asked operators and accessories in order of id; NotFound when one is not offered here."""
    wanted = sorted(set(unit_ids))
    if not wanted:
        return ()
    found = set(session.execute(offers_between(wanted, instrument_id)).scalars())
    if missing := [unit_id for unit_id in wanted if unit_id not in found]:
        raise NotFound(unit_id=missing[0])
    return tuple(wanted)


def helpers_held_for(session: Session, number: str) -> tuple[int, ...]:
    """The operators and accessories that a booking holds."""
    statement = (
        sa.select(col(SlotHold.unit_id))
        .join(Unit, col(Unit.id) == col(SlotHold.unit_id))
        .where(col(SlotHold.reservation_number) == number, col(Unit.kind) != UnitKind.PLACE)
        .order_by(col(SlotHold.unit_id))
    )
    return tuple(session.execute(statement).scalars())
