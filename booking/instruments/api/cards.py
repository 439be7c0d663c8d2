"""JSON: cards, their life, closures."""

from typing import Annotated

from fastapi import APIRouter, Body, Response
from fastapi.responses import JSONResponse
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import PUBLIC, requires
from booking.access.permissions import Permission
from booking.instruments.actions.change_state import change_state
from booking.instruments.actions.close import Closed, Closing, close, lift
from booking.instruments.actions.register import CardChanges, edit, register
from booking.instruments.api.shapes import (
    CardOut,
    ClosureList,
    ClosureOut,
    card_out,
    closure_line,
    closure_out,
)
from booking.instruments.errors import CardStale
from booking.instruments.forms.card import CardForm, CardPatch, ReasonForm
from booking.instruments.forms.terms import ClosureForm
from booking.instruments.queries.cards import card_seen_by, closures_after
from booking.instruments.states import Action
from booking.web.clock import ClockDep
from booking.web.idempotency import Once
from booking.web.json import json_safe
from booking.web.transactions import Reading, Transaction
from booking.web.versions import IfMatch, tag_header

router = APIRouter(tags=["instruments"])

Visitor = Annotated[Actor | None, PUBLIC]
Keeper = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE)]
Publisher = Annotated[Actor, requires(Permission.INSTRUMENT_PUBLISH)]
Why = Annotated[ReasonForm | None, Body()]


@router.post("/instruments", status_code=201, response_model=CardOut)
def create_instrument(
    body: CardForm, uow: Transaction, once: Once, clock: ClockDep, actor: Keeper
) -> Response:
    """Register an instrument as a draft of its lab."""

    def deed() -> tuple[int, CardOut]:
        now = clock.now()
        card = body.card(now)
        made = register(uow, body.lab_id, card, units=body.units, actor=actor, now=now)
        return 201, card_out(uow.session, made.key, actor, now=now)

    return once.answer(deed)


@router.get("/instruments/{instrument_id}", response_model=CardOut)
def read_instrument(
    instrument_id: int, session: Reading, clock: ClockDep, visitor: Visitor
) -> Response:
    """One card, with its hours, policy and prices; `ETag` is its version."""
    return _card(session, instrument_id, visitor, clock=clock)


@router.patch("/instruments/{instrument_id}", response_model=CardOut)
def change_instrument(
    instrument_id: int,
    body: CardPatch,
    uow: Transaction,
    clock: ClockDep,
    actor: Keeper,
    if_match: IfMatch = None,
) -> Response:
    """Change some fields; with `If-Match`, only if nobody else has meanwhile."""
    changes = CardChanges(
        values=body.values(),
        units=body.units if "units" in body.model_fields_set else None,
        version=_version(if_match),
    )
    edit(uow, instrument_id, changes, actor=actor, now=clock.now())
    return _card(uow.session, instrument_id, actor, clock=clock)


def _card(
    session: Session, instrument_id: int, actor: Actor | None, *, clock: ClockDep
) -> Response:
    card = card_out(session, instrument_id, actor, now=clock.now())
    return JSONResponse(json_safe(card), headers=tag_header(card.version))


def _version(if_match: str | None) -> int | None:
    """The version in `If-Match`; what is none of ours matches nothing."""
    if if_match is None:
        return None
    if not (if_match.isascii() and if_match.isdecimal()):
        raise CardStale
    return int(if_match)


@router.post("/instruments/{instrument_id}/submission")
def submit_instrument(
    instrument_id: int, uow: Transaction, clock: ClockDep, actor: Keeper, body: Why = None
) -> CardOut:
    """The lab asks the centre to publish."""
    return _step(uow, instrument_id, Action.SUBMIT, actor=actor, clock=clock, why=body)


@router.post("/instruments/{instrument_id}/publication")
def publish_instrument(
    instrument_id: int, uow: Transaction, clock: ClockDep, actor: Publisher, body: Why = None
) -> CardOut:
    """The centre shows the card to everybody."""
    return _step(uow, instrument_id, Action.PUBLISH, actor=actor, clock=clock, why=body)


@router.post("/instruments/{instrument_id}/return")
def return_instrument(
    instrument_id: int, uow: Transaction, clock: ClockDep, actor: Publisher, body: Why = None
) -> CardOut:
    """The centre gives the card back, with reasons."""
    return _step(uow, instrument_id, Action.RETURN, actor=actor, clock=clock, why=body)


@router.post("/instruments/{instrument_id}/suspension")
def suspend_instrument(
    instrument_id: int, uow: Transaction, clock: ClockDep, actor: Keeper, body: Why = None
) -> CardOut:
    """No new bookings for the time being."""
    return _step(uow, instrument_id, Action.SUSPEND, actor=actor, clock=clock, why=body)


@router.post("/instruments/{instrument_id}/resumption")
def resume_instrument(
    instrument_id: int, uow: Transaction, clock: ClockDep, actor: Keeper, body: Why = None
) -> CardOut:
    """Bookings again."""
    return _step(uow, instrument_id, Action.RESUME, actor=actor, clock=clock, why=body)


@router.post("/instruments/{instrument_id}/retirement")
def retire_instrument(
    instrument_id: int, uow: Transaction, clock: ClockDep, actor: Keeper, body: Why = None
) -> CardOut:
    """Out of service for good."""
    return _step(uow, instrument_id, Action.RETIRE, actor=actor, clock=clock, why=body)


def _step(
    uow: Transaction,
    instrument_id: int,
    action: Action,
    *,
    actor: Actor,
    clock: ClockDep,
    why: ReasonForm | None,
) -> CardOut:
    now, reason = clock.now(), why.reason if why else ""
    change_state(uow, instrument_id, action, actor=actor, now=now, reason=reason)
    return card_out(uow.session, instrument_id, actor, now=now)


@router.post("/instruments/{instrument_id}/closures", status_code=201, response_model=ClosureOut)
def close_instrument(
    instrument_id: int,
    body: ClosureForm,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    """Close it for a time; what is broken is reported as a fault instead."""

    def deed() -> tuple[int, ClosureOut]:
        wanted = Closing(body.span, body.kind, body.reason)
        done = close(uow, instrument_id, wanted, actor=actor, now=clock.now())
        return 201, closure_out(done)

    return once.answer(deed)


@router.get("/instruments/{instrument_id}/closures")
def list_closures(
    instrument_id: int, session: Reading, clock: ClockDep, visitor: Visitor
) -> ClosureList:
    """The closures that are not over; why, only those learn who see the lab's own list."""
    seen = card_seen_by(session, instrument_id, visitor)
    lines = [closure_line(row) for row in closures_after(session, instrument_id, clock.now())]
    if not seen.is_insider:
        lines = [line.model_copy(update={"reason": ""}) for line in lines]
    return ClosureList(items=lines)


@router.post("/closures/{closure_id}/lifting")
def lift_closure(closure_id: int, uow: Transaction, clock: ClockDep, actor: Keeper) -> ClosureOut:
    """Open again before its end, or call it off."""
    return closure_out(Closed(lift(uow, closure_id, actor=actor, now=clock.now())))
