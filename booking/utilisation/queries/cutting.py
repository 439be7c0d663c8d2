"""Statements that cut records to the months being redone: bookings with their use, and closures."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.sql.dml import Insert

from booking.billing.models import Charge, ChargeKind
from booking.billing.queries.standing import ENTERED
from booking.db.expressions import (
    earlier_of,
    epoch_seconds,
    instant,
    larger_of,
    lasts_over_two_days,
    smaller_of,
)
from booking.instruments.models.tables import CLOSURE, INSTRUMENT, POLICY
from booking.instruments.models.tariff import stands
from booking.instruments.queries.family import whole_pairs
from booking.instruments.states import InstrumentState
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from booking.reservations.states import HOLDING, State
from booking.utilisation.queries.scratch import ENTRY, MONTH, SCOPE, SHUT, WANTED

Number = sa.ColumnElement[int]


def _table(model: type[Reservation] | type[UsageSession] | type[Charge]) -> sa.Table:
    table = model.__table__  # type: ignore[union-attr]  # SQLModel adds it to every table class
    assert isinstance(table, sa.Table)  # noqa: S101 - for the type checker
    return table


BOOKING: Final = _table(Reservation)
USE: Final = _table(UsageSession)
CHARGE: Final = _table(Charge)
# What a charge comes to, with all that was entered against it.
EARNED: Final = CHARGE.c.amount_fen + ENTERED

# Bookings that were neither refused nor given up; a request is none yet.
BOOKED: Final = sorted((HOLDING - {State.REQUESTED}) | {State.MISSED})
KNOWN: Final = (InstrumentState.PUBLISHED, InstrumentState.SUSPENDED, InstrumentState.RETIRED)


def _first_booked() -> sa.ScalarSelect[object]:
    of_it = sa.select(sa.func.min(BOOKING.c.starts_at))
    return of_it.where(BOOKING.c.instrument_id == INSTRUMENT.c.id).scalar_subquery()


def in_scope() -> sa.ColumnElement[bool]:
    """Whether an instrument counts in a month: from its card or first booking until it retires."""
    begun = sa.or_(INSTRUMENT.c.created_at < MONTH.c.ends_at, _first_booked() < MONTH.c.ends_at)
    gone = sa.and_(
        INSTRUMENT.c.state == InstrumentState.RETIRED, INSTRUMENT.c.updated_at < MONTH.c.starts_at
    )
    return sa.and_(INSTRUMENT.c.state.in_(KNOWN), begun, sa.not_(gone))


def follows_calendar() -> sa.ColumnElement[bool]:
    """Whether the policy in force when the month ends follows the statutory calendar."""
    newest = (
        sa.select(POLICY.c.follows_statutory_calendar)
        .where(
            POLICY.c.instrument_id == INSTRUMENT.c.id,
            POLICY.c.valid_from < MONTH.c.ends_at,
            stands(POLICY),
        )
        .order_by(POLICY.c.valid_from.desc())
        .limit(1)
        .correlate(INSTRUMENT, MONTH)
        .scalar_subquery()
    )
    return sa.func.coalesce(newest, sa.true())


@dataclass(frozen=True, slots=True)
class Share:
    """The instruments of a range of ids, and the outermost bounds of their wanted months.

    The months' own bounds would do, but a planner that knows no number reads every booking.
    """

    first_id: int
    last_id: int
    short_from: datetime
    booked_until: datetime
    ended_from: datetime


def choose(share: Share) -> Insert:
    """The instruments of a range, in their wanted months."""
    rows = (
        sa.select(INSTRUMENT.c.id, MONTH.c.month, follows_calendar())
        .select_from(
            WANTED.join(INSTRUMENT, INSTRUMENT.c.id == WANTED.c.instrument_id).join(
                MONTH, MONTH.c.month == WANTED.c.month
            )
        )
        .where(WANTED.c.instrument_id.between(share.first_id, share.last_id), in_scope())
    )
    return sa.insert(SCOPE).from_select(["instrument_id", "month", "statutory_days"], rows)


def touching_month() -> sa.ColumnElement[bool]:
    """Whether a booking, or the use made of it, has a moment in the month."""
    booked = sa.and_(BOOKING.c.starts_at < MONTH.c.ends_at, BOOKING.c.ends_at > MONTH.c.starts_at)
    used = sa.and_(USE.c.started_at < MONTH.c.ends_at, USE.c.ended_at > MONTH.c.starts_at)
    # An outer join found a booking; said so that SQLite does not see through it, see below.
    return sa.and_(sa.func.coalesce(BOOKING.c.id, 0) > 0, sa.or_(booked, used))


def _started_lately(share: Share) -> sa.ColumnElement[bool]:
    """Bookings that start in the month or shortly before; every short one that touches it."""
    return sa.and_(
        BOOKING.c.starts_at.between(instant(share.short_from), instant(share.booked_until)),
        BOOKING.c.starts_at.between(MONTH.c.short_from, MONTH.c.booked_until),
    )


def _started_long_ago(share: Share) -> sa.ColumnElement[bool]:
    """The others, all of them long. The start is written so that no index on it is tempting."""
    return sa.and_(
        lasts_over_two_days(BOOKING.c.starts_at, BOOKING.c.ends_at),
        BOOKING.c.ends_at > instant(share.ended_from),
        BOOKING.c.ends_at > MONTH.c.ended_from,
        epoch_seconds(BOOKING.c.starts_at) < epoch_seconds(MONTH.c.short_from),
    )


def finished_use() -> sa.ColumnElement[bool]:
    """A use without an end is not known yet."""
    return sa.and_(USE.c.reservation_id == BOOKING.c.id, USE.c.ended_at.is_not(None))


def _flag(condition: sa.ColumnElement[bool]) -> Number:
    return sa.case((condition, 1), else_=0)


def _raw(share: Share, when: sa.ColumnElement[bool]) -> sa.Select[tuple[object, ...]]:
    """Bookings that touch their month, with moments as seconds, each counted out once."""
    starts_here = sa.and_(
        BOOKING.c.starts_at >= MONTH.c.starts_at, BOOKING.c.starts_at < MONTH.c.ends_at
    )
    ends_here = sa.and_(USE.c.ended_at > MONTH.c.starts_at, USE.c.ended_at <= MONTH.c.ends_at)
    minutes = USE.c.preparation_minutes + USE.c.test_minutes + USE.c.post_minutes
    return (
        sa.select(
            SCOPE.c.instrument_id,
            SCOPE.c.month,
            SCOPE.c.statutory_days,
            MONTH.c.first,
            MONTH.c.last,
            BOOKING.c.unit_id,
            BOOKING.c.external,
            epoch_seconds(BOOKING.c.starts_at).label("starts"),
            epoch_seconds(BOOKING.c.ends_at).label("ends"),
            epoch_seconds(USE.c.started_at).label("came"),
            epoch_seconds(USE.c.ended_at).label("left"),
            sa.case((USE.c.settled_at.is_(None), 0), else_=minutes * 60).label("effective"),
            _flag(starts_here).label("bookings"),
            _flag(sa.and_(starts_here, BOOKING.c.state == State.MISSED)).label("missed"),
            _flag(ends_here).label("uses"),
            sa.case((ends_here, USE.c.samples), else_=0).label("samples"),
            sa.case((ends_here, sa.func.coalesce(EARNED, 0)), else_=0).label("income"),
        )
        .select_from(_bookings(share, when))
        .where(touching_month())
    )


def cut_bookings(share: Share) -> Insert:
    """Bookings and uses, cut to the month; what lies outside it keeps no length."""
    branches = (_raw(share, _started_lately(share)), _raw(share, _started_long_ago(share)))
    # The offset keeps planners from writing each expression out wherever its value is used.
    together = sa.union_all(*branches).offset(0).subquery("raw")
    raw = together.c
    booked_from = larger_of(raw.starts, raw.first)
    # Without use, an empty one at the booking's start.
    used_from = larger_of(sa.func.coalesce(raw.came, raw.starts), raw.first)
    used_until = smaller_of(sa.func.coalesce(raw.left, raw.starts), raw.last)
    rows = sa.select(
        raw.instrument_id,
        raw.month,
        raw.statutory_days,
        raw.unit_id,
        booked_from,
        larger_of(smaller_of(raw.ends, raw.last), booked_from),
        used_from,
        larger_of(used_until, used_from),
        _effective_within(together),
        raw.external,
        raw.bookings,
        raw.missed,
        raw.uses,
        raw.samples,
        raw.income,
    )
    return sa.insert(ENTRY).from_select([column.name for column in ENTRY.columns], rows)


def _effective_within(together: sa.Subquery) -> Number:
    """Effective seconds in the month, as `waterfall.effective_within` spreads them."""
    raw = together.c
    length = raw.left - raw.came
    upto, before = (
        smaller_of(larger_of(edge, raw.came), raw.left) - raw.came for edge in (raw.last, raw.first)
    )
    spread = raw.effective * upto // length - raw.effective * before // length
    begins_here = sa.and_(raw.came >= raw.first, raw.came < raw.last)
    return sa.case(
        (sa.func.coalesce(raw.effective, 0) == 0, 0),
        (length == 0, sa.case((begins_here, raw.effective), else_=0)),
        (sa.and_(begins_here, raw.left <= raw.last), raw.effective),
        else_=spread,
    )


def _bookings(share: Share, when: sa.ColumnElement[bool]) -> sa.Join:
    """From what is wanted to its bookings, their uses and charges.

    Outer joins, because SQLite makes them in the order written; left to itself, it may start with
    every booking there ever was.
    """
    theirs = sa.and_(
        BOOKING.c.instrument_id == SCOPE.c.instrument_id,
        BOOKING.c.instrument_id.between(share.first_id, share.last_id),
        BOOKING.c.state.in_(BOOKED),
        when,
    )
    return (
        SCOPE.outerjoin(MONTH, MONTH.c.month == SCOPE.c.month)
        .outerjoin(BOOKING, theirs)
        .outerjoin(USE, finished_use())
        .outerjoin(CHARGE, earned())
    )


def earned() -> sa.ColumnElement[bool]:
    """The charge for the use of a booking; fees are no service income."""
    return sa.and_(CHARGE.c.reservation_id == BOOKING.c.id, CHARGE.c.kind == ChargeKind.USE)


def closed_until() -> sa.ColumnElement[datetime]:
    """A closure ends when it was lifted, if that came first."""
    return earlier_of(CLOSURE.c.ends_at, sa.func.coalesce(CLOSURE.c.lifted_at, CLOSURE.c.ends_at))


def cut_closures() -> Insert:
    """Closures as long as they lasted, cut to the month; those of a whole are its parts' too."""
    wholes = whole_pairs(sa.true(), sa.true())
    month = SCOPE.join(MONTH, MONTH.c.month == SCOPE.c.month)
    rows = sa.union_all(
        _shut(month.join(CLOSURE, CLOSURE.c.instrument_id == SCOPE.c.instrument_id)),
        _shut(
            month.join(wholes, wholes.c.part == SCOPE.c.instrument_id).join(
                CLOSURE, CLOSURE.c.instrument_id == wholes.c.whole
            )
        ),
    )
    return sa.insert(SHUT).from_select([column.name for column in SHUT.columns], rows)


def _shut(source: sa.Join) -> sa.Select[tuple[object, ...]]:
    begins = CLOSURE.c.starts_at >= MONTH.c.starts_at
    return (
        sa.select(
            SCOPE.c.instrument_id,
            SCOPE.c.month,
            CLOSURE.c.id,
            CLOSURE.c.kind,
            SCOPE.c.statutory_days,
            larger_of(epoch_seconds(CLOSURE.c.starts_at), MONTH.c.first),
            smaller_of(epoch_seconds(closed_until()), MONTH.c.last),
            _flag(begins),
        )
        .select_from(source)
        .where(
            CLOSURE.c.starts_at < MONTH.c.ends_at,
            closed_until() > MONTH.c.starts_at,
            closed_until() > CLOSURE.c.starts_at,
        )
    )
