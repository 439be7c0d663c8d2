"""Instruments in sheets: templates, sending one, how far it is, what was wrong, and one's list."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.files.forms import ChosenFile, VaultDep, takes_file
from booking.files.rules.kinds import ALLOWED, Use
from booking.instruments.actions.import_cards import send_sheet
from booking.instruments.actions.look_over_sheet import looked_over
from booking.instruments.exports import (
    cards_csv,
    cards_xlsx,
    faults_csv,
    faults_xlsx,
    template_csv,
    template_xlsx,
)
from booking.instruments.queries.imports import (
    every_fault,
    first_faults,
    import_seen_by,
    imports_of,
)
from booking.instruments.queries.kept import labs_managed_by
from booking.instruments.queries.sheets import Wish, every_card
from booking.instruments.rules.columns import MOST_ROWS
from booking.instruments.rules.rows import LabName, Labs
from booking.instruments.states import InstrumentState
from booking.kernel.errors import NotFound
from booking.web.clock import ClockDep
from booking.web.downloads import CSV, XLSX, download, streamed
from booking.web.forms import Filled, blank, filled_in
from booking.web.i18n import gettext
from booking.web.paging import Cut, Window, WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction
from booking.web.words import field_words, words

router = APIRouter()

Keeper = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE)]
State = Annotated[str, Query(max_length=20)]
_LIST, _ONE = "instruments/manage/imports.html", "instruments/manage/import.html"
_SHOWN_FAULTS: Final = 50


class SheetForm(BaseModel):
    """A sheet, and the lab of rows that name none."""

    sheet: ChosenFile
    lab_id: int | None = None


@router.get("/manage/imports", name="imports")
def list_page(session: Reading, page: PageDep, window: WindowDep, actor: Keeper) -> Response:
    """What one sent, and where to send more."""
    page.if_refused(_LIST, form=blank(), **_around(session, actor, Window()))
    return page.render(_LIST, form=blank(), **_around(session, actor, window))


@router.post("/manage/imports", name="import_send")
@takes_file(Use.SHEET)
def send(
    form: Annotated[Filled[SheetForm], filled_in(SheetForm)],
    session: Reading,
    uow: Transaction,
    vault: VaultDep,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    """Look a sheet over and keep it; the next run of the job takes it in."""
    around = _around(session, actor, Window())
    page.if_refused(_LIST, form=form, **around)
    told = form.checked
    if told.lab_id is not None and told.lab_id not in {lab.id for lab in around["labs"]}:
        raise NotFound(lab_id=told.lab_id)
    looked = looked_over(vault, told.sheet)
    sent = send_sheet(uow, looked, lab_id=told.lab_id, actor=actor, now=clock.now())
    return page.redirect("import_one", sent.key)


@router.get("/manage/imports/template.xlsx", name="import_template_xlsx")
def blank_xlsx(actor: Keeper) -> Response:
    """The template with what may be chosen."""
    return download(template_xlsx(), filename="仪器导入模板.xlsx", media_type=XLSX)


@router.get("/manage/imports/template.csv", name="import_template_csv")
def blank_csv(actor: Keeper) -> Response:
    """The headings alone."""
    return streamed(template_csv(), filename="仪器导入模板.csv", media_type=CSV)


@router.get("/manage/imports/{import_id}", name="import_one")
def one_page(import_id: int, session: Reading, page: PageDep, actor: Keeper) -> Response:
    """How far a sheet is; the page asks again by itself while it is going."""
    row = import_seen_by(session, import_id, actor)
    faults = first_faults(session, import_id, limit=_SHOWN_FAULTS)
    shown = [(fault, [_said(code, params) for code, params in fault.faults]) for fault in faults]
    return page.render(_ONE, fragment=page.target("progress"), row=row, faults=shown)


@router.get("/manage/imports/{import_id}/faults.xlsx", name="import_faults_xlsx")
def faulty_xlsx(import_id: int, session: Reading, request: Request, actor: Keeper) -> Response:
    """The faulty rows, to be corrected and sent again."""
    import_seen_by(session, import_id, actor)
    chunks = faults_xlsx(every_fault(request.app.state.read_engine, import_id), _said)
    return streamed(chunks, filename=f"待更正-{import_id}.xlsx", media_type=XLSX)


@router.get("/manage/imports/{import_id}/faults.csv", name="import_faults_csv")
def faulty_csv(import_id: int, session: Reading, request: Request, actor: Keeper) -> Response:
    """The same as text."""
    import_seen_by(session, import_id, actor)
    lines = faults_csv(every_fault(request.app.state.read_engine, import_id), _said)
    return streamed(lines, filename=f"待更正-{import_id}.csv", media_type=CSV)


@router.get("/manage/instruments.xlsx", name="manage_instruments_xlsx")
def list_xlsx(session: Reading, request: Request, actor: Keeper, state: State = "") -> Response:
    """One's list in the columns of the import."""
    cards = every_card(request.app.state.read_engine, _wish(actor, state))
    return streamed(cards_xlsx(cards, _labs(session, actor)), filename="仪器.xlsx", media_type=XLSX)


@router.get("/manage/instruments.csv", name="manage_instruments_csv")
def list_csv(session: Reading, request: Request, actor: Keeper, state: State = "") -> Response:
    """The same as text."""
    cards = every_card(request.app.state.read_engine, _wish(actor, state))
    return streamed(cards_csv(cards, _labs(session, actor)), filename="仪器.csv", media_type=CSV)


def _around(session: Session, actor: Actor, window: Window) -> dict[str, Any]:
    found = imports_of(session, actor, before=window.after_id, limit=window.take)
    cut: Cut[Any] = window.cut(found, key=lambda row: (row.id,))
    return {
        "cut": cut,
        "paging_on": window.after is not None,
        "labs": labs_managed_by(session, actor),
        "allowed": ALLOWED[Use.SHEET],
        "most_rows": MOST_ROWS,
    }


def _said(code: str, params: Mapping[str, object]) -> str:
    """A fault of a row in words, with the column it is about."""
    field, sentence = str(params.get("field", "")), words(code, params)
    return f"{field_words(field)}{gettext(': ')}{sentence}" if field else sentence


def _wish(actor: Actor, state: str) -> Wish:
    wanted = next((known for known in InstrumentState if known.value == state), None)
    return Wish.kept_by(actor, state=wanted)


def _labs(session: Session, actor: Actor) -> Labs:
    return Labs([LabName(lab.id, lab.name) for lab in labs_managed_by(session, actor)])
