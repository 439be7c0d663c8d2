"""What has been told since somebody last looked."""

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.audit.models import AuditEntry


def subjects_after(session: Session, entry_id: int | None) -> tuple[int, set[str]]:
    """The last entry, and what those after `entry_id` are about; nothing without one.

    Only where entries are committed in the order of their ids, as on SQLite, is none left out.
    """
    if entry_id is None:
        newest = session.execute(sa.select(sa.func.max(col(AuditEntry.id)))).scalar_one()
        return newest or 0, set()
    rows = session.execute(
        sa.select(col(AuditEntry.id), col(AuditEntry.subject))
        .where(col(AuditEntry.id) > entry_id)
        .order_by(col(AuditEntry.id))
    ).all()
    return (rows[-1].id if rows else entry_id), {row.subject for row in rows}
