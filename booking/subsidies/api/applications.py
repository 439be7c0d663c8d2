"""JSON: applications to programmes that ask for them, by companies and by the centre's finance."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Form, Query, Response, UploadFile
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.files.actions.receive import receive
from booking.files.exports import served
from booking.files.forms import VaultDep, takes_file
from booking.files.rules.kinds import ALLOWED, MEDIA_TYPES, Use
from booking.kernel.clock import local
from booking.subsidies.actions.apply import (
    add_paper,
    begin_application,
    hand_in,
    remove_paper,
    withdraw_application,
)
from booking.subsidies.actions.judge_application import decide_application
from booking.subsidies.actions.revoke_application import revoke_application
from booking.subsidies.api.application_shapes import (
    ApplicationInFull,
    ApplicationList,
    OfferList,
    OfferOut,
)
from booking.subsidies.forms import ApplicationBody, RevocationBody, SubmissionBody, WhyBody
from booking.subsidies.queries.application_lists import (
    ApplicationFilter,
    application_of,
    application_seen_by,
    applications_seen_by,
    paper_seen_by,
)
from booking.subsidies.report.applications import (
    application_sheet,
    applying_company,
    offers_to,
    version_to_apply_to,
)
from booking.subsidies.rules.explanation import tongue_of
from booking.subsidies.states import ApplicationState, ApplicationStep
from booking.web.clock import ClockDep
from booking.web.downloads import files_of
from booking.web.i18n import language
from booking.web.idempotency import Once
from booking.web.paging import WindowDep
from booking.web.transactions import Reading, Transaction

router = APIRouter(tags=["subsidies"])

Reader = Annotated[Actor, requires(Permission.APPLICATION_READ)]
Maker = Annotated[Actor, requires(Permission.APPLICATION_MAKE)]
Judge = Annotated[Actor, requires(Permission.APPLICATION_DECIDE)]
_FILES: Final = tuple(MEDIA_TYPES[kind] for kind in ALLOWED[Use.EVIDENCE].kinds)


@router.get("/open-programmes")
def list_offers(session: Reading, clock: ClockDep, actor: Reader) -> OfferList:
    """What your companies may apply to, now or later, with the evidence that is asked."""
    companies = actor.organisations_giving(Permission.APPLICATION_READ)
    day = local(clock.now()).date()
    found = offers_to(session, companies, day=day, tongue=tongue_of(language()))
    return OfferList(items=[OfferOut.of(one) for one in found])


@router.get("/applications")
def list_applications(
    session: Reading,
    window: WindowDep,
    actor: Reader,
    programme: Annotated[str, Query(max_length=64)] = "",
    state: ApplicationState | None = None,
) -> ApplicationList:
    """Your companies', newest first; for the centre, everything that was handed in."""
    asked = ApplicationFilter(programme, state)
    rows = applications_seen_by(session, actor, asked, before_id=window.after_id, limit=window.take)
    cut = window.cut(rows, key=lambda row: (row.id,))
    return ApplicationList.of(cut.items, cut.next_cursor)


@router.post("/applications", status_code=201, response_model=ApplicationInFull)
def create_application(
    body: ApplicationBody, uow: Transaction, once: Once, clock: ClockDep, actor: Maker
) -> Response:
    """Begin a draft; one at a time for a company and a version."""
    now = clock.now()

    def deed() -> tuple[int, ApplicationInFull]:
        company = applying_company(actor, body.organisation_id)
        version = body.version or version_to_apply_to(
            uow.session, body.programme, local(now).date()
        )
        key = begin_application(
            uow, body.programme, version, organisation_id=company, by=(actor.id, now)
        )
        return 201, _in_full(uow.session, key, actor, now)

    return once.answer(deed)


@router.get("/applications/{application_id}")
def show_application(
    application_id: int, session: Reading, clock: ClockDep, actor: Reader
) -> ApplicationInFull:
    """One application, its papers, and what is still missing."""
    return _in_full(session, application_id, actor, clock.now())


@router.post("/applications/{application_id}/papers", status_code=201)
@takes_file(Use.EVIDENCE)
def create_paper(
    application_id: int,
    file: UploadFile,
    code: Annotated[str, Form(max_length=40)],
    session: Reading,
    uow: Transaction,
    vault: VaultDep,
    clock: ClockDep,
    actor: Maker,
) -> ApplicationInFull:
    """A PDF or a picture, under the `code` of the evidence that it is."""
    application_of(session, application_id, actor)
    received = receive(vault, file, Use.EVIDENCE)
    add_paper(uow, application_id, received, code=code, by=(actor.id, clock.now()))
    return _in_full(uow.session, application_id, actor, clock.now())


