"""Wholes and parts: a whole, its parts and their parts; never deeper, so plain joins find them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.instruments.models.tables import HOLD, INSTRUMENT, UNIT, UNIT_OFFER

_PART: Final = INSTRUMENT.alias("part")
_PART_OF_PART: Final = INSTRUMENT.alias("part_of_part")
_IS_PART: Final = _PART.c.part_of_id.is_not(None)
Ids = sa.ColumnElement[int]


def parts_of(instrument: Ids) -> sa.CompoundSelect[Any]:
    """The ids of the instruments that an instrument consists of, at every depth."""
    return sa.union_all(
        sa.select(_PART.c.id).where(_PART.c.part_of_id == instrument),
        sa.select(_PART_OF_PART.c.id)
        .join(_PART, _PART_OF_PART.c.part_of_id == _PART.c.id)
        .where(_PART.c.part_of_id == instrument),
    )


def wholes_of(instrument: Ids) -> sa.CompoundSelect[Any]:
    """The ids of the instruments that an instrument is part of, at every depth."""
    return sa.union_all(
        sa.select(_PART.c.part_of_id).where(_PART.c.id == instrument, _IS_PART),
        sa.select(_PART.c.part_of_id)
        .join(_PART_OF_PART, _PART_OF_PART.c.part_of_id == _PART.c.id)
        .where(_PART_OF_PART.c.id == instrument, _IS_PART),
    )


def instruments_using(unit_ids: Sequence[int]) -> sa.CompoundSelect[Any]:
    """The ids of the instruments whose bookings may take one of these units."""
    own = sa.select(UNIT.c.instrument_id).where(UNIT.c.id.in_(unit_ids))
    served = sa.select(UNIT_OFFER.c.instrument_id).where(UNIT_OFFER.c.unit_id.in_(unit_ids))
    return sa.union_all(
        own,
        served,
        sa.select(_PART.c.part_of_id).where(_PART.c.id.in_(own), _IS_PART),
        sa.select(_PART.c.part_of_id)
        .join(_PART_OF_PART, _PART_OF_PART.c.part_of_id == _PART.c.id)
        .where(_PART_OF_PART.c.id.in_(own), _IS_PART),
    )


def with_parts(instrument: Ids) -> sa.CompoundSelect[Any]:
    """An instrument and all its parts."""
    return sa.union_all(sa.select(instrument), *parts_of(instrument).selects)


def family_of(instrument: Ids) -> sa.CompoundSelect[Any]:
    """An instrument, all its parts, and all that it is part of."""
    return sa.union_all(*with_parts(instrument).selects, *wholes_of(instrument).selects)


def part_pairs(wholes: sa.ColumnElement[bool]) -> sa.Subquery:
    """(whole, part) of many wholes, given as a condition on `WHOLE`."""
    return sa.union_all(
        sa.select(_PART.c.part_of_id.label("whole"), _PART.c.id.label("part")).where(wholes),
        sa.select(_PART.c.part_of_id, _PART_OF_PART.c.id)
        .join(_PART_OF_PART, _PART_OF_PART.c.part_of_id == _PART.c.id)
        .where(wholes),
    ).subquery("parts_of_wholes")


WHOLE: Final = _PART.c.part_of_id


def whole_pairs(parts: sa.ColumnElement[bool], of_parts: sa.ColumnElement[bool]) -> sa.Subquery:
    """(part, whole) of many parts, given as a condition on `NEAR` and the same on `FAR`."""
    return sa.union_all(
        sa.select(_PART.c.id.label("part"), _PART.c.part_of_id.label("whole")).where(
            parts, _IS_PART
        ),
        sa.select(_PART_OF_PART.c.id, _PART.c.part_of_id)
        .join(_PART, _PART_OF_PART.c.part_of_id == _PART.c.id)
        .where(of_parts, _IS_PART),
    ).subquery("wholes_of_parts")


NEAR: Final = _PART.c.id
FAR: Final = _PART_OF_PART.c.id

_ID: Final = sa.cast(sa.bindparam("instrument", type_=sa.BigInteger()), sa.BigInteger())
_OTHER: Final = sa.cast(sa.bindparam("other", type_=sa.BigInteger()), sa.BigInteger())
_QUEUE: Final = (
    sa.select(INSTRUMENT.c.id)
    .where(INSTRUMENT.c.id.in_(sa.union_all(*family_of(_ID).selects, *family_of(_OTHER).selects)))
    .order_by(INSTRUMENT.c.id)
    .with_for_update(key_share=True)
)
_RENEW: Final = (
    sa.update(INSTRUMENT)
    .where(INSTRUMENT.c.id.in_(family_of(_ID)), INSTRUMENT.c.id != _ID)
    .values(terms_version=INSTRUMENT.c.terms_version + 1)
    .execution_options(synchronize_session=False)
)
_AHEAD: Final = HOLD.c.ends_at > sa.bindparam("moment", type_=HOLD.c.ends_at.type)
_IN_FAMILY: Final = UNIT.c.instrument_id.in_(family_of(_ID))
_ABOVE: Final = UNIT.c.instrument_id.in_(wholes_of(_ID))
_HERE_OR_ABOVE: Final = UNIT.c.instrument_id.in_(
    sa.union_all(sa.select(_ID), *wholes_of(_ID).selects)
)


def queue_for_family(session: Session, instrument_id: int, *, other: int | None = None) -> None:
    """Lock the rows of a family, perhaps of another one too, lowest id first.

    So no two deeds wait for each other in a circle.
    """
    session.execute(_QUEUE, {"instrument": instrument_id, "other": other or instrument_id})


def family_changed(session: Session, instrument_id: int) -> None:
    """Let whoever remembered the others of a family know better; they are locked already."""
    session.execute(_RENEW, {"instrument": instrument_id})


def family_held_after(session: Session, instrument_id: int, moment: datetime) -> bool:
    """Whether time is held on an instrument, on any of its parts or on what it is part of."""
    return _is_held(session, _IN_FAMILY, instrument=instrument_id, moment=moment)


def whole_held_after(session: Session, instrument_id: int, moment: datetime) -> bool:
    """Whether time is held on an instrument or on what it is part of; its parts do not matter."""
    return _is_held(session, _HERE_OR_ABOVE, instrument=instrument_id, moment=moment)


def held_above_after(session: Session, instrument_id: int, moment: datetime) -> bool:
    """Whether time is held on what an instrument is part of."""
    return _is_held(session, _ABOVE, instrument=instrument_id, moment=moment)


def wholes_in_lab(session: Session, lab_id: int) -> dict[int, int | None]:
    """What each instrument of a lab is part of."""
    rows = session.execute(
        sa.select(INSTRUMENT.c.id, INSTRUMENT.c.part_of_id).where(INSTRUMENT.c.lab_id == lab_id)
    )
    return {row.id: row.part_of_id for row in rows}


def _is_held(session: Session, where: sa.ColumnElement[bool], **asked: int | datetime) -> bool:
    found = sa.exists().where(HOLD.c.unit_id == UNIT.c.id, where, _AHEAD)
    return bool(session.execute(sa.select(found), asked).scalar_one())
