"""JSON: instruments in sheets: send one, watch it, read what was wrong with its rows."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, UploadFile
from pydantic import BaseModel

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.files.forms import VaultDep, takes_file
from booking.files.rules.kinds import Use
from booking.instruments.actions.import_cards import send_sheet
from booking.instruments.actions.look_over_sheet import looked_over
from booking.instruments.queries.imports import (
    FaultRow,
    ImportRow,
    first_faults,
    import_seen_by,
)
from booking.instruments.queries.kept import labs_managed_by
from booking.instruments.states import ImportState
from booking.kernel.errors import NotFound
from booking.web.clock import ClockDep
from booking.web.paging import Cut, WindowDep
from booking.web.transactions import Reading, Transaction
from booking.web.words import words

router = APIRouter(tags=["instruments"])

Keeper = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE)]


class ImportOut(BaseModel):
    """A sheet on its way in; of `total` rows `done` are through, the four counts add up to it."""

    id: int
    file: str
    sha256: str
    state: ImportState
    unread: list[str]
    total: int
    done: int
    created: int
    changed: int
    unchanged: int
    faulty: int
    error: str
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    faults_url: str


class RowFault(BaseModel):
    """What is wrong with a cell, or with the row."""

    code: str
    field: str
    detail: str


class FaultyRow(BaseModel):
    """A row of which nothing was written, its cells by the names of the columns."""

    line: int
    cells: dict[str, str]
    faults: list[RowFault]


class FaultyRows(BaseModel):
    """Some of them, and where the next ones begin."""

    items: list[FaultyRow]
    next_cursor: str | None


@router.post("/imports", status_code=202)
@takes_file(Use.SHEET)
def send_import(
    sheet: UploadFile,
    session: Reading,
    uow: Transaction,
    vault: VaultDep,
    clock: ClockDep,
    actor: Keeper,
    lab_id: Annotated[int | None, Form()] = None,
) -> ImportOut:
    """Send a sheet in the columns of the template; it is taken in within minutes.

    `lab_id` is for rows that name no lab. The same sheet sent twice changes nothing.
    """
    if lab_id is not None and lab_id not in {lab.id for lab in labs_managed_by(session, actor)}:
        raise NotFound(lab_id=lab_id)
    looked = looked_over(vault, sheet)
    sent = send_sheet(uow, looked, lab_id=lab_id, actor=actor, now=clock.now())
    return _out(import_seen_by(uow.session, sent.key, actor))


@router.get("/imports/{import_id}")
def read_import(import_id: int, session: Reading, actor: Keeper) -> ImportOut:
    """How far a sheet of one's own is, and what became of its rows."""
    return _out(import_seen_by(session, import_id, actor))


@router.get("/imports/{import_id}/faults")
def list_faulty_rows(
    import_id: int, session: Reading, window: WindowDep, actor: Keeper
) -> FaultyRows:
    """The faulty rows in the order of their lines, with every fault."""
    import_seen_by(session, import_id, actor)
    after = window.after_id or 0
    found = first_faults(session, import_id, limit=window.take, after_line=after)
    cut: Cut[FaultRow] = window.cut(found, key=lambda row: (row.line,))
    return FaultyRows(items=[_faulty(row) for row in cut.items], next_cursor=cut.next_cursor)


def _out(row: ImportRow) -> ImportOut:
    told = {name: getattr(row, name) for name in ImportOut.model_fields if hasattr(row, name)}
    return ImportOut(**told, file=row.given_name, faults_url=f"/api/v1/imports/{row.id}/faults")


def _faulty(row: FaultRow) -> FaultyRow:
    faults = [
        RowFault(code=code, field=str(params.get("field", "")), detail=words(code, params))
        for code, params in row.faults
    ]
    return FaultyRow(line=row.line, cells=row.cells, faults=faults)
