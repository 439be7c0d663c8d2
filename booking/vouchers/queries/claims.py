"""Vouchers and claims as deeds need them: locked, so that what is counted stays."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.billing.models import Charge, ChargeCorrection, ChargeKind
from booking.billing.queries.standing import ENTERED
from booking.billing.rules import flags_between
from booking.db.expressions import larger_of, smaller_of
from booking.instruments.models.instrument import Instrument
from booking.organisations.models import Lab, Organisation, RelatedParty
from booking.reservations.models.reservation import Reservation
from booking.vouchers.models import Voucher, VoucherClaim, VoucherMovement
from booking.vouchers.rules.terms import Order, Terms
from booking.vouchers.states import ClaimState, MovementKind

VOUCHER: Final[sa.Table] = Voucher.__table__  # type: ignore[attr-defined]  # SQLModel adds it
CLAIM: Final[sa.Table] = VoucherClaim.__table__  # type: ignore[attr-defined]
_ORGANISATION: Final[sa.Table] = Organisation.__table__  # type: ignore[attr-defined]
_USER: Final = _ORGANISATION.alias("user_side")
_PROVIDER: Final = _ORGANISATION.alias("provider_side")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A voucher that is locked until the deed ends."""

    id: int
    number: str
    organisation_id: int
    terms: Terms
    valid_from: date
    valid_to: date
    available_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    """What a booking has of a voucher."""

    id: int
    number: str
    provider_id: int
    state: ClaimState
    encumbered_fen: int
    redeemed_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A booking as an order that a voucher may pay for."""

    number: str
    organisation_id: int
    provider_id: int
    order: Order


COLUMNS: Final = (
    *(VOUCHER.c.id, VOUCHER.c.number, VOUCHER.c.organisation_id, VOUCHER.c.terms),
    *(VOUCHER.c.valid_from, VOUCHER.c.valid_to, VOUCHER.c.available_fen),
)


def held_by_number(session: Session, number: str, organisation_id: int) -> Held | None:
    """A company's own voucher, locked."""
    return _held(session, VOUCHER.c.number == number, VOUCHER.c.organisation_id == organisation_id)


_SET_ASIDE: Final = sa.select(
    sa.exists()
    .where(CLAIM.c.voucher_id == VOUCHER.c.id)
    .where(VOUCHER.c.organisation_id == sa.bindparam("organisation"))
    .where(CLAIM.c.state == ClaimState.OPEN)
)


def has_claims(session: Session, organisation_id: int) -> bool:
    """Whether a company has set a part of any voucher aside."""
    return bool(session.execute(_SET_ASIDE, {"organisation": organisation_id}).scalar_one())


def held_of_booking(session: Session, reservation_id: int) -> tuple[Held, ClaimRow] | None:
    """The voucher that a booking claims, locked, and the claim as it is then."""
    of_booking = CLAIM.c.reservation_id == reservation_id
    found = session.execute(sa.select(CLAIM.c.voucher_id).where(of_booking)).scalar_one_or_none()
    if found is None:
        return None
    held = _held(session, VOUCHER.c.id == found)
    names = ("id", "number", "provider_id", "state", "encumbered_fen", "redeemed_fen")
    query = sa.select(*(CLAIM.c[name] for name in names)).where(of_booking)
    row = session.execute(query).mappings().one()
    return (held, ClaimRow(**row)) if held else None


def _held(session: Session, *conditions: sa.ColumnElement[bool]) -> Held | None:
    query = sa.select(*COLUMNS).where(*conditions).with_for_update()
    row = session.execute(query).mappings().one_or_none()
    if row is None:
        return None
    return Held(**{**row, "terms": Terms.of_kept(row["terms"])})


def redeemed_at_first(session: Session, claim_id: int) -> int:
    """What a claim had paid before anything was corrected."""
    query = sa.select(sa.func.coalesce(sa.func.sum(col(VoucherMovement.amount_fen)), 0)).where(
        col(VoucherMovement.claim_id) == claim_id,
        col(VoucherMovement.kind) == MovementKind.REDEEMED,
    )
    return int(session.execute(query).scalar_one())


