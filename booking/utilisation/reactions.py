"""What the roll-up must know that no trigger tells it."""

import sqlalchemy as sa

from booking.db.transactions import UnitOfWork
from booking.instruments.events import InstrumentEdited
from booking.utilisation.models import UtilisationMark


def mark_moved_part(uow: UnitOfWork, event: InstrumentEdited) -> None:
    """What belongs to another whole was never closed with the one before."""
    if "part_of_id" in event.changes:
        uow.session.execute(sa.insert(UtilisationMark).values(instrument_id=event.instrument_id))
