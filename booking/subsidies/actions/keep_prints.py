"""Keep the hashes of a locked statement's files, so that a stranger can prove one."""

from collections.abc import Sequence

from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.subsidies.exports.prints import Print
from booking.subsidies.models.issued import StatementPrint


def keep_prints(uow: UnitOfWork, snapshot_id: int, prints: Sequence[Print], *, maker: str) -> int:
    """Write them down once; how many were new."""
    rows = [
        {
            "snapshot_id": snapshot_id,
            "kind": one.kind,
            "language": one.language,
            "maker": maker,
            "sha256": one.sha256,
        }
        for one in prints
    ]
    return len(insert_unless_exists(uow.session, StatementPrint, rows))
