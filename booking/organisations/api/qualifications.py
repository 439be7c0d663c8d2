"""JSON: qualifications, claimed, judged, and with their evidence."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Response, UploadFile
from pydantic import BaseModel
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.files.actions.receive import receive
from booking.files.exports import served
from booking.files.forms import VaultDep, takes_file
from booking.files.queries import file_row
from booking.files.rules.kinds import MEDIA_TYPES, Use
from booking.kernel.clock import local
from booking.organisations.actions.add_qualification import Claim, add_qualification
from booking.organisations.actions.judge_qualification import (
    hand_in_evidence,
    return_qualification,
    verify_qualification,
)
from booking.organisations.forms import QualificationBody, ReturnForm
from booking.organisations.queries import managed_organisation, organisation_seen_by
from booking.organisations.report.qualifications import (
    QualificationRow,
    qualification_seen_by,
    qualifications_of,
)
from booking.organisations.states import QualificationState
from booking.web.clock import ClockDep
from booking.web.downloads import files_of
from booking.web.idempotency import Once
from booking.web.transactions import Reading, Transaction
from booking.web.words import words

router = APIRouter(tags=["organisations"])

Reader = Annotated[Actor, requires(Permission.ORGANISATION_READ)]
Manager = Annotated[Actor, requires(Permission.ORGANISATION_MANAGE)]
Verifier = Annotated[Actor, requires(Permission.ORGANISATION_VERIFY)]


class Warning(BaseModel):
    """Worth a second look, but no refusal."""

    code: str
    params: dict[str, str]
    detail: str


class QualificationOut(BaseModel):
    """A qualification; `counts` says whether it does on the day that was asked about."""

    id: int
    code: str
    number: str
    valid_from: date
    valid_to: date | None
    evidence: str
    evidence_url: str | None
    state: QualificationState
    verified: bool
    counts: bool
    return_reason: str
    replaces: int | None
    warnings: list[Warning]


def qualifications_out(
    session: Session, organisation_id: int, at: date
) -> Sequence[QualificationOut]:
    """Every one of an organisation, newest first, as it is on a day."""
    return [_out(row, at) for row in qualifications_of(session, organisation_id)]


def _out(row: QualificationRow, at: date) -> QualificationOut:
    found = row.warning
    return QualificationOut(
        id=row.id,
        code=row.code,
        number=row.number,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        evidence=row.evidence,
        evidence_url=f"/api/v1/qualifications/{row.id}/evidence" if row.file_id else None,
        state=row.state,
        verified=row.verified,
        counts=row.counts_on(at),
        return_reason=row.return_reason,
        replaces=row.replaces_id,
        warnings=[
            Warning(
                code=found.code,
                params={name: str(value) for name, value in found.params.items()},
                detail=words(found.code, found.params),
            )
        ]
        if found
        else [],
    )


@router.post(
    "/organisations/{organisation_id}/qualifications",
    status_code=201,
    response_model=QualificationOut,
)
def create_qualification(
    organisation_id: int,
    body: QualificationBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """Claim a qualification; from the centre it counts at once, else when it is verified.

    A correction names what it `replaces`: that one counts until the correction is verified.
    """

    def deed() -> tuple[int, BaseModel]:
        organisation_seen_by(uow.session, organisation_id, actor)
        claim = Claim(**body.model_dump())
        made = add_qualification(uow, organisation_id, claim, actor=actor, now=clock.now())
        row = qualification_seen_by(uow.session, made.key, actor)
        return 201, _out(row, local(clock.now()).date())

    return once.answer(deed)


@router.post("/qualifications/{qualification_id}/verification")
def approve_qualification(
    qualification_id: int, uow: Transaction, clock: ClockDep, actor: Verifier
) -> QualificationOut:
    """Say that the evidence was seen."""
    verify_qualification(uow, qualification_id, actor=actor, now=clock.now())
    row = qualification_seen_by(uow.session, qualification_id, actor)
    return _out(row, local(clock.now()).date())


@router.post("/qualifications/{qualification_id}/return")
def send_back(
    qualification_id: int, body: ReturnForm, uow: Transaction, clock: ClockDep, actor: Verifier
) -> QualificationOut:
    """Return a claim with the reason."""
    return_qualification(uow, qualification_id, body.reason, actor=actor, now=clock.now())
    row = qualification_seen_by(uow.session, qualification_id, actor)
    return _out(row, local(clock.now()).date())


@router.post("/qualifications/{qualification_id}/evidence")
@takes_file(Use.EVIDENCE)
def send_evidence(
    qualification_id: int,
    file: UploadFile,
    session: Reading,
    uow: Transaction,
    vault: VaultDep,
    clock: ClockDep,
    actor: Manager,
) -> QualificationOut:
    """Hand in the file of a claim that waits and has none yet."""
    row = qualification_seen_by(session, qualification_id, actor)
    managed_organisation(session, row.organisation_id, actor)
    received = receive(vault, file, Use.EVIDENCE)
    hand_in_evidence(uow, qualification_id, received, actor=actor, now=clock.now())
    row = qualification_seen_by(uow.session, qualification_id, actor)
    return _out(row, local(clock.now()).date())


@router.get(
    "/qualifications/{qualification_id}/evidence",
    response_class=Response,
    responses=files_of(*MEDIA_TYPES.values()),
)
def read_evidence(
    qualification_id: int, session: Reading, vault: VaultDep, actor: Reader
) -> Response:
    """The file that proves it."""
    row = qualification_seen_by(session, qualification_id, actor)
    return served(vault, file_row(session, row.file_id))
