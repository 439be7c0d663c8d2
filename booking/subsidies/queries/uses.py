"""Confirmed uses as lines of the engine: what a settlement has to evaluate."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.billing.models import Charge, ChargeKind
from booking.instruments.models.instrument import Instrument
from booking.kernel.clock import local
from booking.kernel.timespan import local_midnight
from booking.organisations.models import Organisation, Qualification
from booking.organisations.states import QualificationState
from booking.reservations.models.reservation import Reservation
from booking.subsidies.models.statement import StatementLine
from booking.subsidies.rules.line import Held, Line
from booking.subsidies.rules.programme import DatedBy, Programme
from booking.subsidies.rules.regions import region_of

_DAY = timedelta(days=1)
# Until invoices exist, what is dated by them is dated by the confirmation.
DATES: Mapping[DatedBy, sa.SQLColumnExpression[datetime]] = {
    "order": col(Charge.ordered_at),
    "service_end": col(Charge.service_ended_at),
    "invoice": col(Charge.confirmed_at),
    "payment": col(Charge.confirmed_at),
}


@dataclass(frozen=True, slots=True)
class Use:
    """Where a line comes from, and the districts behind its regions."""

    charge_id: int
    number: str
    instrument_id: int
    provider_id: int
    districts: tuple[str, str]


@dataclass(slots=True)
class Uses:
    """Lines by programme, each line made once; `of` leads from a line id to its use."""

    lines: dict[str, list[Line]] = field(default_factory=dict)
    of: dict[str, Use] = field(default_factory=dict)


def unsettled_uses(
    session: Session,
    programmes: Mapping[str, Sequence[Programme]],
    *,
    until: date,
    organisation_ids: Collection[int] | None = None,
) -> Uses:
    """For each programme the uses dated before `until` that it has not settled yet, of everybody
    or of some."""
    found = Uses({code: [] for code in programmes})
    if not programmes:
        return found
    wanted = {code: _wanted(code, terms, until) for code, terms in programmes.items()}
    query = USE_COLUMNS.add_columns(*wanted.values()).where(
        col(Charge.kind) == ChargeKind.USE, sa.or_(*wanted.values())
    )
    if organisation_ids is not None:
        query = query.where(col(Charge.organisation_id).in_(organisation_ids))
    held = qualifications(session, organisation_ids)
    for row in session.execute(query):
        line = line_from(row, held)
        found.of[line.line_id] = use_from(row)
        for code, takes in zip(wanted, list(row)[-len(wanted) :], strict=True):
            if takes:
                found.lines[code].append(line)
    return found


def few_unsettled(
    session: Session, programmes: Mapping[str, Sequence[Programme]], *, until: date, most: int
) -> bool:
    """Whether no more than so many uses of everybody wait to be settled."""
    wanted = [_wanted(code, terms, until) for code, terms in programmes.items()]
    waiting = (
        sa.select(col(Charge.id))
        .where(col(Charge.kind) == ChargeKind.USE, sa.or_(sa.false(), *wanted))
        .limit(most + 1)
        .subquery()
    )
    return (
        int(session.execute(sa.select(sa.func.count()).select_from(waiting)).scalar_one()) <= most
    )


def qualifications(
    session: Session, organisation_ids: Iterable[int] | None = None
) -> dict[int, tuple[Held, ...]]:
    """The verified qualifications of every organisation, or of some; others count for nothing."""
    query = (
        sa.select(
            col(Qualification.organisation_id),
            col(Qualification.code),
            col(Qualification.valid_from),
            col(Qualification.valid_to),
            col(Qualification.number),
        )
        .where(col(Qualification.state) == QualificationState.VERIFIED)
        .order_by(col(Qualification.organisation_id), col(Qualification.code))
    )
    if organisation_ids is not None:
        query = query.where(col(Qualification.organisation_id).in_(list(organisation_ids)))
    found: dict[int, tuple[Held, ...]] = {}
    for organisation, *held in session.execute(query):
        found[organisation] = (*found.get(organisation, ()), Held(*held))
    return found


_USER = Organisation.__table__.alias("user_side")  # type: ignore[attr-defined]  # SQLModel adds it
_PROVIDER = Organisation.__table__.alias("provider_side")  # type: ignore[attr-defined]
USE_COLUMNS: sa.Select[*tuple[Any, ...]] = (
    sa.select(
        col(Charge.id),
        col(Reservation.number),
        col(Charge.organisation_id),
        _USER.c.controller_key,
        col(Charge.provider_id),
        col(Charge.instrument_id),
        col(Instrument.resource_kind),
        col(Instrument.original_value_fen),
        _USER.c.district.label("user_district"),
        _PROVIDER.c.district.label("provider_district"),
        col(Charge.flags),
        col(Charge.ordered_at),
        col(Charge.service_ended_at),
        col(Charge.confirmed_at),
        col(Charge.amount_fen),
    )
    .join_from(Charge, Reservation, col(Reservation.id) == col(Charge.reservation_id))
    .join(Instrument, col(Instrument.id) == col(Charge.instrument_id))
    .join(_USER, _USER.c.id == col(Charge.organisation_id))
    .join(_PROVIDER, _PROVIDER.c.id == col(Charge.provider_id))
)


def _wanted(code: str, versions: Sequence[Programme], until: date) -> sa.ColumnElement[bool]:
    """Dated within the validity and before `until`, and on no live line of this programme."""
    dated = sa.or_(
        *(
            sa.and_(
                DATES[terms.dated_by] >= local_midnight(terms.valid_from),
                DATES[terms.dated_by] < local_midnight(min(until, terms.valid_to + _DAY)),
            )
            for terms in versions
        )
    )
    settled = sa.exists().where(
        col(StatementLine.charge_id) == col(Charge.id),
        col(StatementLine.programme) == code,
        # Spelled like the partial index, which SQLite else passes by: a scan for every charge.
        sa.text("statement_line.live AND statement_line.corrects_id IS NULL"),
    )
    return sa.and_(dated, ~settled)


def use_from(row: sa.Row[Any]) -> Use:
    """Where a row's line comes from."""
    districts = (row.user_district, row.provider_district)
    return Use(row.id, row.number, row.instrument_id, row.provider_id, districts)


def line_from(row: sa.Row[Any], held: Mapping[int, tuple[Held, ...]]) -> Line:
    """A row as a line of the engine, with its user's qualifications."""
    confirmed = local(row.confirmed_at).date()
    amount = row.amount_fen
    return Line(
        line_id=row.number,
        user=str(row.organisation_id),
        group=row.controller_key or "",
        provider=str(row.provider_id),
        instrument=str(row.instrument_id),
        resource_kind=row.resource_kind,
        original_value=row.original_value_fen,
        user_region=region_of(row.user_district),
        provider_region=region_of(row.provider_district),
        qualifications=held.get(row.organisation_id, ()),
        flags=frozenset(row.flags),
        order_date=local(row.ordered_at).date(),
        service_end=local(row.service_ended_at).date(),
        invoice_date=confirmed,
        payment_date=confirmed,
        contract_amount=amount,
        invoice_amount=amount,
        paid_amount=amount,
        submitted_at=row.confirmed_at,
    )
