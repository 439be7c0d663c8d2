"""Invariant 9, the trail itself: every entry is as it was written, and where it was written."""

from collections.abc import Iterable, Mapping
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col

from booking.audit.models import AuditEntry
from booking.audit.queries.chain import left_out, links
from booking.audit.rules import chain_faults
from booking.checking.proof import Proof, Row
from booking.instruments.models.instrument import Instrument
from booking.organisations.models import Organisation
from booking.reservations.models.reservation import Reservation
from booking.subsidies.models.statement import Statement

# What has one state, and by which column the trail calls it.
_STATEFUL: Final[Mapping[str, tuple[type[SQLModel], str]]] = {
    "instrument": (Instrument, "id"),
    "organisation": (Organisation, "id"),
    "reservation": (Reservation, "number"),
    "statement": (Statement, "number"),
}


def _broken(session: Session) -> Iterable[Row]:
    for fault in chain_faults(links(session)):
        yield {"entry": fault.entry_id, "position": fault.position, "what": fault.kind}


def _left_out(session: Session) -> Iterable[Row]:
    return [{"entry": entry_id} for entry_id in left_out(session)]


def _untold(session: Session) -> Iterable[Row]:
    """Records whose state is another than the last that the trail told of them."""
    told = col(AuditEntry.changes)[("state", 1)].as_string()
    said = sa.select(col(AuditEntry.subject), sa.func.max(col(AuditEntry.id)).label("id"))
    last = said.where(told.is_not(None)).group_by(col(AuditEntry.subject)).subquery()
    for noun, (model, reference) in _STATEFUL.items():
        table: sa.Table = model.__table__  # type: ignore[attr-defined]  # by SQLModel
        subject = sa.literal(f"{noun}:") + sa.cast(table.c[reference], sa.Text)
        asked = (
            sa.select(last.c.subject, told.label("told"), table.c.state.label("is"))
            .select_from(last)
            .join(AuditEntry, col(AuditEntry.id) == last.c.id)
            .join(table, subject == last.c.subject)
            .where(sa.cast(table.c.state, sa.Text) != told)
        )
        yield from (dict(row) for row in session.execute(asked).mappings())


PROOFS: Final = (
    Proof(9, "the audit chain does not hold", _broken),
    Proof(9, "a state changed that the trail does not tell of", _untold),
    Proof(9, "an audit entry stayed out of the chain", _left_out),
)
