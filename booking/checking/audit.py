"""Invariant 9, the trail itself: every entry is as it was written, and where it was written."""

from collections.abc import Iterable
from typing import Final

from sqlmodel import Session

from booking.audit.queries import left_out, links
from booking.audit.rules import chain_faults
from booking.checking.proof import Proof, Row


def _broken(session: Session) -> Iterable[Row]:
    for fault in chain_faults(links(session)):
        yield {"entry": fault.entry_id, "position": fault.position, "what": fault.kind}


def _left_out(session: Session) -> Iterable[Row]:
    return [{"entry": entry_id} for entry_id in left_out(session)]


PROOFS: Final = (
    Proof(9, "the audit chain does not hold", _broken),
    Proof(9, "an audit entry stayed out of the chain", _left_out),
)
