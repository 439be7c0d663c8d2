"""What the clock does for the trail: chain what is new, prove the chain by night."""

from datetime import datetime
from itertools import islice

from booking.audit.actions import chain_entries as chaining
from booking.audit.errors import ChainBroken
from booking.audit.queries.chain import last_link, links
from booking.audit.rules import chain_faults
from booking.db.transactions import UnitOfWork

_NAMED_AT_MOST = 10


def chain_entries(uow: UnitOfWork, now: datetime) -> int:  # noqa: ARG001 - a job's shape
    """Chain the entries of the last minute, or of as many as were missed."""
    return chaining.chain_entries(uow)


def prove_chain(uow: UnitOfWork, now: datetime) -> int:  # noqa: ARG001 - a job's shape
    """Hash the whole chain again; a link that does not hold is an alarm."""
    faults = list(islice(chain_faults(links(uow.session)), _NAMED_AT_MOST))
    if faults:
        raise ChainBroken(entries=[f"{fault.kind}:{fault.entry_id}" for fault in faults])
    return last_link(uow.session).position
