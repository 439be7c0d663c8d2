"""Hash the files of statements that were locked; no transaction is open while they are made."""

from datetime import datetime
from time import monotonic
from typing import Final

from booking.db.outside import Outside, Sent
from booking.db.transactions import read_session
from booking.subsidies.actions.keep_prints import keep_prints as keep
from booking.subsidies.exports.prints import maker, prints_of
from booking.subsidies.queries.issued import unprinted

# Under the lease of a job; what does not fit in goes on in the next minute.
_TIME_SECONDS: Final = 40
_AT_ONCE: Final = 10


def keep_prints(
    outside: Outside,
    now: datetime,  # noqa: ARG001 - a job's shape
    *,
    seconds: float = _TIME_SECONDS,
) -> Sent:
    """Hash the files of locked documents, the newest first; again when what prints them changed."""
    ends, documents = monotonic() + seconds, 0
    public_url = outside.settings.public_url
    ours = maker(public_url)
    while monotonic() < ends:
        with read_session(outside.engine) as session:
            some = unprinted(session, ours, limit=_AT_ONCE)
        if not some:
            break
        for document in some:
            made = prints_of(document.number, document.content, public_url)
            with outside.deed() as uow:
                keep(uow, document.snapshot_id, made, maker=ours)
            documents += 1
            if monotonic() >= ends:
                break
    return Sent(documents)
