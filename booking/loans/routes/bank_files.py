"""Pages: banks' files, how far one is, which column means what, and rows to be decided about."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.files.forms import VaultDep, takes_file
from booking.files.rules.kinds import ALLOWED, Use
from booking.kernel.money import yuan
from booking.loans.actions.decide_row import assign_row, dismiss_row
from booking.loans.actions.send_bank_file import look_at, map_columns, send_bank_file
from booking.loans.forms import AssignForm, BankFileForm, DismissForm, MappingForm
from booking.loans.providers.bank_sheet import preview
from booking.loans.queries.bank_files import (
    ReportRow,
    bank_file,
    bank_files,
    banks,
    every_row,
    mapping_of,
    open_rows,
    rows_not_taken,
    stored_file_of,
)
from booking.loans.rules.bank_columns import DayFormat, DecimalMark, Direction, guessed
from booking.web.clock import ClockDep
from booking.web.downloads import CSV, Cell, csv_lines, streamed
from booking.web.forms import Filled, blank, filled_in
from booking.web.i18n import gettext
from booking.web.paging import Cut, WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction
from booking.web.words import words

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.LENDING_READ)]
Manager = Annotated[Actor, requires(Permission.LOAN_MANAGE)]
_LIST, _ONE = "loans/bank_files.html", "loans/bank_file.html"
_MAPPING, _QUEUE = "loans/bank_mapping.html", "loans/bank_queue.html"
_SHOWN: Final = 50
_EXAMPLE: Final = date(2026, 3, 9)


@router.get("/bank-files", name="bank_files")
def list_page(session: Reading, page: PageDep, window: WindowDep, actor: Reader) -> Response:
    """What came in, and where to send more."""
    found = bank_files(session, before=window.after_id, limit=window.take)
    cut: Cut[Any] = window.cut(found, key=lambda row: (row.id,))
    return page.render(
        _LIST, form=blank(), cut=cut, paging_on=window.after is not None, **_around(session, actor)
    )


@router.post("/bank-files", name="bank_file_send")
@takes_file(Use.BANK)
def send(
    form: Annotated[Filled[BankFileForm], filled_in(BankFileForm)],
    session: Reading,
    uow: Transaction,
    vault: VaultDep,
    page: PageDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """Keep a file; where nobody said how the bank writes it, that is asked next."""
    page.if_refused(_LIST, form=form, cut=Cut((), None), paging_on=False, **_around(session, actor))
    told = form.checked
    looked = look_at(vault, told.sheet, mapping_of(session, told.bank))
    sent = send_bank_file(uow, looked, bank=told.bank, actor_id=actor.known_id, now=clock.now())
    return page.redirect("bank_file_mapping" if looked.total is None else "bank_file", sent)


@router.get("/bank-files/{file_id}", name="bank_file")
def one_page(file_id: int, session: Reading, page: PageDep, actor: Reader) -> Response:
    """How far a file is; the page asks again by itself while it is going."""
    row = bank_file(session, file_id)
    return page.render(
        _ONE,
        fragment=page.target("progress"),
        row=row,
        rows=rows_not_taken(session, file_id, limit=_SHOWN),
        manages=actor.may(Permission.LOAN_MANAGE),
    )


@router.get("/bank-files/{file_id}/rows.csv", name="bank_file_rows")
def rows_csv(file_id: int, session: Reading, request: Request, actor: Reader) -> Response:
    """What became of every row."""
    bank_file(session, file_id)
    rows = every_row(request.app.state.read_engine, file_id)
    return streamed(
        csv_lines(_headings(), map(_cells, rows)),
        filename=f"逐行结果-{file_id}.csv",
        media_type=CSV,
    )


@router.get("/bank-files/{file_id}/mapping", name="bank_file_mapping")
def mapping_page(
    file_id: int, session: Reading, vault: VaultDep, page: PageDep, actor: Manager
) -> Response:
    """The first rows of a file, and which column means what."""
    around = _mapping_around(session, vault, file_id)
    row = around["row"]
    kept = mapping_of(session, row.bank)
    known = kept.stored() if kept else guessed(around["headings"])
    start = {
        name: " ".join(value) if isinstance(value, list) else str(value)
        for name, value in known.items()
        if not isinstance(value, bool)
    }
    return page.render(_MAPPING, form=blank(**start), **around)


@router.post("/bank-files/{file_id}/mapping", name="bank_file_map")
def save_mapping(
    file_id: int,
    form: Annotated[Filled[MappingForm], filled_in(MappingForm)],
    session: Reading,
    uow: Transaction,
    vault: VaultDep,
    page: PageDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """Save how the bank writes its files, and take this one in."""
    page.if_refused(_MAPPING, form=form, **_mapping_around(session, vault, file_id))
    columns = form.checked.columns()
    shown = map_columns(
        uow, file_id, columns, vault=vault, actor_id=actor.known_id, now=clock.now()
    )
    return page.redirect("bank_file", shown)


@router.get("/bank-queue", name="bank_queue")
def queue_page(session: Reading, page: PageDep, window: WindowDep, actor: Reader) -> Response:
    """Rows that no credit line could be found for, or that do not fit theirs."""
    found = open_rows(session, after=window.after_id, limit=window.take)
    cut: Cut[Any] = window.cut(found, key=lambda row: (row.id,))
    return page.render(
        _QUEUE,
        cut=cut,
        paging_on=window.after is not None,
        manages=actor.may(Permission.LOAN_MANAGE),
    )


@router.post("/bank-queue/{row_id}/assignment", name="bank_row_assign")
def assign(
    row_id: int,
    form: Annotated[Filled[AssignForm], filled_in(AssignForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """Enter a queued row on a credit line."""
    assign_row(uow, row_id, form.checked.loan.strip(), actor=actor, now=clock.now())
    return page.toast(page.redirect("bank_queue"), gettext("The row is entered."))


@router.post("/bank-queue/{row_id}/dismissal", name="bank_row_dismiss")
def dismiss(
    row_id: int,
    form: Annotated[Filled[DismissForm], filled_in(DismissForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """Leave a queued row out, with the reason."""
    dismiss_row(uow, row_id, form.checked.reason, actor=actor, now=clock.now())
    return page.toast(page.redirect("bank_queue"), gettext("The row stays out."))


def _around(session: Session, actor: Actor) -> dict[str, Any]:
    return {
        "bank_options": [(bank, bank) for bank in banks(session)],
        "allowed": ALLOWED[Use.BANK],
        "manages": actor.may(Permission.LOAN_MANAGE),
    }


def _mapping_around(session: Session, vault: VaultDep, file_id: int) -> dict[str, Any]:
    seen = preview(vault.path(stored_file_of(session, file_id).name))
    widest = max(seen.lines, key=len, default=[])
    return {
        "row": bank_file(session, file_id),
        "encoding": seen.encoding,
        "lines": seen.lines,
        "headings": [cell.strip() for cell in widest if cell.strip()],
        "direction_options": [(one.value, words(one)) for one in Direction],
        "day_format_options": [(one.value, _EXAMPLE.strftime(one.value)) for one in DayFormat],
        "decimal_options": [(one.value, one.value) for one in DecimalMark],
        "numbers": [str(i) for i in range(1, len(widest) + 1)],
    }


def _headings() -> list[str]:
    return [
        *(gettext("Line"), gettext("Outcome"), gettext("Why"), gettext("Transaction")),
        *(gettext("Account"), gettext("Day"), gettext("What"), gettext("Amount (yuan)")),
        *(gettext("Credit line"), gettext("Note"), gettext("As it stands in the file")),
    ]


def _cells(row: ReportRow) -> Sequence[Cell]:
    return (
        row.line,
        words(row.outcome),
        words(row.code) if row.code else "",
        row.number,
        row.account,
        row.day.isoformat() if row.day else "",
        words(row.kind) if row.kind else "",
        yuan(row.amount_fen) if row.amount_fen is not None else "",
        row.credit_line or "",
        row.note,
        row.text,
    )
