"""Write one movement of a voucher; the database adds it up, and refuses what is not there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypedDict

import sqlalchemy as sa

from booking.db.transactions import UnitOfWork
from booking.vouchers.models import VoucherMovement
from booking.vouchers.queries.claims import CLAIM, Held
from booking.vouchers.states import CLAIM_TRANSITIONS, ClaimState, ClaimStep, MovementKind

_MOVEMENT: Final[sa.Table] = VoucherMovement.__table__  # type: ignore[attr-defined]  # by SQLModel


class Fact(TypedDict):
    """What every fact about a voucher tells."""

    at: datetime
    subject: str
    actor_id: int | None
    number: str
    voucher_id: int
    organisation_id: int
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """How much of a voucher moves, why, and when."""

    kind: MovementKind
    amount_fen: int
    at: datetime
    claim_id: int | None = None
    reference: str = ""
    actor_id: int | None = None


def move(uow: UnitOfWork, voucher_id: int, one: Move) -> None:
    """One movement, where there is anything to move."""
    move_each(uow, [(voucher_id, one)])


def move_each(uow: UnitOfWork, moves: Sequence[tuple[int, Move]]) -> None:
    """Several, each of the voucher that is named."""
    rows = [
        {
            "voucher_id": voucher_id,
            "claim_id": one.claim_id,
            "kind": one.kind,
            "amount_fen": one.amount_fen,
            "reference": one.reference,
            "made_by": one.actor_id,
            "made_at": one.at,
        }
        for voucher_id, one in moves
        if one.amount_fen
    ]
    if rows:
        uow.session.execute(sa.insert(_MOVEMENT), rows)


def enter(uow: UnitOfWork, claim_id: int, state: ClaimState, *, now: datetime) -> None:
    """A claim ends in a state."""
    ended = sa.update(CLAIM).where(CLAIM.c.id == claim_id)
    uow.session.execute(ended.values(state=state, ended_at=now))


def leads(state: ClaimState, step: ClaimStep) -> ClaimState | None:
    """Where a step leads, or None where it was taken before."""
    return CLAIM_TRANSITIONS.get((ClaimState(state), step))


def told_of(held: Held, amount_fen: int, *, at: datetime, actor_id: int | None) -> Fact:
    """What a fact tells of a voucher."""
    return Fact(
        at=at,
        subject=f"voucher:{held.number}",
        actor_id=actor_id,
        number=held.number,
        voucher_id=held.id,
        organisation_id=held.organisation_id,
        amount_fen=amount_fen,
    )
