"""Under which terms an instrument can be booked: everything in two statements."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.db.expressions import earlier_of
from booking.db.types import UtcDateTime
from booking.instruments.models.calendar import ClosureKind
from booking.instruments.models.tables import (
    CALENDAR_DAY,
    CALENDAR_YEAR,
    CLOSURE,
    EXCEPTION,
    FAULT,
    HOURS,
    INSTRUMENT,
    LAB_DAY,
    LAB_HOURS,
    POLICY,
    TARIFF,
    UNIT,
    UNIT_OFFER,
    ZONE_DAY,
)
from booking.instruments.models.tariff import stands
from booking.instruments.models.unit import UnitKind
from booking.instruments.queries.family import family_of, parts_of
from booking.instruments.rules.faults import FaultState
from booking.instruments.rules.layers import DayRow, Layer, Layers, WeekRow
from booking.instruments.rules.opening import DayKind, StatutoryCalendar
from booking.instruments.rules.peaks import PeakBand
from booking.instruments.rules.price_list import Listed, tariff_terms
from booking.instruments.rules.tariff import TariffTerms
from booking.instruments.rules.terms import Approval, BookingTerms, PolicyTerms, QuotaTerms
from booking.kernel.clock import local
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from booking.organisations.models import Lab

_LAB: Final[sa.Table] = Lab.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_AT: Final = sa.bindparam("valid_at", type_=UtcDateTime())
_ID: Final = sa.bindparam("instrument", type_=sa.BigInteger())
_SELF: Final = sa.cast(_ID, sa.BigInteger())
_LAB_ID: Final = sa.bindparam("lab", type_=sa.BigInteger())
_FROM: Final = sa.bindparam("span_from", type_=UtcDateTime())
_TO: Final = sa.bindparam("span_to", type_=UtcDateTime())
_FIRST: Final = sa.bindparam("first_day", type_=sa.Date())
_LAST: Final = sa.bindparam("last_day", type_=sa.Date())
_DAY_KIND: Final = sa.type_coerce(CALENDAR_DAY.c.kind, sa.String())
# A closure that was lifted ended then; one lifted before it began never was.
LASTS_UNTIL: Final = sa.func.coalesce(
    earlier_of(CLOSURE.c.lifted_at, CLOSURE.c.ends_at), CLOSURE.c.ends_at, type_=UtcDateTime()
)
# Beyond whatever is asked for.
ENDLESS: Final = datetime(9000, 1, 1, tzinfo=UTC)
OF_OPEN_FAULT: Final = (
    sa.exists()
    .where(FAULT.c.closure_id == CLOSURE.c.id, FAULT.c.state == FaultState.CLOSED)
    .correlate(CLOSURE)
)
_NEVER: Final = sa.literal(ENDLESS, UtcDateTime())


def broken_until(moment: sa.ColumnElement[datetime]) -> sa.ColumnElement[datetime]:
    """Until when a fault closes: without end once its expected end has come unrepaired."""
    overdue = sa.and_(OF_OPEN_FAULT, CLOSURE.c.ends_at <= moment)
    return sa.case((overdue, _NEVER), else_=LASTS_UNTIL)


_BROKEN_UNTIL: Final = broken_until(sa.bindparam("as_of", type_=UtcDateTime()))
_PLAIN_POLICY: Final = tuple(
    name
    for name in PolicyTerms.__dataclass_fields__
    if name not in {"policy_id", "quotas", "peak_hours", "approval"}
)


def _in_force(table: sa.Table) -> sa.ColumnElement[bool]:
    """The row of a dated table whose version holds at the asked moment."""
    versions = table.alias()
    newest = (
        sa.select(sa.func.max(versions.c.valid_from))
        .where(versions.c.instrument_id == _ID, versions.c.valid_from <= _AT, stands(versions))
        .scalar_subquery()
    )
    return (
        (table.c.instrument_id == INSTRUMENT.c.id) & (table.c.valid_from == newest) & stands(table)
    )


_CARD: Final = (
    sa.select(
        INSTRUMENT.c.name,
        INSTRUMENT.c.name_en,
        INSTRUMENT.c.state,
        INSTRUMENT.c.lab_id,
        INSTRUMENT.c.service_modes,
        _LAB.c.organisation_id,
        *(column.label(f"policy_{column.name}") for column in POLICY.c),
        *(column.label(f"tariff_{column.name}") for column in TARIFF.c),
    )
    .select_from(
        INSTRUMENT.join(_LAB, _LAB.c.id == INSTRUMENT.c.lab_id)
        .outerjoin(POLICY, _in_force(POLICY))
        .outerjoin(TARIFF, _in_force(TARIFF))
    )
    .where(INSTRUMENT.c.id == _ID)
)


def _fact(kind: str, **columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """One kind of row of the second statement; columns that it has not are null."""
    shape: tuple[tuple[str, sa.types.TypeEngine[Any]], ...] = (
        ("day", sa.Date()),
        ("a", sa.BigInteger()),
        ("b", sa.BigInteger()),
        ("note", sa.String()),
        ("words", sa.String()),
        ("starts_at", UtcDateTime()),
        ("ends_at", UtcDateTime()),
    )
    filled = (
        columns.get(name, sa.cast(sa.null(), kind_of_column)).label(name)
        for name, kind_of_column in shape
    )
    return sa.select(sa.literal(kind, sa.String()).label("fact"), *filled)


def _week(fact: str, table: sa.Table, whose: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return _fact(fact, a=table.c.weekday, b=table.c.opens * 10_000 + table.c.closes).where(whose)


def _days(fact: str, table: sa.Table, whose: sa.ColumnElement[bool]) -> sa.Select[Any]:
    told = _fact(fact, day=table.c.day, a=table.c.opens, b=table.c.closes, words=table.c.reason)
    return told.where(whose, table.c.day.between(_FIRST, _LAST))


_FACTS: Final = sa.union_all(
    _fact("unit", a=UNIT.c.id).where(
        UNIT.c.instrument_id == _ID, UNIT.c.kind == UnitKind.PLACE, UNIT.c.active
    ),
    # Whoever books a whole takes all its parts.
    _fact("part", a=UNIT.c.id).where(
        UNIT.c.instrument_id.in_(parts_of(_ID)), UNIT.c.kind == UnitKind.PLACE, UNIT.c.active
    ),
    _fact("operator", a=UNIT.c.id).where(
        UNIT.c.id.in_(sa.select(UNIT_OFFER.c.unit_id).where(UNIT_OFFER.c.instrument_id == _ID)),
        UNIT.c.kind == UnitKind.OPERATOR,
        UNIT.c.active,
    ),
    _week("own_week", HOURS, HOURS.c.instrument_id == _ID),
    _week("lab_week", LAB_HOURS, LAB_HOURS.c.lab_id == _LAB_ID),
    _days("own_day", EXCEPTION, EXCEPTION.c.instrument_id == _ID),
    _days("lab_day", LAB_DAY, LAB_DAY.c.lab_id == _LAB_ID),
    _days("zone_day", ZONE_DAY, sa.true()),
    _fact("year", a=CALENDAR_YEAR.c.year),
    _fact("day", day=CALENDAR_DAY.c.day, note=_DAY_KIND, words=CALENDAR_DAY.c.name).where(
        CALENDAR_DAY.c.day.between(_FIRST, _LAST)
    ),
    _fact("fault", starts_at=CLOSURE.c.starts_at, ends_at=_BROKEN_UNTIL).where(
        CLOSURE.c.instrument_id.in_(family_of(_SELF)),
        CLOSURE.c.kind == ClosureKind.FAULT,
        CLOSURE.c.starts_at < _TO,
        _BROKEN_UNTIL > _FROM,
        CLOSURE.c.starts_at < _BROKEN_UNTIL,
    ),
)


def booking_terms(  # noqa: PLR0913 - all but the first three are seldom said
    session: Session,
    instrument_id: int,
    span: TimeSpan,
    *,
    around: timedelta = timedelta(0),
    valid_at: datetime | None = None,
    policy: PolicyTerms | None = None,
    now: datetime | None = None,
) -> BookingTerms:
    """The terms for a span, with policy and tariff in force at its start; NotFound without one.

    The schedule covers `around` more on both sides, for alternatives. `valid_at` asks for policy
    and tariff of another moment; `policy` takes the place of the one in force. Time after the
    expected end of a fault that is open is bookable only for whoever says that this end is later
    than `now`.
    """
    reached = span.widened(around, around)
    versions = {"instrument": instrument_id, "valid_at": valid_at or span.start}
    found = session.execute(_CARD, versions).first()
    if found is None:
        raise NotFound(instrument_id=instrument_id)
    policy = policy or policy_of(found)
    asked = {"instrument": instrument_id, "lab": found.lab_id, "as_of": now or ENDLESS}
    asked |= _fact_bounds(reached)
    facts = session.execute(_FACTS, asked).all()
    layers = layers_of(facts, follows=policy.follows_statutory_calendar)
    return BookingTerms(
        instrument_id=instrument_id,
        name=found.name,
        name_en=found.name_en,
        state=found.state,
        lab_id=found.lab_id,
        organisation_id=found.organisation_id,
        service_modes=frozenset(found.service_modes),
        unit_ids=tuple(sorted(row.a for row in facts if row.fact == "unit")),
        part_unit_ids=tuple(sorted(row.a for row in facts if row.fact == "part")),
        operator_ids=tuple(sorted(row.a for row in facts if row.fact == "operator")),
        policy=policy,
        tariff=tariff_of(found),
        span=span,
        layers=layers,
        schedule=layers.schedule,
        faults=tuple(TimeSpan(row.starts_at, row.ends_at) for row in facts if row.fact == "fault"),
    )


def _fact_bounds(span: TimeSpan) -> dict[str, object]:
    return {
        "span_from": span.start,
        "span_to": span.end,
        # Whole days are looked at, so that a window that begins before the span is seen, and the
        # day before, whose last one may be over midnight.
        "first_day": local(span.start).date() - timedelta(days=1),
        "last_day": local(span.end).date(),
    }


def policy_of(row: sa.Row[Any]) -> PolicyTerms:
    """The policy columns of a row as a value; the defaults where the lab has said nothing."""
    if row.policy_id is None:
        return PolicyTerms()
    plain = {name: getattr(row, f"policy_{name}") for name in _PLAIN_POLICY}
    return PolicyTerms(
        policy_id=row.policy_id,
        approval=Approval(row.policy_approval),
        quotas=tuple(QuotaTerms(**quota) for quota in row.policy_quotas),
        peak_hours=tuple(PeakBand.of(band) for band in row.policy_peak_hours),
        **plain,
    )


def tariff_of(row: sa.Row[Any]) -> TariffTerms | None:
    """The tariff columns of a row as a value, where there is one."""
    if row.tariff_id is None:
        return None
    listed = Listed(
        basis=row.tariff_basis,
        round_up_minutes=row.tariff_round_up_minutes,
        vat_rate=row.tariff_vat_rate,
        vat_included=row.tariff_vat_included,
        peak=row.tariff_peak,
        classes=row.tariff_classes,
    )
    return tariff_terms(listed, tariff_id=row.tariff_id)


def layers_of(facts: Iterable[sa.Row[Any]], *, follows: bool) -> Layers:
    """What instrument, lab and zone say of their days, over the statutory calendar."""
    told = list(facts)

    def week(fact: str) -> list[WeekRow]:
        return [(row.a, *divmod(row.b, 10_000)) for row in told if row.fact == fact]

    def days(fact: str) -> list[DayRow]:
        return [(row.day, row.a, row.b, row.words) for row in told if row.fact == fact]

    moved = [row for row in told if row.fact == "day"]
    calendar = StatutoryCalendar(
        frozenset(row.a for row in told if row.fact == "year"),
        {row.day: DayKind(row.note) for row in moved},
        {row.day: row.words for row in moved},
    )
    return Layers(
        own=Layer.of(week("own_week"), days("own_day")),
        lab=Layer.of(week("lab_week"), days("lab_day")),
        zone=Layer.of(days=days("zone_day")),
        calendar=calendar if follows else None,
    )
