"""Pages of the yearly sheet: an organisation's instruments, what is wrong or missing, the file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.instruments.queries.cards import SeenCard, card_seen_by
from booking.kernel.clock import local
from booking.kernel.errors import NotFound
from booking.kernel.periods import Period
from booking.utilisation.actions.report_year import enter_year, hand_in, name_school
from booking.utilisation.forms import (
    SchoolForm,
    SheetNamed,
    SheetOf,
    YearForm,
    readable,
    sheets_reach,
)
from booking.utilisation.models import ReportSubmission
from booking.utilisation.queries.yearly_sheet import (
    entries_of,
    reporting_organisations,
    submission_in_reach,
    submissions_of,
    trained_in,
)
from booking.utilisation.report.sj3 import Sheet, sheet_of, written
from booking.utilisation.rules.sj3 import FIELDS, TO_TYPE, Value, differences
from booking.web.clock import ClockDep
from booking.web.downloads import XLSX, Cell, attachment, download, streamed
from booking.web.forms import Filled, blank, filled_in
from booking.web.i18n import gettext
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction
from booking.web.words import field_words
from booking.web.workbooks import xlsx_chunks

router = APIRouter()

PAGE = "utilisation/sj3.html"
TEXT = "text/plain; charset=gb18030"
Reader = Annotated[Actor, requires(Permission.UTILISATION_READ, Permission.ORGANISATION_MANAGE)]
Keeper = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE)]
Head = Annotated[Actor, requires(Permission.ORGANISATION_MANAGE)]


@dataclass(frozen=True, slots=True)
class Version:
    """A sheet that was handed in, and what records say otherwise by now."""

    row: ReportSubmission
    differing: Sequence[tuple[str, str, Value, Value]]


@router.get("/reports/sj3", name="sj3")
def show(
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    wanted: Annotated[SheetNamed, Query()],
    actor: Reader,
) -> Response:
    """The sheet of one organisation's academic year."""
    now = clock.now()
    period = wanted.period_or_last(local(now).date())
    known = reporting_organisations(session, sheets_reach(actor))
    if not known and wanted.organisation is None:
        return page.render(PAGE, sheet=None, period=period)
    chosen = wanted.organisation or known[0][0]
    if chosen not in {key for key, *_ in known}:
        raise NotFound(organisation_id=chosen)
    sheet = sheet_of(session, chosen, period, reach=sheets_reach(actor), now=now)
    return page.render(PAGE, **_shown(session, sheet, actor, known))


def _shown(
    session: Reading, sheet: Sheet, actor: Actor, known: Sequence[tuple[int, str, str]]
) -> dict[str, Any]:
    key, period = sheet.organisation_id, sheet.period
    whole = {"organisation_id": key}
    heads = actor.may_for(Permission.ORGANISATION_MANAGE, **whole)
    reads_whole = heads or actor.may_for(Permission.UTILISATION_READ, **whole)
    versions = submissions_of(session, key, period) if reads_whole else ()
    return {
        "sheet": sheet,
        "period": period,
        "known": known,
        "form": blank(organisation=key, period=period.code),
        "school": blank(organisation=key, period=period.code, school_code=sheet.school_code),
        "heads": heads,
        "may_mend": {
            line.card.id
            for line in sheet.lines
            if actor.may_for(Permission.INSTRUMENT_MANAGE, lab_id=line.card.lab_id, **whole)
        },
        "versions": [Version(row, _differing(row, sheet)) for row in versions],
        "labels": _labels(),
        "years": [f"AY{year}" for year in range(period.first.year + 1, period.first.year - 4, -1)],
    }


def _labels() -> dict[str, str]:
    return {field.code: field_words(field.code) for field in FIELDS}


def _differing(row: ReportSubmission, sheet: Sheet) -> list[tuple[str, str, Value, Value]]:
    names = {str(line.card.id): line.card.name for line in sheet.lines}
    now = {str(key): one for key, one in sheet.rows.items()}
    return [
        (names.get(key, key), field, before, after)
        for key in sorted(row.lines.keys() | now.keys(), key=int)
        for field, before, after in differences(row.lines.get(key, {}), now.get(key, {}))
    ]


@router.get("/reports/sj3.txt", name="sj3_text")
def as_text(
    session: Reading,
    clock: ClockDep,
    wanted: Annotated[SheetOf, Query()],
    actor: Reader,
) -> Response:
    """The file of fixed width; refused with every reason as long as a record cannot be written."""
    sheet = _sheet(session, wanted, actor, clock)
    return download(written(sheet.rows), filename=f"sj3{sheet.school_code}.txt", media_type=TEXT)


