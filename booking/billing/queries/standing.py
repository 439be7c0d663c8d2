"""What a charge comes to now, with what was entered against it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.accounts.models import User
from booking.billing.models import (
    AdjustmentLimit,
    Charge,
    ChargeAdjustment,
    ChargeCorrection,
    ChargeKind,
    CorrectionKind,
)
from booking.billing.rules import ASSUMED_LIMIT, Limit, Standing
from booking.billing.states import AdjustmentState
from booking.instruments.models.instrument import Instrument
from booking.kernel.errors import NotFound
from booking.reservations.models.reservation import Reservation

_CHARGE: Final[sa.Table] = Charge.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_CORRECTION: Final[sa.Table] = ChargeCorrection.__table__  # type: ignore[attr-defined]
_ADJUSTMENT: Final[sa.Table] = ChargeAdjustment.__table__  # type: ignore[attr-defined]


def adjusted_charges() -> sa.Subquery:
    """By charge what it was written with and what is owed now: `charge_id`, `kind`, `amount_fen`,
    `adjusted_fen`. For whoever bills, settles or pays a use; made for joins."""
    entered = (
        sa.select(
            _CORRECTION.c.charge_id, sa.func.sum(_CORRECTION.c.amount_fen).label("entered_fen")
        )
        .group_by(_CORRECTION.c.charge_id)
        .subquery("entered")
    )
    total = sa.cast(
        _CHARGE.c.amount_fen + sa.func.coalesce(entered.c.entered_fen, 0), sa.BigInteger
    )
    return (
        sa.select(
            _CHARGE.c.id.label("charge_id"),
            _CHARGE.c.kind,
            _CHARGE.c.amount_fen,
            total.label("adjusted_fen"),
        )
        .select_from(_CHARGE)
        .outerjoin(entered, entered.c.charge_id == _CHARGE.c.id)
        .subquery("adjusted_charge")
    )


def correction_moments() -> sa.Select[Any]:
    """By charge when something was entered against it: `charge_id`, `at`."""
    return sa.select(_CORRECTION.c.charge_id, _CORRECTION.c.made_at.label("at"))


# What was entered against the charge of a row; for the few columns of one charge or a page.
ENTERED: Final = (
    sa.select(sa.cast(sa.func.coalesce(sa.func.sum(_CORRECTION.c.amount_fen), 0), sa.BigInteger))
    .where(_CORRECTION.c.charge_id == _CHARGE.c.id)
    .correlate(_CHARGE)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A charge that is about to change, whose it is, and what it comes to."""

    id: int
    number: str
    kind: ChargeKind
    reservation_number: str
    holder_id: int
    organisation_id: int
    provider_id: int
    lab_id: int
    instrument_id: int
    corrections: int
    standing: Standing


_OWED: Final[sa.Select[*tuple[Any, ...]]] = (
    sa.select(
        _CHARGE.c.id,
        _CHARGE.c.number,
        _CHARGE.c.kind,
        _CHARGE.c.amount_fen,
        col(Reservation.number).label("reservation_number"),
        col(Reservation.holder_id),
        _CHARGE.c.organisation_id,
        _CHARGE.c.provider_id,
        col(Instrument.lab_id),
        _CHARGE.c.instrument_id,
    )
    .join(Reservation, col(Reservation.id) == _CHARGE.c.reservation_id)
    .join(Instrument, col(Instrument.id) == _CHARGE.c.instrument_id)
    .with_for_update(of=_CHARGE)
)
_ENTRIES: Final = sa.select(
    sa.func.count(),
    *(
        sa.func.coalesce(
            sa.func.sum(_CORRECTION.c.amount_fen).filter(_CORRECTION.c.kind == kind), 0
        )
        for kind in (CorrectionKind.FACTS, CorrectionKind.ADJUSTMENT)
    ),
).where(_CORRECTION.c.charge_id == sa.bindparam("charge"))


def charge_for_update(session: Session, charge_id: int) -> Owed:
    """Wait for whoever corrects it, then read what they left."""
    return _owed(session, session.execute(_OWED.where(_CHARGE.c.id == charge_id)).one())


def numbered_for_update(session: Session, number: str) -> Owed:
    """The same by its number."""
    row = session.execute(_OWED.where(_CHARGE.c.number == number)).one_or_none()
    if row is None:
        raise NotFound(number=number)
    return _owed(session, row)


