"""Change what a charge comes to, with a reason; above the limit a second person agrees."""

from datetime import datetime
from typing import TypedDict

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.billing.actions.correct import Why, enter_correction
from booking.billing.errors import (
    AdjustmentDecided,
    AdjustmentNothing,
    AdjustmentPending,
    AdjustmentStale,
    ApproverAsked,
    OwnCharge,
)
from booking.billing.events import AdjustmentAsked, AdjustmentLimitSet, AdjustmentRefused
from booking.billing.models import AdjustmentLimit, ChargeAdjustment
from booking.billing.queries.charges import charge_seen_by
from booking.billing.queries.standing import (
    Owed,
    charge_for_update,
    charge_of_adjustment,
    is_pending,
    limit_in_force,
    numbered_for_update,
    taken_off_alone,
)
from booking.billing.rules import needs_second
from booking.billing.states import AdjustmentState
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import Forbidden, NotFound


class _OfCharge(TypedDict):
    charge_id: int
    number: str
    reservation_number: str
    holder_id: int
    organisation_id: int
    provider_id: int
    lab_id: int
    instrument_id: int


def adjust(
    uow: UnitOfWork, number: str, to_fen: int, *, actor: Actor, now: datetime, reason: str
) -> ChargeAdjustment:
    """Bring a charge to an amount; it waits for a second person where one is not enough."""
    seen = charge_seen_by(uow.session, number, actor)
    owed = numbered_for_update(uow.session, seen.number)
    _must_adjust(actor, owed)
    if is_pending(uow.session, owed.id):
        raise AdjustmentPending(number=number)
    change = to_fen - owed.standing.total_fen
    if not change:
        raise AdjustmentNothing(number=number)
    limit_fen = limit_in_force(uow.session).limit_fen
    alone_fen = taken_off_alone(uow.session, owed.id)
    waits = needs_second(change, alone_fen=alone_fen, limit_fen=limit_fen)
    asked = ChargeAdjustment(
        charge_id=owed.id,
        amount_fen=change,
        reason=reason,
        limit_fen=limit_fen,
        state=AdjustmentState.REQUESTED if waits else AdjustmentState.APPLIED,
        asked_by=actor.id,
        asked_at=now,
        decided_at=None if waits else now,
    )
    uow.session.add(asked)
    uow.session.flush()
    if not waits:
        _apply(uow, owed, asked, actor=actor, now=now)
        return asked
    uow.announce(
        AdjustmentAsked(
            at=now,
            subject=f"charge:{owed.number}",
            actor_id=actor.known_id,
            cause=reason,
            changes={"adjustment": (None, AdjustmentState.REQUESTED.value)},
            **_of(owed),
            amount_fen=change,
            asked_by=actor.id,
        )
    )
    return asked


def approve_adjustment(
    uow: UnitOfWork, adjustment_id: int, *, actor: Actor, now: datetime
) -> ChargeAdjustment:
    """A second person agrees: the charge changes now."""
    owed, asked = _to_decide(uow, adjustment_id, actor)
    if owed.standing.total_fen + asked.amount_fen < 0:
        raise AdjustmentStale(number=owed.number)
    _decide(uow, asked, AdjustmentState.APPLIED, actor=actor, now=now)
    _apply(uow, owed, asked, actor=actor, now=now)
    return asked


def refuse_adjustment(
    uow: UnitOfWork, adjustment_id: int, *, actor: Actor, now: datetime, reason: str
) -> ChargeAdjustment:
    """A second person does not; the charge stays as it is."""
    owed, asked = _to_decide(uow, adjustment_id, actor)
    _decide(uow, asked, AdjustmentState.REFUSED, actor=actor, now=now, words=reason)
    requested, refused = AdjustmentState.REQUESTED.value, AdjustmentState.REFUSED.value
    uow.announce(
        AdjustmentRefused(
            at=now,
            subject=f"charge:{owed.number}",
            actor_id=actor.known_id,
            cause=reason,
            changes={"adjustment": (requested, refused)},
            **_of(owed),
            amount_fen=asked.amount_fen,
            asked_by=asked.asked_by,
        )
    )
    return asked


def set_limit(
    uow: UnitOfWork, limit_fen: int, *, actor: Actor, now: datetime, note: str
) -> AdjustmentLimit:
    """Say how much one person alone may take off; what was asked before keeps its limit."""
    actor.must(Permission.BILLING_MANAGE)
    before = limit_in_force(uow.session)
    made = AdjustmentLimit(limit_fen=limit_fen, note=note, set_by=actor.known_id, set_at=now)
    uow.session.add(made)
    uow.session.flush()
    uow.announce(
        AdjustmentLimitSet(
            at=now,
            subject=f"adjustment_limit:{made.key}",
            actor_id=actor.known_id,
            cause=note,
            changes={"limit_fen": (before.limit_fen, limit_fen)},
            limit_fen=limit_fen,
        )
    )
    return made


def may_adjust(actor: Actor, *, provider_id: int, lab_id: int, organisation_id: int) -> bool:
    """Of the lab or of finance, and not of those who owe it to somebody else."""
    may = actor.may_for(Permission.CHARGE_ADJUST, organisation_id=provider_id, lab_id=lab_id)
    return may and not _owes(actor, organisation_id, provider_id)


def _owes(actor: Actor, organisation_id: int, provider_id: int) -> bool:
    return organisation_id != provider_id and organisation_id in actor.organisation_ids


def _must_adjust(actor: Actor, owed: Owed) -> None:
    permission = Permission.CHARGE_ADJUST
    actor.must(permission, organisation_id=owed.provider_id, lab_id=owed.lab_id)
    if _owes(actor, owed.organisation_id, owed.provider_id):
        raise OwnCharge(number=owed.number)


def _to_decide(uow: UnitOfWork, adjustment_id: int, actor: Actor) -> tuple[Owed, ChargeAdjustment]:
    owed = charge_for_update(uow.session, charge_of_adjustment(uow.session, adjustment_id))
    try:
        charge_seen_by(uow.session, owed.number, actor)
    except NotFound:
        # Nor is the number of the charge told to whom it is nothing.
        raise NotFound(adjustment_id=adjustment_id) from None
    _must_adjust(actor, owed)
    asked = uow.session.get_one(ChargeAdjustment, adjustment_id, populate_existing=True)
    if asked.state is not AdjustmentState.REQUESTED:
        raise AdjustmentDecided(state=asked.state)
    if asked.asked_by == actor.id:
        raise ApproverAsked
    if not actor.id:
        raise Forbidden(permission=Permission.CHARGE_ADJUST.value)
    return owed, asked


def _decide(
    uow: UnitOfWork,
    asked: ChargeAdjustment,
    state: AdjustmentState,
    *,
    actor: Actor,
    now: datetime,
    words: str = "",
) -> None:
    asked.state, asked.decided_by, asked.decided_at = state, actor.id, now
    asked.decision = words
    uow.session.flush()


def _apply(
    uow: UnitOfWork, owed: Owed, asked: ChargeAdjustment, *, actor: Actor, now: datetime
) -> None:
    why = Why(reason=asked.reason, actor_id=actor.known_id, at=now, adjustment_id=asked.key)
    enter_correction(uow, owed, asked.amount_fen, why=why)


def _of(owed: Owed) -> _OfCharge:
    return {
        "charge_id": owed.id,
        "number": owed.number,
        "reservation_number": owed.reservation_number,
        "holder_id": owed.holder_id,
        "organisation_id": owed.organisation_id,
        "provider_id": owed.provider_id,
        "lab_id": owed.lab_id,
        "instrument_id": owed.instrument_id,
    }
