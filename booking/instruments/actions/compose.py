"""Put an instrument under a whole, or take it out: only while nobody holds time on either."""

from datetime import datetime

from sqlmodel import Session

from booking.instruments.errors import PartsContradict, PartsHeld
from booking.instruments.queries.family import (
    family_held_after,
    held_above_after,
    whole_held_after,
    wholes_in_lab,
)
from booking.instruments.rules.parts import is_sound
from booking.kernel.errors import NotFound

# An instrument that is only being written.
_NEW = 0


def must_fit_together(
    session: Session,
    part_id: int | None,
    whole_id: int | None,
    *,
    lab_id: int,
    now: datetime,
) -> None:
    """Refuse another lab's whole, a circle, too many levels, and time that is held ahead.

    A booking of the whole has taken the parts of then: with others it would mean something else.
    """
    if whole_id is not None:
        whole_of = wholes_in_lab(session, lab_id)
        if whole_id not in whole_of:
            raise NotFound(instrument_id=whole_id)
        if not is_sound(whole_of, part_id or _NEW, whole_id):
            raise PartsContradict(part_of_id=whole_id)
        if whole_held_after(session, whole_id, now):
            raise PartsHeld(part_of_id=whole_id)
    if part_id is not None and family_held_after(session, part_id, now):
        raise PartsHeld(instrument_id=part_id)


def must_take_places(session: Session, instrument_id: int, *, now: datetime) -> None:
    """Refuse another place of a part while its whole is held: nobody holds the new place for it."""
    if held_above_after(session, instrument_id, now):
        raise PartsHeld(instrument_id=instrument_id)
