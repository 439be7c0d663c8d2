"""Pages: appealing against an entry, and what waits for the centre."""

from typing import Annotated

from fastapi import APIRouter, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.credit.actions.appeal import appeal, decide_appeal
from booking.credit.forms import AppealForm, DecisionForm
from booking.credit.queries.appeals import evidence_of, waiting_appeals
from booking.credit.queries.entries import EntryRow, entry_for
from booking.files.actions.receive import receive
from booking.files.exports import served
from booking.files.forms import VaultDep, takes_file
from booking.files.queries import file_row
from booking.files.rules.kinds import ALLOWED, Use
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.paging import WindowDep
from booking.web.rendering import Page, PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Concerned = Annotated[
    Actor,
    requires(
        Permission.RESERVATION_USE, Permission.ORGANISATION_MANAGE, Permission.INSTRUMENT_MANAGE
    ),
]
Reader = Annotated[
    Actor,
    requires(
        Permission.RESERVATION_USE,
        Permission.ORGANISATION_MANAGE,
        Permission.INSTRUMENT_MANAGE,
        Permission.CREDIT_MANAGE,
    ),
]
Decider = Annotated[Actor, requires(Permission.CREDIT_MANAGE)]
_NEW, _WAITING = "credit/appeal.html", "credit/appeals.html"


@router.get("/credit/entries/{entry_id}/appeal", name="credit_appeal")
def new_page(entry_id: int, session: Reading, page: PageDep, actor: Concerned) -> Response:
    entry = entry_for(session, entry_id, actor)
    return page.render(_NEW, entry=entry, form=blank(), allowed=ALLOWED[Use.EVIDENCE])


@router.post("/credit/entries/{entry_id}/appeal", name="credit_appeal_send")
@takes_file(Use.EVIDENCE)
def send(
    entry_id: int,
    form: Annotated[Filled[AppealForm], filled_in(AppealForm)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    vault: VaultDep,
    clock: ClockDep,
    actor: Concerned,
) -> Response:
    entry = entry_for(session, entry_id, actor)
    page.if_refused(_NEW, entry=entry, form=form, allowed=ALLOWED[Use.EVIDENCE])
    told = form.checked
    received = receive(vault, told.file, Use.EVIDENCE) if told.file else None
    appeal(uow, entry_id, told.words, file=received, actor=actor, now=clock.now())
    return _back(page, entry)


@router.get("/credit/appeals", name="credit_appeals")
def queue(session: Reading, page: PageDep, window: WindowDep, actor: Decider) -> Response:
    found = waiting_appeals(session, after_id=window.after_id, limit=window.take)
    cut = window.cut(found, key=lambda row: (row.id,))
    return page.render(_WAITING, waiting=cut.items, next_cursor=cut.next_cursor)


@router.post("/credit/appeals/{appeal_id}/granting", name="credit_appeal_grant")
def grant(
    appeal_id: int,
    form: Annotated[Filled[DecisionForm], filled_in(DecisionForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Decider,
) -> Response:
    decide_appeal(uow, appeal_id, form.checked.reason, grant=True, actor=actor, now=clock.now())
    return page.redirect("credit_appeals")


@router.post("/credit/appeals/{appeal_id}/refusal", name="credit_appeal_refuse")
def refuse(
    appeal_id: int,
    form: Annotated[Filled[DecisionForm], filled_in(DecisionForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Decider,
) -> Response:
    decide_appeal(uow, appeal_id, form.checked.reason, grant=False, actor=actor, now=clock.now())
    return page.redirect("credit_appeals")


@router.get("/credit/appeals/{appeal_id}/evidence", name="credit_appeal_evidence")
def evidence(appeal_id: int, session: Reading, vault: VaultDep, actor: Reader) -> Response:
    file_id = evidence_of(session, appeal_id, actor)
    return served(vault, file_row(session, file_id), inline=True)


def _back(page: Page, entry: EntryRow) -> Response:
    if entry.lab_id is not None:
        return page.redirect("lab_credit", entry.lab_id)
    return page.redirect("organisation_credit", entry.organisation_id)
