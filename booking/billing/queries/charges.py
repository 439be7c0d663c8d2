"""Charges as their parties see them: who used, who provided, how much, for what."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.accounts.models import User
from booking.billing.models import Charge, ChargeAdjustment, ChargeKind
from booking.billing.queries.standing import ENTERED, adjusted_charges
from booking.instruments.models.instrument import Instrument
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from booking.organisations.models import Organisation
from booking.reservations.models.reservation import Reservation


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which charges; `span` is about the moment they became final."""

    organisation_id: int | None = None
    provider_id: int | None = None
    instrument_id: int | None = None
    kind: ChargeKind | None = None
    span: TimeSpan | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeRow:
    """One charge in a list."""

    id: int
    number: str
    kind: ChargeKind
    amount_fen: int
    reservation_number: str
    instrument_id: int
    instrument_name: str
    instrument_name_en: str
    organisation_id: int
    organisation_name: str
    organisation_name_en: str
    provider_id: int
    provider_name: str
    provider_name_en: str
    service: TimeSpan
    confirmed_at: datetime
    # What corrections change of it.
    entered_fen: int

    @property
    def total_fen(self) -> int:
        """What is owed."""
        return self.amount_fen + self.entered_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeDetail(ChargeRow):
    """A charge with what explains it."""

    lines: Sequence[dict[str, Any]] = field(default_factory=tuple)
    basis: str
    vat_rate: str
    customer_class: str
    ordered_at: datetime
    flags: Sequence[str]
    lab_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRow:
    """A change of a charge that waits for a second person."""

    id: int
    amount_fen: int
    reason: str
    asked_by: int
    asked_at: datetime
    asked_by_name: str
    number: str
    organisation_id: int
    provider_id: int
    lab_id: int
    instrument_name: str
    instrument_name_en: str
    organisation_name: str
    organisation_name_en: str
    total_fen: int


@dataclass(frozen=True, slots=True)
class Total:
    """How many charges a list has in all, and their sum."""

    count: int
    amount_fen: int


# Who sees what waits for a second person: who agrees, who sets the limit, who reads everything.
WATCHES: Final = (Permission.CHARGE_ADJUST, Permission.BILLING_MANAGE, Permission.AUDIT_READ)
_CHARGE: Final[sa.Table] = Charge.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_ADJUSTMENT: Final[sa.Table] = ChargeAdjustment.__table__  # type: ignore[attr-defined]
_ORGANISATION: Final[sa.Table] = Organisation.__table__  # type: ignore[attr-defined]
_USER: Final = _ORGANISATION.alias("user_side")
_PROVIDER: Final = _ORGANISATION.alias("provider_side")
_ROW: Final[sa.Select[*tuple[Any, ...]]] = (
    sa.select(
        _CHARGE.c.id,
        _CHARGE.c.number,
        _CHARGE.c.kind,
        _CHARGE.c.amount_fen,
        col(Reservation.number).label("reservation_number"),
        _CHARGE.c.instrument_id,
        col(Instrument.name).label("instrument_name"),
        col(Instrument.name_en).label("instrument_name_en"),
        _CHARGE.c.organisation_id,
        _USER.c.name.label("organisation_name"),
        _USER.c.name_en.label("organisation_name_en"),
        _CHARGE.c.provider_id,
        _PROVIDER.c.name.label("provider_name"),
        _PROVIDER.c.name_en.label("provider_name_en"),
        _CHARGE.c.service_started_at,
        _CHARGE.c.service_ended_at,
        _CHARGE.c.confirmed_at,
        ENTERED.label("entered_fen"),
    )
    .join(Reservation, col(Reservation.id) == _CHARGE.c.reservation_id)
    .join(Instrument, col(Instrument.id) == _CHARGE.c.instrument_id)
    .join(_USER, _USER.c.id == _CHARGE.c.organisation_id)
    .join(_PROVIDER, _PROVIDER.c.id == _CHARGE.c.provider_id)
)
_DETAIL: Final = _ROW.add_columns(
    _CHARGE.c.lines,
    _CHARGE.c.basis,
    _CHARGE.c.vat_rate,
    col(Reservation.customer_class),
    _CHARGE.c.ordered_at,
    _CHARGE.c.flags,
    col(Instrument.lab_id),
)


