"""JSON: the credit of one's own companies and labs; appeals, and what the centre decides."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.credit.actions.appeal import appeal, decide_appeal
from booking.credit.forms import AppealBody, DecisionForm
from booking.credit.models import CreditAppeal
from booking.credit.queries.appeals import waiting_appeals
from booking.credit.queries.entries import entries_of
from booking.credit.queries.places import Place, own_places
from booking.credit.queries.standing import credits_of, terms_in_force
from booking.credit.rules import Cause, Credit, Level, credit_of
from booking.credit.states import AppealState
from booking.web.clock import ClockDep
from booking.web.idempotency import Once
from booking.web.json import AwareMoment
from booking.web.paging import WindowDep
from booking.web.transactions import Reading, Transaction

router = APIRouter(tags=["credit"])

Reader = Annotated[Actor, requires(Permission.RESERVATION_READ)]
Concerned = Annotated[
    Actor,
    requires(
        Permission.RESERVATION_USE, Permission.ORGANISATION_MANAGE, Permission.INSTRUMENT_MANAGE
    ),
]
Decider = Annotated[Actor, requires(Permission.CREDIT_MANAGE)]


class CreditEntryOut(BaseModel):
    """Something that counts or counted; one that annuls another (`annuls_id`) takes it back."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    organisation_id: int | None
    lab_id: int | None
    cause: Cause
    points: int
    number: str
    at: AwareMoment
    lapses_at: AwareMoment
    annuls_id: int | None
    appeal_state: AppealState | None


class CreditOut(BaseModel):
    """A score, and for companies what follows from it; nulls where no rules are in force."""

    organisation_id: int | None
    lab_id: int | None
    score: int | None
    level: Level | None
    approval_below: int | None
    refuse_below: int | None


class CreditList(BaseModel):
    """How one stands, and the entries of all one's companies and labs, newest first."""

    standings: list[CreditOut]
    items: list[CreditEntryOut]
    next_cursor: str | None


@router.get("/credit")
def own_credit(session: Reading, clock: ClockDep, window: WindowDep, actor: Reader) -> CreditList:
    """Your own companies and labs: score, what follows from it, and every entry."""
    now, places = clock.now(), own_places(session, actor)
    companies = [place.id for place in places if not place.is_lab]
    labs = [place.id for place in places if place.is_lab]
    found = entries_of(session, companies, labs, before_id=window.after_id, limit=window.take)
    cut = window.cut(found, key=lambda row: (row.id,))
    known, in_force = credits_of(session, companies, labs, now=now), terms_in_force(session, now)
    unmarked = credit_of(0, 0, in_force[1]) if in_force else None
    return CreditList(
        standings=[_standing(place, known.get(_key(place), unmarked)) for place in places],
        items=[CreditEntryOut.model_validate(row) for row in cut.items],
        next_cursor=cut.next_cursor,
    )


class AppealOut(BaseModel):
    """An appeal, and what became of it."""

    id: int
    entry_id: int
    state: AppealState
    asked_at: AwareMoment
    reason: str


class WaitingAppeal(BaseModel):
    """An appeal as the centre's queue shows it; a paper opens on the page of the queue."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    organisation_id: int | None
    lab_id: int | None
    owner: str
    cause: Cause
    points: int
    number: str
    words: str
    asked_at: AwareMoment


class WaitingAppeals(BaseModel):
    """What the centre has to decide, oldest first."""

    items: list[WaitingAppeal]
    next_cursor: str | None


@router.post("/credit/entries/{entry_id}/appeal", status_code=201)
def appeal_against(
    entry_id: int,
    body: AppealBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Concerned,
) -> Response:
    """Say why an entry should not count, once; papers go with the page's form. It goes on counting
    until the centre has decided."""
    return once.answer(
        lambda: (201, _told(appeal(uow, entry_id, body.words, actor=actor, now=clock.now())))
    )


@router.get("/credit/appeals")
def queue(session: Reading, window: WindowDep, _actor: Decider) -> WaitingAppeals:
    """What waits for the centre."""
    found = waiting_appeals(session, after_id=window.after_id, limit=window.take)
    cut = window.cut(found, key=lambda row: (row.id,))
    items = [WaitingAppeal.model_validate(row) for row in cut.items]
    return WaitingAppeals(items=items, next_cursor=cut.next_cursor)


@router.post("/credit/appeals/{appeal_id}/granting")
def grant(
    appeal_id: int,
    body: DecisionForm,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Decider,
) -> Response:
    """Take the entry back; the reason is told to whoever appealed."""
    told, now = body.reason, clock.now()
    return once.answer(
        lambda: (200, _told(decide_appeal(uow, appeal_id, told, grant=True, actor=actor, now=now)))
    )


@router.post("/credit/appeals/{appeal_id}/refusal")
def refuse(
    appeal_id: int,
    body: DecisionForm,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Decider,
) -> Response:
    """Let the entry stand; the reason is told to whoever appealed."""
    told, now = body.reason, clock.now()
    return once.answer(
        lambda: (200, _told(decide_appeal(uow, appeal_id, told, grant=False, actor=actor, now=now)))
    )


def _told(asked: CreditAppeal) -> AppealOut:
    return AppealOut(
        id=asked.key,
        entry_id=asked.entry_id,
        state=asked.state,
        asked_at=asked.asked_at,
        reason=asked.reason,
    )


def _key(place: Place) -> tuple[int | None, int | None]:
    return (None, place.id) if place.is_lab else (place.id, None)


def _standing(place: Place, credit: Credit | None) -> CreditOut:
    organisation_id, lab_id = _key(place)
    limits = None if place.is_lab else credit
    return CreditOut(
        organisation_id=organisation_id,
        lab_id=lab_id,
        score=credit.score if credit else None,
        level=limits.level if limits else None,
        approval_below=limits.approval_below if limits else None,
        refuse_below=limits.refuse_below if limits else None,
    )
