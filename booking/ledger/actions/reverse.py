"""Take a posting back by its mirror image; what was written stays."""

from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.ledger.actions.post import Leg, post
from booking.ledger.errors import NothingToReverse
from booking.ledger.queries.balances import entries_of
from booking.ledger.rules import reversal_of


def reverse(uow: UnitOfWork, reference: str, *, at: datetime, memo: str) -> int | None:
    """Post the opposite of a posting, once; None when that was done before."""
    written = entries_of(uow.session, reference)
    if not written:
        raise NothingToReverse(reference=reference)
    mirror = [Leg(row.kind, row.organisation_id, -row.amount_fen) for row in written]
    return post(uow, reversal_of(reference), mirror, at=at, memo=memo)
