"""Export a period: ask for it, note how far it is, end it. The files are written by a job."""

from datetime import datetime
from typing import Final

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.files.actions.receive import Received, keep
from booking.files.providers.disk import new_name
from booking.subsidies.events import StatementsExported
from booking.subsidies.models.issued import StatementExport
from booking.subsidies.queries.exporting import (
    export_for_update,
    statements_in,
    unfinished_export,
)
from booking.subsidies.queries.settlements import settlement_view
from booking.subsidies.rules.explanation import Language
from booking.subsidies.states import UNFINISHED, ExportState

# How often in a row it may go wrong for reasons that may pass.
MOST_ATTEMPTS: Final = 5


def ask_for_export(
    uow: UnitOfWork, period: str, language: Language, *, actor: Actor, now: datetime
) -> StatementExport:
    """Have all statements of a period written; one that is being written already serves as well."""
    settled = settlement_view(uow.session, period)
    if known := unfinished_export(uow.session, settled.period, language):
        return known
    row = StatementExport(
        period=settled.period,
        language=language,
        asked_by=actor.known_id,
        total=statements_in(uow.session, settled.period),
        draft=new_name(),
        asked_at=now,
    )
    uow.session.add(row)
    uow.session.flush()
    uow.announce(
        StatementsExported(
            at=now,
            actor_id=actor.known_id,
            subject=f"settlement:{period}",
            changes={"statements": (None, row.total)},
            period=period,
            export_id=row.key,
        )
    )
    return row


def note_progress(uow: UnitOfWork, export_id: int, *, begun: int, done: int, reached: str) -> bool:
    """So many are in it, the last of them `reached`; False when another run wrote to it too."""
    row = export_for_update(uow.session, export_id)
    if row.done != begun or row.state not in UNFINISHED:
        return False
    row.state, row.attempts = ExportState.RUNNING, 0
    row.done, row.reached, row.total = done, reached, max(row.total, done)
    return True


def end_export(uow: UnitOfWork, export_id: int, file: Received, *, now: datetime) -> None:
    """It is written."""
    row = export_for_update(uow.session, export_id)
    row.file_id = keep(uow, file, uploaded_by=None, now=now).key
    row.state, row.ended_at = ExportState.DONE, now
    row.total = row.done


def give_up(uow: UnitOfWork, export_id: int, *, now: datetime) -> None:
    """Count that it went wrong; after a few times end it."""
    row = export_for_update(uow.session, export_id)
    row.attempts += 1
    if row.attempts >= MOST_ATTEMPTS:
        row.state, row.ended_at = ExportState.FAILED, now
