"""Pages: claiming a qualification, its evidence, and what waits for the centre."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.files.actions.receive import receive
from booking.files.exports import served
from booking.files.forms import VaultDep, takes_file
from booking.files.queries import file_row
from booking.files.rules.kinds import ALLOWED, Use
from booking.organisations.actions.add_qualification import Claim, add_qualification
from booking.organisations.actions.judge_qualification import (
    return_qualification,
    verify_qualification,
)
from booking.organisations.forms import QualificationSheet, ReturnForm
from booking.organisations.queries import managed_organisation
from booking.organisations.report.qualifications import (
    QualificationRow,
    qualification_seen_by,
    waiting_qualifications,
)
from booking.organisations.rules import QualificationCode, number_warning
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.paging import WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.ORGANISATION_READ)]
Manager = Annotated[Actor, requires(Permission.ORGANISATION_MANAGE)]
Verifier = Annotated[Actor, requires(Permission.ORGANISATION_VERIFY)]

_NEW, _WAITING = "organisations/new_qualification.html", "organisations/waiting.html"


@router.get("/qualifications", name="qualifications")
def waiting_page(session: Reading, page: PageDep, window: WindowDep, actor: Verifier) -> Response:
    found = waiting_qualifications(session, after_id=window.after_id or 0, limit=window.take)
    cut = window.cut(found, key=lambda one: (one.row.id,))
    return page.render(_WAITING, waiting=cut.items, next_cursor=cut.next_cursor)


@router.get("/organisations/{organisation_id}/qualifications/new", name="qualification_new")
def new_page(
    organisation_id: int,
    session: Reading,
    page: PageDep,
    actor: Manager,
    replaces: Annotated[int | None, Query()] = None,
    code: Annotated[str, Query(max_length=100)] = "",
    number: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    managed_organisation(session, organisation_id, actor)
    form = blank(code=code, number=number)
    if replaces is not None and not code:
        form = _correcting(qualification_seen_by(session, replaces, actor))
    shown = _sheet(session, organisation_id, actor, form=form)
    return page.render(_NEW, fragment="number_warning", **shown)


@router.post("/organisations/{organisation_id}/qualifications", name="qualification_create")
@takes_file(Use.EVIDENCE)
def claim(
    organisation_id: int,
    form: Annotated[Filled[QualificationSheet], filled_in(QualificationSheet)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    vault: VaultDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    page.if_refused(_NEW, **_sheet(session, organisation_id, actor, form=form))
    told = form.checked
    received = receive(vault, told.file, Use.EVIDENCE) if told.file else None
    claimed = Claim(**told.model_dump(exclude={"file"}), file=received)
    add_qualification(uow, organisation_id, claimed, actor=actor, now=clock.now())
    return page.redirect("organisation", organisation_id)


@router.post("/qualifications/{qualification_id}/verification", name="qualification_verify")
def verify_claim(
    qualification_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Verifier
) -> Response:
    made = verify_qualification(uow, qualification_id, actor=actor, now=clock.now())
    return page.redirect("organisation", made.organisation_id)


@router.post("/qualifications/{qualification_id}/return", name="qualification_return")
def return_claim(
    qualification_id: int,
    form: Annotated[Filled[ReturnForm], filled_in(ReturnForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Verifier,
) -> Response:
    reason = form.checked.reason
    made = return_qualification(uow, qualification_id, reason, actor=actor, now=clock.now())
    return page.redirect("organisation", made.organisation_id)


@router.get("/qualifications/{qualification_id}/evidence", name="qualification_evidence")
def evidence(qualification_id: int, session: Reading, vault: VaultDep, actor: Reader) -> Response:
    row = qualification_seen_by(session, qualification_id, actor)
    return served(vault, file_row(session, row.file_id), inline=True)


def _sheet(
    session: Session, organisation_id: int, actor: Actor, *, form: Filled[Any]
) -> dict[str, Any]:
    """What the form of a claim is shown with; the number's warning follows what is typed."""
    code, number = form.value("code"), form.value("number")
    return {
        "organisation": managed_organisation(session, organisation_id, actor),
        "form": form,
        "codes": tuple(QualificationCode),
        "allowed": ALLOWED[Use.EVIDENCE],
        "warning": number_warning(code, number) if number else None,
    }


def _correcting(row: QualificationRow) -> Filled[Any]:
    return blank(
        replaces=row.id,
        code=row.code,
        number=row.number,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )
