"""Everything that a charge is reckoned from, in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.db.expressions import larger_of, smaller_of
from booking.instruments.models.tables import INSTRUMENT, TARIFF
from booking.instruments.rules.price_list import Listed, tariff_terms
from booking.instruments.rules.tariff import Basis, TariffTerms
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from booking.organisations.models import Lab, Organisation, RelatedParty
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession

_ORGANISATION: Final[sa.Table] = Organisation.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_RESERVATION: Final[sa.Table] = Reservation.__table__  # type: ignore[attr-defined]
_USAGE: Final[sa.Table] = UsageSession.__table__  # type: ignore[attr-defined]
_RELATION: Final[sa.Table] = RelatedParty.__table__  # type: ignore[attr-defined]
_LAB: Final[sa.Table] = Lab.__table__  # type: ignore[attr-defined]
_USER: Final = _ORGANISATION.alias("user_side")
_PROVIDER: Final = _ORGANISATION.alias("provider_side")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """A reservation, its use if there was one, and the tariff it was booked under."""

    reservation_id: int
    number: str
    instrument_id: int
    user_id: int
    provider_id: int
    same_controller: bool
    related: bool
    customer_class: str
    ordered_at: datetime
    reserved: TimeSpan
    # Owed beside the use, for time that was given back late.
    given_back_fen: int
    used: tuple[datetime, datetime] | None
    samples: int
    staff_minutes: int
    consumables: Mapping[str, int]
    terms: TariffTerms


def grounds_of(session: Session, reservation_id: int) -> Grounds:
    """What to charge a reservation from; NotFound when there is none."""
    row = session.execute(_SELECT, {"reservation": reservation_id}).one_or_none()
    if row is None:
        raise NotFound(reservation_id=reservation_id)
    return _grounds(row)


# Related parties are written once, the smaller id first.
_RELATED = sa.exists().where(
    _RELATION.c.organisation_id == smaller_of(_USER.c.id, _PROVIDER.c.id),
    _RELATION.c.other_id == larger_of(_USER.c.id, _PROVIDER.c.id),
)
_SELECT: sa.Select[*tuple[Any, ...]] = (
    sa.select(
        *_RESERVATION.c,
        _USER.c.id.label("user_id"),
        _PROVIDER.c.id.label("provider_id"),
        (_USER.c.controller_key == _PROVIDER.c.controller_key).label("same"),
        _RELATED.label("related"),
        _USAGE.c.started_at,
        _USAGE.c.ended_at,
        _USAGE.c.samples.label("used_samples"),
        _USAGE.c.consumables.label("used_consumables"),
        _USAGE.c.staff_minutes,
        TARIFF.c.basis,
        TARIFF.c.round_up_minutes,
        TARIFF.c.vat_rate,
        TARIFF.c.vat_included,
        TARIFF.c.peak,
        TARIFF.c.classes,
    )
    .select_from(_RESERVATION)
    .join(INSTRUMENT, INSTRUMENT.c.id == _RESERVATION.c.instrument_id)
    .join(_LAB, _LAB.c.id == INSTRUMENT.c.lab_id)
    .join(_USER, _USER.c.id == _RESERVATION.c.organisation_id)
    .join(_PROVIDER, _PROVIDER.c.id == _LAB.c.organisation_id)
    .join(TARIFF, TARIFF.c.id == _RESERVATION.c.tariff_id)
    .outerjoin(_USAGE, _USAGE.c.reservation_id == _RESERVATION.c.id)
    .where(_RESERVATION.c.id == sa.bindparam("reservation"))
)


def _grounds(row: sa.Row[Any]) -> Grounds:
    used = row.started_at is not None and row.ended_at is not None
    return Grounds(
        reservation_id=row.id,
        number=row.number,
        instrument_id=row.instrument_id,
        user_id=row.user_id,
        provider_id=row.provider_id,
        same_controller=bool(row.same),
        related=bool(row.related),
        customer_class=row.customer_class,
        ordered_at=row.created_at,
        reserved=TimeSpan(row.starts_at, row.ends_at),
        given_back_fen=row.given_back_fen,
        used=(row.started_at, row.ended_at) if used else None,
        samples=row.used_samples or 0,
        staff_minutes=row.staff_minutes or 0,
        consumables=row.used_consumables or {},
        terms=tariff_terms(_listed(row), tariff_id=row.tariff_id),
    )


def _listed(row: sa.Row[Any]) -> Listed:
    return Listed(
        basis=Basis(row.basis),
        round_up_minutes=row.round_up_minutes,
        vat_rate=row.vat_rate,
        vat_included=row.vat_included,
        peak=row.peak,
        classes=row.classes,
    )