@router.get(
    "/applications/{application_id}/papers/{document_id}",
    response_class=Response,
    responses=files_of(*_FILES),
)
def show_paper(
    application_id: int, document_id: int, session: Reading, vault: VaultDep, actor: Reader
) -> Response:
    """A paper of it."""
    return served(vault, paper_seen_by(session, application_id, document_id, actor=actor))


@router.post(
    "/applications/{application_id}/papers/{document_id}/removal", response_model=ApplicationInFull
)
def take_out_paper(
    application_id: int,
    document_id: int,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Maker,
) -> Response:
    """One that was not handed in yet; what the centre has seen stays."""
    now = clock.now()

    def deed() -> tuple[int, ApplicationInFull]:
        application_of(uow.session, application_id, actor)
        remove_paper(uow, application_id, document_id, by=(actor.id, now))
        return 200, _in_full(uow.session, application_id, actor, now)

    return once.answer(deed)


@router.post("/applications/{application_id}/submission", response_model=ApplicationInFull)
def submit(
    application_id: int,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Maker,
    body: SubmissionBody | None = None,
) -> Response:
    """Hand it in: within a window, with every paper that is asked; also what was sent back."""
    now, note = clock.now(), body.note if body else None

    def deed() -> tuple[int, ApplicationInFull]:
        application_of(uow.session, application_id, actor)
        hand_in(uow, application_id, note=note, actor_id=actor.id, now=now)
        return 200, _in_full(uow.session, application_id, actor, now)

    return once.answer(deed)


@router.post("/applications/{application_id}/withdrawal", response_model=ApplicationInFull)
def withdraw(
    application_id: int, uow: Transaction, once: Once, clock: ClockDep, actor: Maker
) -> Response:
    """Take it back before it is decided; another may be begun."""
    now = clock.now()

    def deed() -> tuple[int, ApplicationInFull]:
        application_of(uow.session, application_id, actor)
        withdraw_application(uow, application_id, actor_id=actor.id, now=now)
        return 200, _in_full(uow.session, application_id, actor, now)

    return once.answer(deed)


@router.post("/applications/{application_id}/acceptance", response_model=ApplicationInFull)
def accept(
    application_id: int, uow: Transaction, once: Once, clock: ClockDep, actor: Judge
) -> Response:
    """Uses from `covers_from` to `covers_to` count; of settled months, with the next statement."""
    by = (actor, clock.now())
    return once.answer(lambda: _decided(uow, application_id, (ApplicationStep.ACCEPT, ""), by=by))


@router.post("/applications/{application_id}/return", response_model=ApplicationInFull)
def send_back(
    application_id: int,
    body: WhyBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Judge,
) -> Response:
    """Ask the company for more, and say of what."""
    decision, by = (ApplicationStep.RETURN, body.reason), (actor, clock.now())
    return once.answer(lambda: _decided(uow, application_id, decision, by=by))


@router.post("/applications/{application_id}/refusal", response_model=ApplicationInFull)
def refuse(
    application_id: int,
    body: WhyBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Judge,
) -> Response:
    """Refuse it, and say why; the company may apply anew."""
    decision, by = (ApplicationStep.REFUSE, body.reason), (actor, clock.now())
    return once.answer(lambda: _decided(uow, application_id, decision, by=by))


@router.post("/applications/{application_id}/revocation", response_model=ApplicationInFull)
def revoke(
    application_id: int,
    body: RevocationBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Judge,
) -> Response:
    """Take the acceptance back from a day on; of locked statements, the next corrects the uses."""
    first, reason, now = body.first_day, body.reason, clock.now()

    def deed() -> tuple[int, ApplicationInFull]:
        application_seen_by(uow.session, application_id, actor)
        revoke_application(uow, application_id, first, reason=reason, actor_id=actor.id, now=now)
        return 200, _in_full(uow.session, application_id, actor, now)

    return once.answer(deed)


def _decided(
    uow: UnitOfWork,
    application_id: int,
    decision: tuple[ApplicationStep, str],
    *,
    by: tuple[Actor, datetime],
) -> tuple[int, ApplicationInFull]:
    (step, reason), (actor, now) = decision, by
    application_seen_by(uow.session, application_id, actor)
    decide_application(uow, application_id, step, reason=reason, actor_id=actor.id, now=now)
    return 200, _in_full(uow.session, application_id, actor, now)


def _in_full(
    session: Session, application_id: int, actor: Actor, now: datetime
) -> ApplicationInFull:
    day, tongue = local(now).date(), tongue_of(language())
    return ApplicationInFull.of(
        application_sheet(session, application_id, actor, day=day, tongue=tongue)
    )
