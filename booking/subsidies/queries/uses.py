"""Confirmed uses as lines of the engine: what a settlement has to evaluate."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.billing.models import Charge, ChargeKind
from booking.billing.queries.standing import ENTERED
from booking.instruments.models.instrument import Instrument
from booking.invoices.queries.records import (
    Recorded,
    invoiced_on,
    kept_since,
    paid_on,
    recorded_of,
)
from booking.kernel.clock import local
from booking.kernel.timespan import local_midnight
from booking.organisations.models import Organisation, Qualification
from booking.organisations.states import QualificationState
from booking.reservations.models.reservation import Reservation
from booking.subsidies.models.statement import StatementLine
from booking.subsidies.queries.applications import accepted_applications
from booking.subsidies.rules.line import Held, Line
from booking.subsidies.rules.programme import DatedBy, Programme
from booking.subsidies.rules.regions import region_of
from booking.vouchers.queries.redemptions import REDEEMED

_DAY = timedelta(days=1)
# Where no invoices are kept, what is dated by them is dated by the confirmation.
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
    foreseen: bool = False,
) -> Uses:
    """For each programme the uses dated before `until` that it has not settled yet, of everybody
    or of some.

    Where the centre keeps invoices, a use waits for those that a programme counts or dates by;
    `foreseen` takes every use as invoiced and paid in full when it was confirmed.
    """
    found = Uses({code: [] for code in programmes})
    if not programmes:
        return found
    since = None if foreseen else kept_since(session)
    wanted = {
        code: _wanted(code, terms, until=until, since=since) for code, terms in programmes.items()
    }
    query = use_columns(since).add_columns(*wanted.values())
    conditions = [col(Charge.kind) == ChargeKind.USE, sa.or_(*wanted.values())]
    if organisation_ids is not None:
        conditions.append(col(Charge.organisation_id).in_(organisation_ids))
    held = qualifications(session, organisation_ids)
    records = Records.of_uses(session, since, conditions)
    for row in session.execute(query.where(*conditions)):
        line = line_from(row, held, records)
        found.of[line.line_id] = use_from(row)
        for code, takes in zip(wanted, list(row)[-len(wanted) :], strict=True):
            if takes:
                found.lines[code].append(line)
    return found


def few_unsettled(
    session: Session, programmes: Mapping[str, Sequence[Programme]], *, until: date, most: int
) -> bool:
    """Whether no more than so many uses of everybody wait to be settled."""
    wanted = [_wanted(code, terms, until=until, since=None) for code, terms in programmes.items()]
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
    """What every organisation, or some, are verified to hold, and the applications accepted."""
    ids = None if organisation_ids is None else list(organisation_ids)
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
    if ids is not None:
        query = query.where(col(Qualification.organisation_id).in_(ids))
    found: dict[int, tuple[Held, ...]] = {}
    for organisation, *held in session.execute(query):
        found[organisation] = (*found.get(organisation, ()), Held(*held))
    for organisation, accepted in accepted_applications(session, ids).items():
        found[organisation] = (*found.get(organisation, ()), *accepted)
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
        # As it stands after what was corrected and adjusted.
        (col(Charge.amount_fen) + ENTERED).label("amount_fen"),
        REDEEMED.label("voucher_fen"),
    )
    .join_from(Charge, Reservation, col(Reservation.id) == col(Charge.reservation_id))
    .join(Instrument, col(Instrument.id) == col(Charge.instrument_id))
    .join(_USER, _USER.c.id == col(Charge.organisation_id))
    .join(_PROVIDER, _PROVIDER.c.id == col(Charge.provider_id))
)


_INVOICED_ON: Final = invoiced_on(col(Charge.id))
_PAID_ON: Final = paid_on(col(Charge.id))
RECORD_DAYS: Final = (_INVOICED_ON.label("invoiced_on"), _PAID_ON.label("paid_on"))


def use_columns(since: date | None) -> sa.Select[*tuple[Any, ...]]:
    """What `line_from` reads; `since`: from which day on uses need invoices here."""
    return USE_COLUMNS if since is None else USE_COLUMNS.add_columns(*RECORD_DAYS)


def _wanted(
    code: str, versions: Sequence[Programme], *, until: date, since: date | None
) -> sa.ColumnElement[bool]:
    """Dated within the validity and before `until`, and on no live line of this programme."""
    dated = sa.or_(*(_dated(terms, until, since) for terms in versions))
    settled = sa.exists().where(
        col(StatementLine.charge_id) == col(Charge.id),
        col(StatementLine.programme) == code,
        # Spelled like the partial index, which SQLite else passes by: a scan for every charge.
        sa.text("statement_line.live AND statement_line.corrects_id IS NULL"),
    )
    return sa.and_(dated, ~settled)


def dated_within(
    dated_by: DatedBy, first: date, after: date, *, since: date | None
) -> sa.ColumnElement[bool]:
    """Uses whose date lies within these days; `since`: from which day on they need invoices."""
    moment = DATES[dated_by]
    by_moment = sa.and_(moment >= local_midnight(first), moment < local_midnight(after))
    day = {"invoice": _INVOICED_ON, "payment": _PAID_ON}.get(dated_by)
    if since is None or day is None:
        return by_moment
    by_day = sa.and_(_is_kept(since), day >= first, day < after)
    return sa.or_(sa.and_(~_is_kept(since), by_moment), by_day)


def _dated(terms: Programme, until: date, since: date | None) -> sa.ColumnElement[bool]:
    """Whether a version may take a use: by its own dates, and the records that it counts."""
    after = min(until, terms.valid_to + _DAY)
    dated = dated_within(terms.dated_by, terms.valid_from, after, since=since)
    needed = [record.is_not(None) for record in _needed(terms)]
    if since is None or not needed:
        return dated
    return sa.and_(dated, sa.or_(~_is_kept(since), sa.and_(*needed)))


def _is_kept(since: date) -> sa.ColumnElement[bool]:
    return col(Charge.confirmed_at) >= local_midnight(since)


def _needed(terms: Programme) -> Iterator[sa.ScalarSelect[date]]:
    """The records without which a use would be worth nothing, and settled as such for good."""
    if terms.base in {"min_of_all", "invoice"}:
        yield _INVOICED_ON
    if terms.base in {"min_of_all", "paid"}:
        yield _PAID_ON


@dataclass(frozen=True, slots=True)
class Records:
    """What records say of the uses confirmed since they are kept."""

    since: datetime | None = None
    of: Mapping[int, Recorded] = field(default_factory=dict)

    @classmethod
    def of_uses(
        cls, session: Session, since: date | None, conditions: Sequence[sa.ColumnElement[bool]]
    ) -> "Records":
        """One question for all of them; none where none are kept."""
        if since is None:
            return cls()
        charge_ids = sa.select(col(Charge.id)).where(*conditions)
        return cls(local_midnight(since), recorded_of(session, charge_ids))

    def speak_of(self, row: sa.Row[Any]) -> bool:
        return self.since is not None and row.confirmed_at >= self.since


NO_RECORDS: Final = Records()


def use_from(row: sa.Row[Any]) -> Use:
    """Where a row's line comes from."""
    districts = (row.user_district, row.provider_district)
    return Use(row.id, row.number, row.instrument_id, row.provider_id, districts)


def line_from(
    row: sa.Row[Any], held: Mapping[int, tuple[Held, ...]], records: Records = NO_RECORDS
) -> Line:
    """A row as a line of the engine, with its user's qualifications."""
    amount = row.amount_fen
    if records.speak_of(row):
        said = records.of.get(row.id, Recorded())
        received = min(said.paid_fen + (row.voucher_fen or 0), max(amount, said.paid_fen))
        invoice, payment = (row.invoiced_on, said.invoiced_fen), (row.paid_on, received)
    else:
        invoice = payment = (local(row.confirmed_at).date(), amount)
    # The provider has that too, from the centre; no programme pays it a second time.
    by_voucher = min(row.voucher_fen or 0, amount)
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
        invoice_date=invoice[0],
        payment_date=payment[0],
        contract_amount=amount,
        invoice_amount=invoice[1],
        paid_amount=payment[1],
        other_funding=by_voucher,
        submitted_at=row.confirmed_at,
    )