_RELATED: Final = sa.exists().where(
    col(RelatedParty.organisation_id) == smaller_of(_USER.c.id, _PROVIDER.c.id),
    col(RelatedParty.other_id) == larger_of(_USER.c.id, _PROVIDER.c.id),
)
_SIDES: Final = (
    _PROVIDER.c.id.label("provider_id"),
    _PROVIDER.c.district,
    col(Instrument.resource_kind),
    (_USER.c.controller_key == _PROVIDER.c.controller_key).label("same"),
    _RELATED.label("related"),
)


def booked_of(session: Session, reservation_id: int) -> Booked:
    """A booking with its price as it is agreed now."""
    query = (
        sa.select(
            col(Reservation.number), col(Reservation.organisation_id), col(Reservation.quoted_fen)
        )
        .add_columns(*_SIDES)
        .join(Instrument, col(Instrument.id) == col(Reservation.instrument_id))
        .join(Lab, col(Lab.id) == col(Instrument.lab_id))
        .join(_PROVIDER, _PROVIDER.c.id == col(Lab.organisation_id))
        .join(_USER, _USER.c.id == col(Reservation.organisation_id))
        .where(col(Reservation.id) == reservation_id)
    )
    row = session.execute(query).one()
    return Booked(
        number=row.number,
        organisation_id=row.organisation_id,
        provider_id=row.provider_id,
        order=_order(row, row.organisation_id, row.quoted_fen),
    )


def order_at(
    session: Session, instrument_id: int, organisation_id: int, *, price_fen: int
) -> Order | None:
    """What a company would order on an instrument; None where one of the two is not there."""
    found = orders_at(session, [instrument_id], organisation_id).get(instrument_id)
    return None if found is None else replace(found, price_fen=price_fen)


def orders_at(
    session: Session, instrument_ids: Collection[int], organisation_id: int
) -> dict[int, Order]:
    """The same on several instruments, before anything is priced."""
    query = (
        sa.select(col(Instrument.id), *_SIDES)
        .select_from(Instrument)
        .join(Lab, col(Lab.id) == col(Instrument.lab_id))
        .join(_PROVIDER, _PROVIDER.c.id == col(Lab.organisation_id))
        .join(_USER, _USER.c.id == organisation_id)
        .where(col(Instrument.id).in_(instrument_ids))
    )
    return {row.id: _order(row, organisation_id, 0) for row in session.execute(query)}


def _order(row: sa.Row[Any], organisation_id: int, price_fen: int) -> Order:
    flags = flags_between(
        organisation_id,
        row.provider_id,
        same_controller=bool(row.same),
        related=bool(row.related),
    )
    return Order(
        price_fen=price_fen,
        district=row.district,
        resource_kind=row.resource_kind,
        flags=frozenset(flags),
    )


@dataclass(frozen=True, slots=True)
class Charged:
    """What a voucher pays a part of: its number, what it comes to now, how often it changed."""

    number: str
    total_fen: int
    corrections: int


# What is charged where a booking was not used.
FEES: Final = (ChargeKind.LATE_CANCELLATION, ChargeKind.NO_SHOW)
_CORRECTIONS: Final = (
    sa.select(sa.func.count())
    .where(col(ChargeCorrection.charge_id) == col(Charge.id))
    .correlate(Charge)
    .scalar_subquery()
)


def charged_for(session: Session, reservation_id: int) -> Charged | None:
    """The charge of a booking's use; where there was none, of its fee."""
    total = col(Charge.amount_fen) + ENTERED
    query = (
        sa.select(col(Charge.number), total, _CORRECTIONS)
        .where(
            col(Charge.reservation_id) == reservation_id,
            col(Charge.kind).in_((ChargeKind.USE, *FEES)),
        )
        .order_by(col(Charge.kind) != ChargeKind.USE)
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else Charged(row[0], int(row[1]), row[2])


def booking_behind(session: Session, charge_id: int) -> int | None:
    """The booking that a charge is for; None where it ran over, which no voucher pays."""
    query = sa.select(col(Charge.reservation_id)).where(
        col(Charge.id) == charge_id, col(Charge.kind) != ChargeKind.OVERRUN
    )
    found: int | None = session.execute(query).scalar_one_or_none()
    return found