def charges_seen_by(
    session: Session, actor: Actor, wanted: Wanted, *, before_id: int | None, limit: int
) -> Sequence[ChargeRow]:
    """Newest first: those a person's organisations or labs owe or are owed."""
    listed = _ROW.where(*_conditions(wanted), _seen_by(actor))
    if before_id is not None:
        listed = listed.where(_CHARGE.c.id < before_id)
    rows = session.execute(listed.order_by(_CHARGE.c.id.desc()).limit(limit)).mappings()
    return [ChargeRow(**_with_span(row)) for row in rows]


def total_seen_by(session: Session, actor: Actor, wanted: Wanted) -> Total:
    """Count and sum of the same charges, as they are owed now."""
    owed = adjusted_charges()
    summed = (
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(owed.c.adjusted_fen), 0))
        .select_from(_CHARGE)
        .join(owed, owed.c.charge_id == _CHARGE.c.id)
        .join(Instrument, col(Instrument.id) == _CHARGE.c.instrument_id)
        .where(*_conditions(wanted), _seen_by(actor))
    )
    count, amount = session.execute(summed).one()
    return Total(int(count), int(amount))


def charge_seen_by(session: Session, number: str, actor: Actor) -> ChargeDetail:
    """One charge with its lines; NotFound for everybody whom it does not concern."""
    asked = _DETAIL.where(_CHARGE.c.number == number, _seen_by(actor))
    row = session.execute(asked).mappings().one_or_none()
    if row is None:
        raise NotFound(number=number)
    return ChargeDetail(**_with_span(row))


def waiting_adjustments(
    session: Session, actor: Actor, *, after_id: int | None, limit: int
) -> Sequence[WaitingRow]:
    """What waits for a second person, the oldest first, as far as one sees the charges."""
    asked = (
        sa.select(
            *(_ADJUSTMENT.c[name] for name in ("id", "amount_fen", "reason")),
            *(_ADJUSTMENT.c[name] for name in ("asked_by", "asked_at")),
            col(User.name).label("asked_by_name"),
            _CHARGE.c.number,
            _CHARGE.c.organisation_id,
            _CHARGE.c.provider_id,
            col(Instrument.lab_id),
            col(Instrument.name).label("instrument_name"),
            col(Instrument.name_en).label("instrument_name_en"),
            _USER.c.name.label("organisation_name"),
            _USER.c.name_en.label("organisation_name_en"),
            (_CHARGE.c.amount_fen + ENTERED).label("total_fen"),
        )
        .select_from(_ADJUSTMENT)
        .join(_CHARGE, _CHARGE.c.id == _ADJUSTMENT.c.charge_id)
        .join(Instrument, col(Instrument.id) == _CHARGE.c.instrument_id)
        .join(_USER, _USER.c.id == _CHARGE.c.organisation_id)
        .join(User, col(User.id) == _ADJUSTMENT.c.asked_by)
        .where(
            sa.text("charge_adjustment.state = 'requested'"),
            _seen_by(actor, *WATCHES),
        )
        .order_by(_ADJUSTMENT.c.id)
        .limit(limit)
    )
    if after_id is not None:
        asked = asked.where(_ADJUSTMENT.c.id > after_id)
    return [WaitingRow(**row) for row in session.execute(asked).mappings()]


def _with_span(row: sa.RowMapping) -> dict[str, Any]:
    shown = dict(row)
    shown["service"] = TimeSpan(shown.pop("service_started_at"), shown.pop("service_ended_at"))
    return shown


def _seen_by(actor: Actor, *deciding: Permission) -> sa.ColumnElement[bool]:
    """Those of one's organisations and labs; with permissions, those that one decides about."""
    reaches = [actor.reach(one) for one in deciding or (Permission.CHARGE_READ,)]
    if any(reach.everywhere for reach in reaches):
        return sa.true()
    (reach, *_) = reaches
    owing = sa.false() if deciding else _CHARGE.c.organisation_id.in_(reach.organisation_ids)
    return (
        owing
        | _CHARGE.c.provider_id.in_(reach.organisation_ids)
        | col(Instrument.lab_id).in_(reach.lab_ids)
    )


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    equal = {
        "organisation_id": wanted.organisation_id,
        "provider_id": wanted.provider_id,
        "instrument_id": wanted.instrument_id,
        "kind": wanted.kind,
    }
    conditions = [_CHARGE.c[name] == value for name, value in equal.items() if value is not None]
    if wanted.span is not None:
        conditions.append(_CHARGE.c.confirmed_at >= wanted.span.start)
        conditions.append(_CHARGE.c.confirmed_at < wanted.span.end)
    return conditions
