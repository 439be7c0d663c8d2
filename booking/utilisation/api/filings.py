"""JSON of reports as they were handed in, and handing in."""

from typing import Annotated

from fastapi import APIRouter, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.clock import local
from booking.kernel.errors import NotFound
from booking.utilisation.actions.file_report import file_report, whole_sheet
from booking.utilisation.api.shapes import FilingOut, HandIn, correction_out, version_out
from booking.utilisation.forms import GrantsDep, RowId, sheets_reach
from booking.utilisation.forms.filed import FiledKind, PeriodCode, ReportOf
from booking.utilisation.models import ReportFiling
from booking.utilisation.queries.filings import filing_in_reach, queue_to_file
from booking.utilisation.report.filed import Filed, filing_corrections, report_of
from booking.utilisation.report.reading import differences_told, for_reader, may_file
from booking.web.clock import ClockDep
from booking.web.idempotency import Once
from booking.web.transactions import Reading, Transaction

router = APIRouter(tags=["filed reports"])

Reader = Annotated[Actor, requires(Permission.UTILISATION_READ, Permission.ORGANISATION_MANAGE)]
Head = Annotated[Actor, requires(Permission.ORGANISATION_MANAGE)]


@router.post("/filed-reports/{kind}/{period}/submission", status_code=201, response_model=FilingOut)
def hand_in(
    kind: FiledKind,
    period: PeriodCode,
    body: HandIn,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    grants: GrantsDep,
    actor: Head,
) -> Response:
    """Freeze the report of a period that is over as a further version; with `If-Match`, only as it
    was read. Whoever sends the same `Idempotency-Key` again gets the same version."""
    wanted = ReportOf(kind=kind, period=period, organisation=body.organisation)
    now = clock.now()
    report = wanted.to_hand_in(local(now).date())
    if not may_file(actor, report):
        raise NotFound(organisation_id=body.organisation or 0)

    def act() -> tuple[int, FilingOut]:
        made = file_report(uow, report, actor=actor, now=now, grants=grants)
        return 201, _told(made, actor)

    def stands() -> str:
        queue_to_file(uow.session, report.owner)
        sheet = whole_sheet(uow.session, report, now=now, grants=grants)
        return sheet.written().fingerprint

    return once.answer(act, stands=stands)


@router.get("/report-filings/{filing_id}")
def handed_in(filing_id: RowId, session: Reading, actor: Reader) -> FilingOut:
    """A version as it was handed in."""
    return _told(filing_in_reach(session, filing_id, sheets_reach(actor)), actor)


def _told(row: ReportFiling, actor: Actor) -> FilingOut:
    report = report_of(row)
    filed = for_reader(Filed.of(row), report, actor)
    corrections = differences_told(filing_corrections(row), report, actor)
    return FilingOut(
        **version_out(row).model_dump(),
        kind=row.kind,
        organisation=row.organisation_id,
        period=row.period,
        columns=[code for code, _ in filed.columns],
        records=filed.lines,
        corrections=[correction_out(one) for one in corrections],
    )
