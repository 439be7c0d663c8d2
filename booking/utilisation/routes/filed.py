"""Pages of reports that are filed: what is missing and where it is mended, the files, versions."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.clock import local
from booking.kernel.errors import NotFound
from booking.utilisation.actions.file_report import enter_line, file_report
from booking.utilisation.forms import GrantsDep, keepers_reach, sheets_reach
from booking.utilisation.forms.filed import (
    LineOf,
    ReportNamed,
    ReportOf,
    entered,
    kinds_read_by,
    offered_periods,
    report_named,
    sheet_in_reach,
)
from booking.utilisation.models import ReportFiling
from booking.utilisation.queries.filings import filing_in_reach, providers_in
from booking.utilisation.report.due import due_reports
from booking.utilisation.report.filed import Filed, Line, Sheet, report_of
from booking.utilisation.report.files import workbook
from booking.utilisation.report.filing import sheet_of, shown_first, since_filed
from booking.utilisation.report.reading import (
    as_read,
    differences_told,
    for_reader,
    is_told,
    may_enter,
    may_file,
    sees_whole,
)
from booking.utilisation.routes.filed_ways import Ways
from booking.utilisation.rules.sheets import (
    Column,
    Report,
)
from booking.web.clock import ClockDep
from booking.web.downloads import CSV, XLSX, download
from booking.web.forms import Filled, blank, filled_in
from booking.web.i18n import language
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction
from booking.web.words import field_words

router = APIRouter()

PAGE = "utilisation/filed.html"
ENTRY = "utilisation/filed_entry.html"
Reader = Annotated[Actor, requires(Permission.UTILISATION_READ, Permission.ORGANISATION_MANAGE)]
Keeper = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE, Permission.ORGANISATION_MANAGE)]
Head = Annotated[Actor, requires(Permission.ORGANISATION_MANAGE)]
# Of thousands a page shows the first, those that lack something before all others.
_MOST_SHOWN: Final = 200


@router.get("/filed-reports", name="filed_reports")
def show(
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    grants: GrantsDep,
    wanted: Annotated[ReportNamed, Query()],
    actor: Reader,
) -> Response:
    """One report: complete, or with what is missing."""
    now, reach = clock.now(), sheets_reach(actor)
    kinds, known = kinds_read_by(reach), providers_in(session, reach)
    if wanted.kind not in kinds:
        raise NotFound(kind=wanted.kind.value)
    if not known and wanted.organisation is None:
        return page.render(PAGE, sheet=None, kinds=kinds)
    report = report_named(wanted, known, now=now)
    sheet = sheet_of(session, report, reach=reach, now=now, grants=grants)
    return page.render(PAGE, kinds=kinds, known=known, **_shown(session, sheet, actor, clock))


def _shown(session: Session, sheet: Sheet, actor: Actor, clock: ClockDep) -> dict[str, Any]:
    report, reach = sheet.report, sheets_reach(actor)
    whole = sees_whole(report, reach)
    today = local(clock.now()).date()
    ordered = sorted(sheet.lines, key=lambda line: not line.faults)
    return {
        "sheet": sheet,
        "report": report,
        "lines": ordered[:_MOST_SHOWN],
        "form": blank(kind=report.kind.value, organisation=report.owner, period=report.period.code),
        "named": named(report),
        "periods": offered_periods(report.kind, today),
        "shown": [
            column
            for column in shown_first(sheet.columns, report.kind)
            if is_told(column.code, report, actor)
        ],
        "labels": labels(sheet.columns),
        "ways": Ways(actor, report),
        "may_file": may_file(actor, report) and report.period.span.end <= clock.now(),
        "may_enter": {line.key for line in sheet.lines if may_enter(actor, report, line)},
        "corrections": differences_told(sheet.corrections, report, actor),
        "versions": [
            (row, differences_told(differing, report, actor))
            for row, differing in (since_filed(session, report, sheet) if whole else [])
        ],
    }


def named(report: Report) -> dict[str, str | int]:
    """How addresses name it."""
    told: dict[str, str | int] = {"kind": report.kind.value, "period": report.period.code}
    return told if report.owner is None else {**told, "organisation": report.owner}


def labels(columns: Sequence[Column]) -> dict[str, str]:
    """What the fields are called for people."""
    return {column.code: _called(column) for column in columns}


def _called(column: Column) -> str:
    if column.heading_en:
        return column.heading_en if language() == "en" else column.heading
    name = f"filed.{column.code}"
    found = field_words(name)
    return column.heading if found == name else found


@router.get("/filed-reports/due", name="reports_due")
def to_do(session: Reading, page: PageDep, clock: ClockDep, actor: Keeper) -> Response:
    """What is to be handed in by whom the reader files for."""
    due = due_reports(session, keepers_reach(actor), now=clock.now())
    return page.render("utilisation/due.html", fragment="due", due=due)


@router.get("/filed-reports.xlsx", name="filed_workbook")
def as_workbook(
    session: Reading,
    clock: ClockDep,
    grants: GrantsDep,
    wanted: Annotated[ReportOf, Query()],
    actor: Reader,
) -> Response:
    """The report as it stands, whatever is still wrong with it: to be looked through."""
    sheet = sheet_in_reach(session, wanted, actor, now=clock.now(), grants=grants)
    content = workbook(as_read(sheet, actor), made_at=clock.now())
    return download(content, filename=f"{_file_name(sheet.report)}.xlsx", media_type=XLSX)


@router.get("/filed-reports.csv", name="filed_csv")
def as_csv(
    session: Reading,
    clock: ClockDep,
    grants: GrantsDep,
    wanted: Annotated[ReportOf, Query()],
    actor: Reader,
) -> Response:
    """The same as text."""
    sheet = sheet_in_reach(session, wanted, actor, now=clock.now(), grants=grants)
    content = as_read(sheet, actor).csv()
    return download(content, filename=f"{_file_name(sheet.report)}.csv", media_type=CSV)


def _file_name(report: Report) -> str:
    return f"{report.kind.value}-{report.period.code}"


@router.get("/filed-reports/entry", name="filed_entry")
def to_enter(
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    wanted: Annotated[LineOf, Query()],
    actor: Keeper,
) -> Response:
    """What no record tells of one line."""
    sheet, line = _line(session, wanted, actor, clock)
    typed = {column.code: line.values.get(column.code, "") for column in sheet.typed}
    form = blank(**typed)
    return page.render(ENTRY, form=form, **_entry(sheet, line))


@router.post("/filed-reports/entry", name="filed_entry_keep")
def keep_entry(
    form: Annotated[Filled[LineOf], filled_in(LineOf)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    """Keep it."""
    told = form.checked
    sheet, line = _line(uow.session, told, actor, clock)
    page.if_refused(ENTRY, form=form, **_entry(sheet, line))
    given = entered(form, sheet.typed)
    enter_line(uow, sheet.report, line, entered=given, actor=actor, now=clock.now())
    return page.redirect("filed_reports", **named(sheet.report))


def _line(session: Session, wanted: LineOf, actor: Actor, clock: ClockDep) -> tuple[Sheet, Line]:
    """The record itself, for whoever may say something of it."""
    sheet = sheet_in_reach(session, wanted, actor, now=clock.now())
    for line in sheet.lines:
        if line.key == wanted.subject and may_enter(actor, sheet.report, line):
            return sheet, line
    raise NotFound(record=wanted.subject)


def _entry(sheet: Sheet, line: Line) -> dict[str, Any]:
    return {
        "report": sheet.report,
        "named": named(sheet.report),
        "line": line,
        "columns": line.asks,
        "labels": labels(sheet.columns),
    }


@router.post("/filed-reports/submissions", name="filed_submit")
def submit(
    form: Annotated[Filled[ReportOf], filled_in(ReportOf)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    grants: GrantsDep,
    actor: Head,
) -> Response:
    """Freeze the report as it is handed in."""
    report = form.checked.to_hand_in(local(clock.now()).date())
    file_report(uow, report, actor=actor, now=clock.now(), grants=grants)
    return page.redirect("filed_reports", **named(report))


@router.get("/report-filings/{filing_id}.xlsx", name="filing_workbook")
def handed_in_workbook(filing_id: int, session: Reading, actor: Reader) -> Response:
    """The workbook as it was handed in, byte for byte."""
    row = filing_in_reach(session, filing_id, sheets_reach(actor))
    filed = for_reader(Filed.of(row), report_of(row), actor)
    content = workbook(filed, made_at=row.submitted_at)
    return download(content, filename=f"{_version_name(row)}.xlsx", media_type=XLSX)


@router.get("/report-filings/{filing_id}.csv", name="filing_csv")
def handed_in_csv(filing_id: int, session: Reading, actor: Reader) -> Response:
    """The same as text."""
    row = filing_in_reach(session, filing_id, sheets_reach(actor))
    content = for_reader(Filed.of(row), report_of(row), actor).csv()
    return download(content, filename=f"{_version_name(row)}.csv", media_type=CSV)


def _version_name(row: ReportFiling) -> str:
    return f"{row.kind.value}-{row.period}-v{row.version}"
