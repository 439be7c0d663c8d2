"""JSON of reports that are filed: where they stand, and their records."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.clock import local
from booking.kernel.errors import NotFound
from booking.kernel.periods import Period
from booking.utilisation.api.shapes import (
    RecordList,
    ReportItem,
    ReportList,
    ReportOut,
    ReportState,
    VersionSince,
    column_out,
    correction_out,
    record_out,
    version_out,
)
from booking.utilisation.forms import GrantsDep, RowId, sheets_reach
from booking.utilisation.forms.filed import (
    FiledKind,
    PeriodCode,
    ReportOf,
    kinds_read_by,
    offered_periods,
    sheet_in_reach,
)
from booking.utilisation.queries.filings import Version, last_versions, providers_in
from booking.utilisation.report.filed import Sheet, is_over
from booking.utilisation.report.filing import sheet_of, since_filed
from booking.utilisation.report.reading import as_read, differences_told, is_told, sees_whole
from booking.utilisation.report.templates import deadlines
from booking.utilisation.rules.deadlines import last_ended
from booking.utilisation.rules.sheets import OF_THE_ZONE, Kind, Report
from booking.web.clock import ClockDep
from booking.web.paging import WindowDep
from booking.web.transactions import Reading
from booking.web.versions import tag_header

router = APIRouter(tags=["filed reports"])

Reader = Annotated[Actor, requires(Permission.UTILISATION_READ, Permission.ORGANISATION_MANAGE)]
Whose = Annotated[RowId | None, Query()]
Versions = Mapping[tuple[Kind, str], Version]


def named_report(kind: FiledKind, period: PeriodCode, organisation: Whose = None) -> ReportOf:
    """The report of an address."""
    return ReportOf(kind=kind, period=period, organisation=organisation)


Named = Annotated[ReportOf, Depends(named_report)]


@router.get("/filed-reports")
def reports(
    session: Reading,
    clock: ClockDep,
    window: WindowDep,
    actor: Reader,
    organisation: Whose = None,
    kind: Annotated[FiledKind | None, Query()] = None,
) -> ReportList:
    """Reports of the running period and of those before it, and where they stand: of one
    organisation (the first that the caller sees, when none is named), and of the zone."""
    owner = _owner(session, actor, organisation)
    kinds = [one for one in kinds_read_by(sheets_reach(actor)) if kind in {None, one}]
    every = list(enumerate(_offered(kinds, owner, now=clock.now()), 1))
    start = window.after_id or 0
    cut = window.cut(every[start : start + window.take], key=lambda row: (row[0],))
    versions = last_versions(session, owner)
    items = [_item(session, one, actor, versions, now=clock.now()) for _, one in cut.items]
    return ReportList(items=items, next_cursor=cut.next_cursor)


def _owner(session: Session, actor: Actor, organisation: int | None) -> int | None:
    known = [key for key, *_ in providers_in(session, sheets_reach(actor))]
    if organisation is not None and organisation not in known:
        raise NotFound(organisation_id=organisation)
    return organisation or next(iter(known), None)


def _offered(kinds: list[Kind], owner: int | None, *, now: datetime) -> list[Report]:
    return [
        Report(kind, None if kind in OF_THE_ZONE else owner, Period.parse(code))
        for kind in kinds
        if kind in OF_THE_ZONE or owner is not None
        for code in offered_periods(kind, local(now).date())
    ]


def _item(
    session: Session, report: Report, actor: Actor, versions: Versions, *, now: datetime
) -> ReportItem:
    last = versions.get((report.kind, report.period.code))
    counts = report.period == last_ended(report.kind, local(now).date())
    reach = sheets_reach(actor)
    sheet = sheet_of(session, report, reach=reach, now=now) if counts else None
    by_when = next((one for one in deadlines() if one.kind is report.kind), None)
    return ReportItem(
        kind=report.kind,
        organisation=report.owner,
        period=report.period.code,
        state=_state(report, is_filed=last is not None, now=now),
        due=by_when.due(report.period) if by_when else None,
        due_is_example=bool(by_when and by_when.is_example),
        records=len(sheet.lines) if sheet else None,
        incomplete=len(sheet.incomplete) if sheet else None,
        last_version=version_out(last) if last and sees_whole(report, reach) else None,
    )


def _state(report: Report, *, is_filed: bool, now: datetime) -> ReportState:
    if is_filed:
        return ReportState.HANDED_IN
    return ReportState.OPEN if is_over(report, now) else ReportState.RUNNING


@router.get("/filed-reports/{kind}/{period}", response_model=ReportOut)
def report_as_it_stands(
    session: Reading,
    response: Response,
    clock: ClockDep,
    grants: GrantsDep,
    wanted: Named,
    actor: Reader,
) -> ReportOut:
    """How complete it is, what it corrects of earlier periods, and its versions; the tag stands
    for all that is in it."""
    sheet = sheet_in_reach(session, wanted, actor, now=clock.now(), grants=grants)
    told = _told(session, sheet, actor, now=clock.now())
    response.headers.update(tag_header(told.sha256))
    return told


def _told(session: Session, sheet: Sheet, actor: Actor, *, now: datetime) -> ReportOut:
    report = sheet.report
    whole = sees_whole(report, sheets_reach(actor))
    is_filed = (report.kind, report.period.code) in last_versions(session, report.owner)
    versions = [
        VersionSince(
            **version_out(row).model_dump(),
            differences=len(differences_told(differing, report, actor)),
        )
        for row, differing in (since_filed(session, report, sheet) if whole else [])
    ]
    return ReportOut(
        kind=report.kind,
        organisation=report.owner,
        period=report.period.code,
        state=_state(report, is_filed=is_filed, now=now),
        source=sheet.source,
        records=len(sheet.lines),
        incomplete=len(sheet.incomplete),
        unsettled=sheet.unsettled,
        up_to_date=sheet.up_to_date,
        can_be_handed_in=sheet.can_be_filed and is_over(report, now),
        sha256=sheet.written().fingerprint,
        columns=[column_out(one) for one in sheet.columns if is_told(one.code, report, actor)],
        corrections=[
            correction_out(one) for one in differences_told(sheet.corrections, report, actor)
        ],
        versions=versions,
    )


@router.get("/filed-reports/{kind}/{period}/records")
def records(
    session: Reading,
    clock: ClockDep,
    grants: GrantsDep,
    window: WindowDep,
    wanted: Named,
    actor: Reader,
) -> RecordList:
    """The records with what is wrong with them, in the order of the file."""
    sheet = sheet_in_reach(session, wanted, actor, now=clock.now(), grants=grants)
    told, lines = as_read(sheet, actor), {line.key: line for line in sheet.lines}
    ordered = list(enumerate((lines[row[0]] for row in told.rows), 1))
    start = window.after_id or 0
    cut = window.cut(ordered[start : start + window.take], key=lambda row: (row[0],))
    items = [record_out(line, told.lines[line.key]) for _, line in cut.items]
    return RecordList(items=items, next_cursor=cut.next_cursor)
