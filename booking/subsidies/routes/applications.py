"""Pages: what a company may apply to, its applications, and the centre's queue of them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.files.actions.receive import receive
from booking.files.exports import served
from booking.files.forms import VaultDep, takes_file
from booking.files.rules.kinds import ALLOWED, Use
from booking.kernel.clock import local
from booking.subsidies.actions.apply import (
    add_paper,
    begin_application,
    hand_in,
    remove_paper,
    withdraw_application,
    write_note,
)
from booking.subsidies.forms import (
    ApplicationBody,
    ApplicationPaperForm,
    NoteBody,
    SubmissionBody,
)
from booking.subsidies.queries.application_lists import (
    ApplicationFilter,
    application_of,
    applications_seen_by,
    paper_seen_by,
    programmes_applied_to,
)
from booking.subsidies.report.applications import (
    Offer,
    application_sheet,
    applying_company,
    offers_to,
    version_to_apply_to,
)
from booking.subsidies.routes import judging
from booking.subsidies.rules.explanation import tongue_of
from booking.subsidies.states import ApplicationState
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.i18n import language
from booking.web.paging import WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()
router.include_router(judging.router)

Reader = Annotated[Actor, requires(Permission.APPLICATION_READ)]
Maker = Annotated[Actor, requires(Permission.APPLICATION_MAKE)]
_ONE = "subsidies/application.html"


@router.get("/applications", name="applications")
def index(
    session: Reading,
    page: PageDep,
    window: WindowDep,
    actor: Reader,
    programme: Annotated[str, Query(max_length=64)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Of one's company; for the centre, everything that was handed in."""
    known = state if state in set(ApplicationState) else ""
    asked = ApplicationFilter(programme, ApplicationState(known) if known else None)
    rows = applications_seen_by(session, actor, asked, before_id=window.after_id, limit=window.take)
    return page.render(
        "subsidies/applications.html",
        cut=window.cut(rows, key=lambda row: (row.id,)),
        programme=programme,
        programmes=programmes_applied_to(session, actor),
        state=known,
        states=list(ApplicationState),
        applies=bool(actor.organisations_giving(Permission.APPLICATION_READ)),
        paging_on=window.after is not None,
    )


def offers_now(session: Session, actor: Actor, now: datetime) -> Sequence[Offer]:
    """What those whose applications somebody reads may apply to."""
    companies = actor.organisations_giving(Permission.APPLICATION_READ)
    return offers_to(session, companies, day=local(now).date(), tongue=tongue_of(language()))


@router.get("/open-programmes", name="open_programmes")
def offered(session: Reading, page: PageDep, clock: ClockDep, actor: Reader) -> Response:
    """What one's company may apply to, also for its start page."""
    companies = actor.organisations_giving(Permission.APPLICATION_READ)
    offers = offers_now(session, actor, clock.now())
    in_short = page.target("open_programmes")
    return page.render(
        "subsidies/open_programmes.html",
        fragment=in_short,
        offers=offers,
        wanted=[one for one in offers if one.wants] if in_short else [],
        several=len(companies) > 1,
        makes=actor.organisations_giving(Permission.APPLICATION_MAKE),
    )


@router.post("/applications", name="application_begin")
def begin(
    form: Annotated[Filled[ApplicationBody], filled_in(ApplicationBody)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Maker,
) -> Response:
    """Begin a draft."""
    asked, now = form.checked, clock.now()
    company = applying_company(actor, asked.organisation_id)
    version = asked.version or version_to_apply_to(uow.session, asked.programme, local(now).date())
    by = (actor.id, now)
    made = begin_application(uow, asked.programme, version, organisation_id=company, by=by)
    return page.redirect("application", made)


@router.get("/applications/{application_id}", name="application")
def show(
    application_id: int, session: Reading, page: PageDep, clock: ClockDep, actor: Reader
) -> Response:
    """One application: its papers, what is missing, and what may be done."""
    day = local(clock.now()).date()
    return page.render(_ONE, **_shown(session, application_id, actor, day))


def _shown(session: Session, application_id: int, actor: Actor, day: date) -> dict[str, Any]:
    tongue = tongue_of(language())
    sheet = application_sheet(session, application_id, actor, day=day, tongue=tongue)
    return {
        "sheet": sheet,
        "name": sheet.row.programme.name[tongue],
        "form": blank(note=sheet.row.note),
        "allowed": ALLOWED[Use.EVIDENCE],
    }


@router.post("/applications/{application_id}/note", name="application_note")
def note(
    application_id: int,
    form: Annotated[Filled[NoteBody], filled_in(NoteBody)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Maker,
) -> Response:
    """Keep what was typed."""
    shown = _shown(session, application_id, actor, local(clock.now()).date())
    page.if_refused(_ONE, **{**shown, "form": form})
    application_of(session, application_id, actor)
    write_note(uow, application_id, form.checked.note)
    return page.redirect("application", application_id)


@router.post("/applications/{application_id}/papers", name="application_paper_add")
@takes_file(Use.EVIDENCE)
def add(
    application_id: int,
    form: Annotated[Filled[ApplicationPaperForm], filled_in(ApplicationPaperForm)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    vault: VaultDep,
    clock: ClockDep,
    actor: Maker,
) -> Response:
    """Add a paper."""
    page.if_refused(_ONE, **_shown(session, application_id, actor, local(clock.now()).date()))
    application_of(session, application_id, actor)
    told, by = form.checked, (actor.id, clock.now())
    received = receive(vault, told.file, Use.EVIDENCE)
    add_paper(uow, application_id, received, code=told.code, by=by)
    return page.redirect("application", application_id)


@router.get("/applications/{application_id}/papers/{document_id}", name="application_paper")
def paper(
    application_id: int, document_id: int, session: Reading, vault: VaultDep, actor: Reader
) -> Response:
    """A paper of it."""
    return served(vault, paper_seen_by(session, application_id, document_id, actor=actor))


@router.post(
    "/applications/{application_id}/papers/{document_id}/removal", name="application_paper_remove"
)
def remove(
    application_id: int,
    document_id: int,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Maker,
) -> Response:
    """Take a paper out that was not handed in yet."""
    application_of(uow.session, application_id, actor)
    remove_paper(uow, application_id, document_id, by=(actor.id, clock.now()))
    return page.redirect("application", application_id)


@router.post("/applications/{application_id}/submission", name="application_submit")
def submit(
    application_id: int,
    form: Annotated[Filled[SubmissionBody], filled_in(SubmissionBody)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Maker,
) -> Response:
    """Hand it in."""
    now = clock.now()
    page.if_refused(
        _ONE, **{**_shown(session, application_id, actor, local(now).date()), "form": form}
    )
    application_of(session, application_id, actor)
    hand_in(uow, application_id, note=form.checked.note, actor_id=actor.id, now=now)
    return page.redirect("application", application_id)


@router.post("/applications/{application_id}/withdrawal", name="application_withdraw")
def withdraw(
    application_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Maker
) -> Response:
    """Take it back."""
    application_of(uow.session, application_id, actor)
    withdraw_application(uow, application_id, actor_id=actor.id, now=clock.now())
    return page.redirect("application", application_id)
