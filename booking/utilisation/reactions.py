"""What the roll-up must know that no trigger tells it."""

import sqlalchemy as sa

from booking.billing.events import ChargeCorrected
from booking.db.transactions import UnitOfWork
from booking.instruments.events import InstrumentEdited
from booking.utilisation.models import UtilisationMark
from booking.utilisation.queries.marks import mark_charged_use


def mark_moved_part(uow: UnitOfWork, event: InstrumentEdited) -> None:
    """What belongs to another whole was never closed with the one before."""
    if "part_of_id" in event.changes:
        uow.session.execute(sa.insert(UtilisationMark).values(instrument_id=event.instrument_id))


def mark_corrected_charge(uow: UnitOfWork, event: ChargeCorrected) -> None:
    """Income is what charges come to as they stand."""
    uow.session.execute(mark_charged_use(event.charge_id))