def charges_of_booking(session: Session, reservation_id: int) -> Mapping[str, Owed]:
    """The charges of a booking by their kind, each to be changed."""
    rows = session.execute(
        _OWED.where(_CHARGE.c.reservation_id == reservation_id).order_by(_CHARGE.c.id)
    ).all()
    return {row.kind.value: _owed(session, row) for row in rows}


def _owed(session: Session, row: sa.Row[Any]) -> Owed:
    count, by_facts, adjusted = session.execute(_ENTRIES, {"charge": row.id}).one()
    said = dict(row._mapping)
    standing = Standing(said.pop("amount_fen"), int(by_facts), int(adjusted))
    return Owed(**said, corrections=count, standing=standing)


def limit_in_force(session: Session) -> Limit:
    """How much one person alone may take off; the example until the centre has said so."""
    said = sa.select(col(AdjustmentLimit.limit_fen), col(AdjustmentLimit.note))
    row = session.execute(said.order_by(col(AdjustmentLimit.id).desc()).limit(1)).one_or_none()
    return ASSUMED_LIMIT if row is None else Limit(row.limit_fen, row.note)


def taken_off_alone(session: Session, charge_id: int) -> int:
    """What was taken off a charge without a second person, in fen."""
    summed = sa.select(sa.func.coalesce(-sa.func.sum(_ADJUSTMENT.c.amount_fen), 0)).where(
        _ADJUSTMENT.c.charge_id == charge_id,
        _ADJUSTMENT.c.state == AdjustmentState.APPLIED,
        _ADJUSTMENT.c.decided_by.is_(None),
    )
    return int(session.execute(summed).scalar_one())


def is_pending(session: Session, charge_id: int) -> bool:
    """Whether an adjustment waits for a second person."""
    asked = sa.select(_ADJUSTMENT.c.id).where(
        _ADJUSTMENT.c.charge_id == charge_id, _ADJUSTMENT.c.state == AdjustmentState.REQUESTED
    )
    return session.execute(asked).first() is not None


def charge_of_adjustment(session: Session, adjustment_id: int) -> int:
    """Which charge somebody asked to adjust."""
    asked = sa.select(_ADJUSTMENT.c.charge_id).where(_ADJUSTMENT.c.id == adjustment_id)
    found: int | None = session.execute(asked).scalar_one_or_none()
    if found is None:
        raise NotFound(adjustment_id=adjustment_id)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionRow:
    """An entry against a charge, as its parties read it."""

    charge_id: int
    number: str
    kind: CorrectionKind
    amount_fen: int
    reason: str
    made_at: Any


def corrections_of(
    session: Session, charge_ids: Collection[int]
) -> Mapping[int, Sequence[CorrectionRow]]:
    """What was entered against some charges, the oldest first."""
    rows = session.execute(
        sa.select(
            *(_CORRECTION.c[name] for name in CorrectionRow.__dataclass_fields__),
        )
        .where(_CORRECTION.c.charge_id.in_(list(charge_ids)))
        .order_by(_CORRECTION.c.id)
    ).mappings()
    found: dict[int, list[CorrectionRow]] = {}
    for row in rows:
        found.setdefault(row["charge_id"], []).append(CorrectionRow(**row))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentRow:
    """A change that somebody asked for, and what became of it."""

    id: int
    amount_fen: int
    reason: str
    state: AdjustmentState
    asked_by: int
    asked_by_name: str
    asked_at: Any
    decision: str


def adjustments_of(session: Session, charge_id: int) -> Sequence[AdjustmentRow]:
    """Those that wait or were refused; what was applied is among the corrections."""
    rows = session.execute(
        sa.select(
            *(_ADJUSTMENT.c[name] for name in ("id", "amount_fen", "reason", "state")),
            _ADJUSTMENT.c.asked_by,
            col(User.name).label("asked_by_name"),
            _ADJUSTMENT.c.asked_at,
            _ADJUSTMENT.c.decision,
        )
        .join(User, col(User.id) == _ADJUSTMENT.c.asked_by)
        .where(
            _ADJUSTMENT.c.charge_id == charge_id,
            _ADJUSTMENT.c.state != AdjustmentState.APPLIED,
        )
        .order_by(_ADJUSTMENT.c.id)
    ).mappings()
    return [AdjustmentRow(**row) for row in rows]