@router.get("/reports/sj3.xlsx", name="sj3_workbook")
def as_workbook(
    session: Reading,
    clock: ClockDep,
    wanted: Annotated[SheetOf, Query()],
    actor: Reader,
) -> Response:
    """The same as a workbook, whatever is still wrong with it: to be looked through."""
    sheet = _sheet(session, wanted, actor, clock)
    head = [field_words(field.code) for field in FIELDS]
    chunks = xlsx_chunks("SJ3", head, list(_cells(sheet)))
    return streamed(chunks, filename=f"sj3-{sheet.period.code}.xlsx", media_type=XLSX)


def _cells(sheet: Sheet) -> Iterator[list[Cell]]:
    for line in sheet.lines:
        yield [line.row.get(field.code) for field in FIELDS]


def _sheet(session: Reading, wanted: SheetOf, actor: Actor, clock: ClockDep) -> Sheet:
    reach, period = sheets_reach(actor), Period.parse(wanted.period)
    sheet = sheet_of(session, wanted.organisation, period, reach=reach, now=clock.now())
    if not sheet.lines:
        raise NotFound(organisation_id=wanted.organisation)
    return sheet


@router.post("/reports/sj3/school", name="sj3_school")
def say_school(
    form: Annotated[Filled[SchoolForm], filled_in(SchoolForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Head,
) -> Response:
    """What the ministry calls the organisation."""
    page.if_refused("utilisation/sj3_school.html", school=form)
    told = form.checked
    name_school(uow, told.organisation, told.school_code, actor=actor, now=clock.now())
    return page.redirect("sj3", organisation=told.organisation, period=told.period)


@router.post("/reports/sj3/submissions", name="sj3_hand_in")
def submit(
    form: Annotated[Filled[SheetOf], filled_in(SheetOf)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Head,
) -> Response:
    """Freeze the sheet as it is handed in."""
    told = form.checked
    period = Period.parse(told.period)
    hand_in(uow, told.organisation, period, actor=actor, now=clock.now())
    return page.redirect("sj3", organisation=told.organisation, period=told.period)


@router.get("/report-submissions/{submission_id}.txt", name="sj3_handed_in")
def as_handed_in(submission_id: int, session: Reading, actor: Reader) -> Response:
    """The file as it was handed in, byte for byte."""
    row = submission_in_reach(session, submission_id, sheets_reach(actor))
    headers = attachment(f"sj3-{row.period}-v{row.version}.txt")
    return Response(written(row.lines), headers=headers, media_type=TEXT)


@router.get("/instruments/{instrument_id}/year", name="instrument_year")
def to_enter(
    instrument_id: int,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    wanted: Annotated[SheetNamed, Query()],
    actor: Keeper,
) -> Response:
    """What no record tells of an instrument's academic year."""
    period = wanted.period_or_last(local(clock.now()).date())
    seen = _kept(session, instrument_id, actor)
    entered: Mapping[str, str | int] = entries_of(session, period, [instrument_id]).get(
        instrument_id, {}
    )
    form = blank(period=period.code, **entered)
    return page.render("utilisation/year.html", **_year(session, seen, period, form=form))


def _kept(session: Reading, instrument_id: int, actor: Actor) -> SeenCard:
    seen = card_seen_by(session, instrument_id, actor)
    place = {"organisation_id": seen.organisation_id, "lab_id": seen.instrument.lab_id}
    actor.must(Permission.INSTRUMENT_MANAGE, **place)
    return seen


def _year(session: Reading, seen: SeenCard, period: Period, *, form: Filled[Any]) -> dict[str, Any]:
    return {
        "seen": seen,
        "period": period,
        "form": form,
        "labels": _labels(),
        "trained": trained_in(session, period, seen.instrument.key),
        "fields": [field for field in FIELDS if field.code in TO_TYPE],
    }


@router.post("/instruments/{instrument_id}/year", name="instrument_year_keep")
def enter(
    instrument_id: int,
    form: Annotated[Filled[Any], filled_in(YearForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    """Keep what was typed; an empty field is left to the card, or unknown."""
    now, session = clock.now(), uow.session
    seen = _kept(session, instrument_id, actor)
    # A refused form is still about the year that it was about.
    period = readable(form.value("period"))
    page.if_refused("utilisation/year.html", **_year(session, seen, period, form=form))
    told = form.checked.model_dump(exclude={"period"})
    entered = {name: value for name, value in told.items() if value not in {None, ""}}
    enter_year(uow, instrument_id, period, entered=entered, actor=actor, now=now)
    response = page.redirect("sj3", organisation=seen.organisation_id, period=period.code)
    return page.toast(response, gettext("Kept"))
