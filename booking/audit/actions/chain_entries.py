"""Chain what was written since: each entry gets its place and its hash."""

import sqlalchemy as sa

from booking.audit.models import AuditLink
from booking.audit.queries.chain import last_link, unchained
from booking.audit.rules import link_hash
from booking.db.transactions import UnitOfWork

# A run shall not keep writers waiting; the next one goes on.
AT_ONCE = 20_000


def chain_entries(uow: UnitOfWork) -> int:
    """Give every entry that has none its link; how many."""
    last = last_link(uow.session)
    position, previous = last.position, last.hash
    rows = []
    for entry_id, content in unchained(uow.session, after=last.highest_entry, limit=AT_ONCE):
        position, previous = position + 1, link_hash(previous, content)
        rows.append({"position": position, "entry_id": entry_id, "hash": previous})
    if rows:
        uow.session.execute(sa.insert(AuditLink), rows)
    return len(rows)
