"""Who waits for operators and accessories, and which of these can still be had."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.instruments.models.tables import UNIT, UNIT_OFFER
from booking.reservations.models.waitlist import WaitlistChoice, WaitlistEntry
from booking.reservations.states import IN_LINE

_NOTHING: Final[list[int]] = []


def entries_with_helpers(session: Session) -> Mapping[int, tuple[int, ...]]:
    """What each of those in line waits for besides a place; to choose from."""
    asked = sa.select(col(WaitlistEntry.id), col(WaitlistEntry.helper_ids)).where(
        col(WaitlistEntry.state).in_(sorted(IN_LINE)), col(WaitlistEntry.helper_ids) != _NOTHING
    )
    rows = session.execute(asked.order_by(col(WaitlistEntry.id)))
    return {key: tuple(helper_ids) for key, helper_ids in rows}


def offered_to(
    session: Session, entry_ids: Sequence[int], unit_ids: Sequence[int]
) -> Mapping[int, Sequence[frozenset[int]]]:
    """Which of these units are offered with each instrument of places in line, in their order."""
    asked = (
        sa.select(col(WaitlistChoice.entry_id), col(WaitlistChoice.id), UNIT.c.id.label("unit_id"))
        .outerjoin(
            UNIT_OFFER,
            (UNIT_OFFER.c.instrument_id == col(WaitlistChoice.instrument_id))
            & UNIT_OFFER.c.unit_id.in_(unit_ids),
        )
        .outerjoin(UNIT, (UNIT.c.id == UNIT_OFFER.c.unit_id) & UNIT.c.active)
        .where(col(WaitlistChoice.entry_id).in_(entry_ids))
        .order_by(col(WaitlistChoice.id))
    )
    found: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for entry_id, choice_id, unit_id in session.execute(asked):
        found[entry_id][choice_id].add(unit_id)
    return {
        entry_id: [frozenset(units) for units in each.values()] for entry_id, each in found.items()
    }


def entries_in_line(session: Session, entry_ids: Sequence[int]) -> Sequence[WaitlistEntry]:
    """Those still in line, locked; who is answering or leaving this very moment is left alone."""
    asked = (
        sa.select(WaitlistEntry)
        .where(col(WaitlistEntry.id).in_(entry_ids), col(WaitlistEntry.state).in_(sorted(IN_LINE)))
        .order_by(col(WaitlistEntry.id))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return session.execute(asked).scalars().all()
