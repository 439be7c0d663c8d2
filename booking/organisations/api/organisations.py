"""JSON: organisations, their verification and labs."""

from dataclasses import asdict
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Body, Query, Response
from pydantic import BaseModel
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.clock import Clock, local
from booking.organisations.actions.manage_labs import LabCard, edit_lab, open_lab
from booking.organisations.actions.register_organisation import (
    Registration,
    edit_organisation,
    register_organisation,
)
from booking.organisations.actions.verify import take_step
from booking.organisations.api.qualifications import QualificationOut, qualifications_out
from booking.organisations.forms import (
    LabForm,
    OrganisationForm,
    OrganisationPatch,
    StepForm,
    as_columns,
)
from booking.organisations.queries import (
    OrganisationSummary,
    bank_account_of,
    lab_seen_by,
    lab_summary,
    labs_of,
    organisation_seen_by,
    organisations_seen_by,
)
from booking.organisations.states import OrganisationKind, OrganisationState
from booking.web.clock import ClockDep
from booking.web.idempotency import Once
from booking.web.json import AwareMoment
from booking.web.moments import Day
from booking.web.paging import WindowDep
from booking.web.transactions import Reading, Transaction

router = APIRouter(tags=["organisations"])

Reader = Annotated[Actor, requires(Permission.ORGANISATION_READ)]
Manager = Annotated[Actor, requires(Permission.ORGANISATION_MANAGE)]
Verifier = Annotated[Actor, requires(Permission.ORGANISATION_VERIFY)]


class LabOut(BaseModel):
    """A lab of a provider."""

    id: int
    organisation_id: int
    name: str
    name_en: str
    district: str
    address: str


class BankOut(BaseModel):
    """Where money for an organisation goes."""

    account_name: str
    bank: str
    account_no: str


class OrganisationLine(BaseModel):
    """An organisation in a list."""

    id: int
    name: str
    name_en: str
    uscc: str | None
    kind: OrganisationKind
    district: str
    actual_controller: str | None
    state: OrganisationState
    created_at: AwareMoment
    national_code: str


class OrganisationOut(OrganisationLine):
    """An organisation with everything the asker may know."""

    state_reason: str
    bank_account: BankOut | None
    labs: list[LabOut]
    qualifications: list[QualificationOut]


class OrganisationList(BaseModel):
    items: list[OrganisationLine]
    next_cursor: str | None


def _line(found: OrganisationSummary) -> dict[str, object]:
    told = asdict(found)
    return {**told, "actual_controller": told.pop("controller_key")}


def _today(clock: Clock) -> date:
    return local(clock.now()).date()


def _whole(session: Session, organisation_id: int, actor: Actor, *, at: date) -> OrganisationOut:
    found = organisation_seen_by(session, organisation_id, actor)
    sees_bank = actor.reach(Permission.ORGANISATION_READ).everywhere or actor.may_for(
        Permission.ORGANISATION_MANAGE, organisation_id=organisation_id
    )
    bank = bank_account_of(session, organisation_id) if sees_bank else None
    return OrganisationOut.model_validate(
        _line(found)
        | {
            "bank_account": asdict(bank) if bank else None,
            "labs": [asdict(lab) for lab in labs_of(session, organisation_id)],
            "qualifications": qualifications_out(session, organisation_id, at),
        }
    )


@router.get("/organisations")
def list_organisations(
    session: Reading,
    window: WindowDep,
    actor: Reader,
    q: Annotated[str, Query(max_length=100)] = "",
    state: OrganisationState | None = None,
) -> OrganisationList:
    """Everybody for the centre; one's own for everybody else."""
    found = organisations_seen_by(
        session, actor, words=q, state=state, after_id=window.after_id or 0, limit=window.take
    )
    cut = window.cut(found, key=lambda row: (row.id,))
    items = [OrganisationLine.model_validate(_line(row)) for row in cut.items]
    return OrganisationList(items=items, next_cursor=cut.next_cursor)


@router.post("/organisations", status_code=201, response_model=OrganisationOut)
def create_organisation(
    body: OrganisationForm, uow: Transaction, once: Once, clock: ClockDep, actor: Verifier
) -> Response:
    """Register an organisation; it waits to be verified."""

    def deed() -> tuple[int, BaseModel]:
        told = Registration(**as_columns(body))  # type: ignore[arg-type]  # checked by the form
        made = register_organisation(uow, told, actor=actor, now=clock.now())
        return 201, _whole(uow.session, made.key, actor, at=_today(clock))

    return once.answer(deed)


@router.get("/organisations/{organisation_id}")
def read_organisation(
    organisation_id: int, session: Reading, clock: ClockDep, actor: Reader, at: Day | None = None
) -> OrganisationOut:
    """One organisation, with its labs and qualifications, judged on a day (today unless said)."""
    return _whole(session, organisation_id, actor, at=at or _today(clock))


@router.patch("/organisations/{organisation_id}")
def change_organisation(
    organisation_id: int,
    body: OrganisationPatch,
    uow: Transaction,
    clock: ClockDep,
    actor: Manager,
) -> OrganisationOut:
    """Change some fields; who an organisation is, only the centre changes."""
    organisation_seen_by(uow.session, organisation_id, actor)
    edit_organisation(uow, organisation_id, as_columns(body), actor=actor, now=clock.now())
    return _whole(uow.session, organisation_id, actor, at=_today(clock))


@router.post("/organisations/{organisation_id}/verification")
def verify_organisation(
    organisation_id: int,
    uow: Transaction,
    clock: ClockDep,
    actor: Verifier,
    body: Annotated[StepForm | None, Body()] = None,
) -> OrganisationOut:
    """Verify (the default), suspend or reinstate."""
    told = body or StepForm()
    take_step(uow, organisation_id, told.step, actor=actor, now=clock.now(), reason=told.reason)
    return _whole(uow.session, organisation_id, actor, at=_today(clock))


@router.post("/organisations/{organisation_id}/labs", status_code=201, response_model=LabOut)
def create_lab(
    organisation_id: int,
    body: LabForm,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """Open a lab of a provider."""

    def deed() -> tuple[int, BaseModel]:
        organisation_seen_by(uow.session, organisation_id, actor)
        card = LabCard(**body.model_dump())
        made = open_lab(uow, organisation_id, card, actor=actor, now=clock.now())
        return 201, LabOut.model_validate(asdict(lab_summary(uow.session, made.key)))

    return once.answer(deed)


@router.put("/labs/{lab_id}")
def change_lab(
    lab_id: int, body: LabForm, uow: Transaction, clock: ClockDep, actor: Manager
) -> LabOut:
    """Change the card of a lab."""
    lab_seen_by(uow.session, lab_id, actor)
    edit_lab(uow, lab_id, LabCard(**body.model_dump()), actor=actor, now=clock.now())
    return LabOut.model_validate(asdict(lab_summary(uow.session, lab_id)))
