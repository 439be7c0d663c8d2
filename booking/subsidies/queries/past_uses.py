"""All confirmed uses of a past period as a stream of lines, settled or not, in their order.

A million of them go through here: values come as the driver has them, days and flags that were seen
before are looked up, and no line outlives its chunk.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.billing.models import Charge, ChargeKind
from booking.billing.queries.standing import ENTERED
from booking.instruments.models.instrument import Instrument
from booking.invoices.queries.records import Recorded, kept_since, recorded_of
from booking.kernel.clock import local
from booking.kernel.periods import Period
from booking.kernel.timespan import local_midnight
from booking.organisations.models import Organisation
from booking.reservations.models.reservation import Reservation
from booking.subsidies.queries.uses import RECORD_DAYS, dated_within, qualifications
from booking.subsidies.rules.line import Line
from booking.subsidies.rules.programme import DatedBy
from booking.subsidies.rules.regions import region_of
from booking.subsidies.rules.what_if import Chunk
from booking.vouchers.queries.redemptions import redeemed_of

CHUNK: Final = 1_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Local time differs from UTC by whole quarters of an hour, so all moments of one have one day.
_QUARTER: Final = 900_000_000
# Lines come in their order already, so nobody asks when each was handed in.
_SOME_TIME: Final = datetime.max.replace(tzinfo=UTC)
_BY_CONFIRMATION: Final = itemgetter(7, 0)
_NOTHING: Final = Recorded()


@dataclass(frozen=True, slots=True)
class _Place:
    """An organisation as lines name it."""

    group: str
    region: str
    district: str


def count_past_uses(session: Session, period: Period, dated_by: Collection[DatedBy]) -> int:
    """How many uses the stream will bring."""
    conditions = _within(period, dated_by, kept_since(session))
    query = sa.select(sa.func.count()).select_from(Charge).where(*conditions)
    return int(session.execute(query).scalar_one())


def past_uses(
    session: Session, period: Period, dated_by: Collection[DatedBy], *, size: int = CHUNK
) -> Iterator[Chunk]:
    """The uses dated within a period by one of these dates, oldest confirmation first."""
    places = _places(session)
    read = _reader(session, places)
    districts = {key: place.district for key, place in places.items()}
    since = kept_since(session)
    conditions = _within(period, dated_by, since)
    vouchers = redeemed_of(session, *conditions)
    columns = _USES if since is None else _USES.add_columns(*RECORD_DAYS, _raw(col(Charge.id)))
    query = columns.where(*conditions).order_by(col(Charge.confirmed_at))
    # By the connection: the session would look at every row for objects to remember.
    found = session.connection().execute(query, execution_options={"yield_per": size})
    for rows in _in_order(found.partitions()):
        lines = (
            [read(row) for row in rows]
            if since is None
            else _with_records(session, rows, read, since=since, conditions=conditions)
        )
        lines = [_by_voucher(line, vouchers) for line in lines] if vouchers else lines
        yield Chunk(lines, [(districts[row[1]], districts[row[2]]) for row in rows])


def _by_voucher(line: Line, vouchers: Mapping[str, int]) -> Line:
    """A line less what a voucher paid of it, as a settlement takes it."""
    given = min(vouchers.get(line.line_id, 0), line.contract_amount)
    if not given:
        return line
    received = min(line.paid_amount + given, max(line.contract_amount, line.paid_amount))
    return line._replace(other_funding=given, paid_amount=received)


def _with_records(
    session: Session,
    rows: Sequence[Any],
    read: Callable[[Any], Line],
    *,
    since: date,
    conditions: Sequence[sa.ColumnElement[bool]],
) -> list[Line]:
    """Lines with the amounts and days that records give of them; one question for a chunk."""
    confirmed, start = col(Charge.confirmed_at), local_midnight(since)
    between = (confirmed >= _at(rows[0][7]), confirmed <= _at(rows[-1][7]))
    said = recorded_of(session, sa.select(col(Charge.id)).where(*conditions, *between))
    return [
        _recorded(read(row[:9]), row[9:], said) if _at(row[7]) >= start else read(row[:9])
        for row in rows
    ]


def _recorded(line: Line, found: Sequence[Any], said: Mapping[int, Recorded]) -> Line:
    invoiced_on, paid_on, charge_id = found
    amounts = said.get(charge_id, _NOTHING)
    return line._replace(
        invoice_date=invoiced_on,
        payment_date=paid_on,
        invoice_amount=amounts.invoiced_fen,
        paid_amount=amounts.paid_fen,
    )


def _in_order(parts: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
    """Rows by confirmation and number; those of one moment are never in two parts.

    The database gives them by confirmation, from its index; sorting by number too it could not.
    """
    kept: list[Any] = []
    for part in parts:
        rows = sorted((*kept, *part), key=_BY_CONFIRMATION)
        last = rows[-1][7]
        open_from = next((i for i in range(len(rows) - 1, -1, -1) if rows[i][7] != last), -1) + 1
        kept = rows[open_from:]
        if open_from:
            yield rows[:open_from]
    if kept:
        yield kept


def _raw(column: Any) -> sa.ColumnElement[Any]:
    """A column as the driver gives it."""
    return sa.type_coerce(column, sa.types.NullType())


_USES: sa.Select[*tuple[Any, ...]] = sa.select(
    _raw(col(Reservation.number)),
    _raw(col(Charge.organisation_id)),
    _raw(col(Charge.provider_id)),
    _raw(col(Charge.instrument_id)),
    sa.cast(col(Charge.flags), sa.Text),
    _raw(col(Charge.ordered_at)),
    _raw(col(Charge.service_ended_at)),
    _raw(col(Charge.confirmed_at)),
    _raw(col(Charge.amount_fen) + ENTERED),
).join_from(Charge, Reservation, col(Reservation.id) == col(Charge.reservation_id))
_INSTRUMENTS: sa.Select[*tuple[Any, ...]] = sa.select(
    col(Instrument.id), col(Instrument.resource_kind), col(Instrument.original_value_fen)
)


def _within(
    period: Period, dated_by: Collection[DatedBy], since: date | None
) -> list[sa.ColumnElement[bool]]:
    dated = [dated_within(name, period.first, period.until, since=since) for name in dated_by]
    return [col(Charge.kind) == ChargeKind.USE, sa.or_(sa.false(), *dated)]


def _places(session: Session) -> dict[int, _Place]:
    query = sa.select(
        col(Organisation.id), col(Organisation.controller_key), col(Organisation.district)
    )
    return {
        key: _Place(group or "", region_of(district), district)
        for key, group, district in session.execute(query)
    }


def _reader(session: Session, places: Mapping[int, _Place]) -> Callable[[Any], Line]:
    """How a row becomes the line that a settlement would make of it."""
    held = qualifications(session)
    kinds = {row[0]: (row[1], row[2]) for row in session.execute(_INSTRUMENTS)}
    day, new = _days(), tuple.__new__
    # What a company, a provider and an instrument say of a line is the same for all their uses.
    known: dict[tuple[int, int, int], tuple[Any, ...]] = {}

    def said(user: int, provider: int, instrument: int) -> tuple[Any, ...]:
        payer, seller = places[user], places[provider]
        who = (str(user), payer.group, str(provider), str(instrument))
        regions = (payer.region, seller.region)
        return (*who, *kinds[instrument], *regions, held.get(user, ()))

    def read(row: Any) -> Line:
        number, user, provider, instrument, flags, ordered, ended, confirmed, amount = row
        key = (user, provider, instrument)
        head = known.get(key) or known.setdefault(key, said(*key))
        on = day(confirmed)
        money = (amount, amount, amount)
        dates = (day(ordered), day(ended), on, on)
        # As `Line(…)` would, in half the time.
        return new(Line, (number, *head, _flags(flags), *dates, *money, 0, _SOME_TIME))

    return read


def _at(moment: int | datetime) -> datetime:
    """A moment as the driver has it."""
    return moment if isinstance(moment, datetime) else _EPOCH + timedelta(microseconds=moment)


@lru_cache(maxsize=1024)
def _flags(text: str) -> frozenset[str]:
    return frozenset(json.loads(text))


def _days() -> Callable[[Any], date]:
    """How the driver's moment, in microseconds or as it is, becomes a local day."""
    known: dict[int, date] = {}

    def day(moment: int | datetime) -> date:
        if isinstance(moment, datetime):
            return local(moment).date()
        quarter = moment // _QUARTER
        found = known.get(quarter)
        if found is None:
            found = known[quarter] = local(_at(quarter * _QUARTER)).date()
        return found

    return day
