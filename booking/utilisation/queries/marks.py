"""What must be rolled up anew: months that were marked, and months that have no row."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.sql.dml import Insert
from sqlmodel import Session, col

from booking.billing.models import ChargeKind
from booking.instruments.models.tables import INSTRUMENT
from booking.instruments.queries.family import part_pairs
from booking.kernel.clock import local
from booking.kernel.periods import Period
from booking.utilisation.models import InstrumentMonth, UtilisationMark
from booking.utilisation.queries.cutting import BOOKING, CHARGE, KNOWN, USE, in_scope
from booking.utilisation.queries.scratch import MONTH, WANTED

Pair = tuple[int, str]
Parts = Mapping[int, Sequence[int]]

_COLUMNS: Final = (
    col(UtilisationMark.instrument_id),
    col(UtilisationMark.starts_at),
    col(UtilisationMark.ends_at),
)


@dataclass(frozen=True, slots=True)
class Mark:
    """Whose figures changed (None: everybody's), in which span (None: without bound)."""

    instrument_id: int | None
    starts_at: datetime | None
    ends_at: datetime | None

    def touches(self, month: Period) -> bool:
        span = month.span
        return (self.starts_at is None or self.starts_at < span.end) and (
            # A use that ends with the month counts in it, one that starts with the next may not.
            self.ends_at is None or self.ends_at >= span.start
        )


def taken_marks(session: Session) -> list[Mark]:
    """All marks, taken away in the same statement: one left meanwhile is not lost."""
    rows = session.execute(sa.delete(UtilisationMark).returning(*_COLUMNS))
    return [Mark(*row) for row in rows]


def mark_charged_use(charge_id: int) -> Insert:
    """A mark on the months of the use that a charge is for; a fee is no income of theirs."""
    source = USE.join(CHARGE, CHARGE.c.reservation_id == USE.c.reservation_id)
    rows = (
        sa.select(USE.c.instrument_id, USE.c.started_at, USE.c.ended_at)
        .select_from(source)
        .where(CHARGE.c.id == charge_id, CHARGE.c.kind == ChargeKind.USE)
    )
    return sa.insert(UtilisationMark).from_select(_COLUMNS, rows)


def standing_marks(session: Session, *, most: int) -> list[Mark] | None:
    """The marks that the next roll-up will take; None when there are too many to look at."""
    rows = session.execute(sa.select(*_COLUMNS).limit(most + 1)).all()
    return None if len(rows) > most else [Mark(*row) for row in rows]


def kept_months(session: Session, now: datetime) -> Sequence[Period]:
    """From the first card or booking up to the present month."""
    cards = session.execute(
        sa.select(sa.func.min(INSTRUMENT.c.created_at)).where(INSTRUMENT.c.state.in_(KNOWN))
    ).scalar_one()
    if cards is None:
        return ()
    booked = session.execute(sa.select(sa.func.min(BOOKING.c.starts_at))).scalar_one()
    first = min(cards, booked) if booked else cards
    last = Period.month_at(now)
    months = [Period.month(local(first).date())]
    while months[-1] < last:
        months.append(months[-1].next())
    return months


def parts_by_whole(session: Session) -> Parts:
    """The parts of each instrument that has any, at every depth."""
    pairs = part_pairs(sa.true())
    found: dict[int, list[int]] = defaultdict(list)
    for whole, part in session.execute(sa.select(pairs.c.whole, pairs.c.part)):
        found[whole].append(part)
    return found


def marked_pairs(
    marks: Collection[Mark], months: Sequence[Period], every_id: Collection[int], *, parts: Parts
) -> set[Pair]:
    """The instrument months that marks touch: what closes a whole closes its parts."""
    pairs: set[Pair] = set()
    for mark in set(marks):
        one = mark.instrument_id
        ids = every_id if one is None else (one, *parts.get(one, ()))
        touched = [month.code for month in months if mark.touches(month)]
        pairs.update((instrument_id, month) for instrument_id in ids for month in touched)
    return pairs


def known_ids(session: Session) -> list[int]:
    """Instruments that ever were published."""
    asked = sa.select(INSTRUMENT.c.id).where(INSTRUMENT.c.state.in_(KNOWN))
    return list(session.execute(asked.order_by(INSTRUMENT.c.id)).scalars())


def want_missing(session: Session) -> None:
    """Want every month of an instrument in scope that has no row."""
    there = sa.exists().where(
        col(InstrumentMonth.instrument_id) == INSTRUMENT.c.id,
        col(InstrumentMonth.month) == MONTH.c.month,
    )
    wanted = sa.exists().where(
        WANTED.c.instrument_id == INSTRUMENT.c.id, WANTED.c.month == MONTH.c.month
    )
    rows = sa.select(INSTRUMENT.c.id, MONTH.c.month).where(
        in_scope(), sa.not_(there), sa.not_(wanted)
    )
    session.execute(sa.insert(WANTED).from_select(["instrument_id", "month"], rows))


def wanted_counts(session: Session) -> list[tuple[int, int]]:
    """How many months of each instrument are wanted, in order of their ids."""
    owner = WANTED.c.instrument_id
    asked = sa.select(owner, sa.func.count()).group_by(owner).order_by(owner)
    return [(instrument_id, number) for instrument_id, number in session.execute(asked)]


def wanted_bounds(session: Session) -> tuple[datetime, datetime, datetime]:
    """The outermost bounds of all wanted months, as the months themselves have them."""
    asked = sa.select(
        sa.func.min(MONTH.c.short_from),
        sa.func.max(MONTH.c.booked_until),
        sa.func.min(MONTH.c.ended_from),
    ).where(sa.exists().where(WANTED.c.month == MONTH.c.month))
    short_from, booked_until, ended_from = session.execute(asked).one()
    return short_from, booked_until, ended_from
