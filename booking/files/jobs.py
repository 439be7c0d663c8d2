"""What the clock does with files: remove those that nobody needs, rows first and bytes after."""

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import col

from booking.db.transactions import UnitOfWork
from booking.files.models import StoredFile
from booking.files.providers.disk import vault_of
from booking.files.queries import known_names, locked_unneeded, nobody_points_at

# Long enough for any deed that has sent its file and not yet said what for.
KEPT_UNNEEDED: Final = timedelta(days=1)


def sweep_files(uow: UnitOfWork, now: datetime) -> int:
    """Remove bytes without a row, then rows that nothing points at.

    The bytes of those rows wait for the next night: should this transaction fail, the rows are
    there again, and so must they be.
    """
    before = now - KEPT_UNNEEDED
    vault = vault_of(uow.session.get_bind())
    # Listed first: what is put in place from now on is too young anyway.
    lying = [name for name, since in vault.names() if since < before]
    orphans = set(lying) - known_names(uow.session)
    for name in orphans:
        vault.drop(name)
    drafts = vault.forget_drafts(before)
    return len(orphans) + drafts + _forget_rows(uow, before)


def _forget_rows(uow: UnitOfWork, before: datetime) -> int:
    unneeded = locked_unneeded(uow.session, before=before)
    # Asked again: somebody may have come to point at one between the question and the lock.
    gone = sa.delete(StoredFile).where(
        col(StoredFile.id).in_(unneeded), nobody_points_at(uow.session)
    )
    return len(uow.session.execute(gone.returning(col(StoredFile.id))).all())
