"""The slot finder: 480 minutes among 2,000 instruments whose calendars are busy for 14 days.

    python -m bench.slots [--instruments 2000] [--busy 0.4] [--only sqlite|postgresql]

Beside each stands what it is measured against in the same run: one instrument after the other,
each with its own terms and holds (on some of them, and reckoned up), and fetching the holds of the
span as bare rows. The first search has nothing remembered; the others have.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session

from bench.harness import KINDS, each_kind, in_batches, share, timed
from booking.db.transactions import UnitOfWork, read_session, unit_of_work
from booking.instruments.actions.index_cards import index_cards
from booking.instruments.models.calendar import ClosureKind
from booking.instruments.models.tables import HOLD, UNIT, UNIT_OFFER
from booking.instruments.models.unit import UnitKind
from booking.instruments.queries.catalogue import CANDIDATES
from booking.instruments.queries.free import availability
from booking.instruments.queries.remembered import Memory
from booking.instruments.queries.slots import SlotWish, earliest_slots
from booking.instruments.rules.availability import on_or_after
from booking.kernel.timespan import TimeSpan
from tests.factories.instruments import add_closure, make_instrument, make_lab

NOW: Final = datetime(2026, 11, 23, 1, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
SPAN: Final = TimeSpan(NOW, NOW + timedelta(days=14))
# So many are walked one by one; the rest is reckoned up.
_WALKED: Final = 100
_TO_AN_OPERATOR: Final = 4


def fill_the_calendars(engine: Engine, count: int, *, busy: float) -> list[int]:
    """Instruments open all day, each with some bookings every day; four share an operator."""
    chance = random.Random(7)
    with unit_of_work(engine, {}) as uow:
        lab = make_lab(uow).key
        ids = [make_instrument(uow, lab_id=lab).key for _ in range(count)]
        index_cards(uow, ids)
        _add_operators(uow, ids)
        closure = add_closure(uow, ids[0], SPAN, kind=ClosureKind.OTHER).key
        units = uow.session.execute(sa.select(UNIT.c.id).order_by(UNIT.c.id)).scalars().all()
        for some in in_batches(units, 200):
            rows = [row for unit in some for row in _holds(unit, closure, chance, busy=busy)]
            uow.session.execute(sa.insert(HOLD), rows)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    return ids


def _add_operators(uow: UnitOfWork, ids: Sequence[int]) -> None:
    for some in in_batches(ids, _TO_AN_OPERATOR):
        row = {"instrument_id": some[0], "kind": UnitKind.OPERATOR, "position": 1}
        row |= {"label": "", "active": True}
        made = uow.session.execute(sa.insert(UNIT).returning(UNIT.c.id), row).scalar_one()
        offers = [{"unit_id": made, "instrument_id": one} for one in some]
        uow.session.execute(sa.insert(UNIT_OFFER), offers)


def _holds(
    unit: int, closure: int, chance: random.Random, *, busy: float
) -> Iterator[dict[str, object]]:
    """Bookings of half an hour to three hours with gaps between, `busy` of the time taken."""
    cursor = SPAN.start - timedelta(days=30)
    while cursor < SPAN.end:
        length = chance.randrange(1, 7) * HOUR / 2
        free = length * (1 - busy) / busy * 2 * chance.random()
        start = cursor + timedelta(minutes=30 * round(free / HOUR * 2))
        cursor = start + length
        yield {
            "unit_id": unit,
            "starts_at": start,
            "ends_at": cursor,
            "closure_id": closure,
        }


def search_slots(engine: Engine, ids: Sequence[int]) -> None:
    """Several wishes, each with a memory of its own that the first search fills."""
    with read_session(engine) as session:
        rows = share(timed(lambda: _bare_rows(session), times=5), 0.5)
        walk = share(timed(lambda: _walk(session, ids[:_WALKED]), times=3), 0.5)
        walk *= len(ids) / _WALKED
        print(f"  baseline: one instrument after the other {walk:10.0f} ms (480 minutes)")
        print(f"            holds of the span as bare rows {rows:10.0f} ms")
        print(
            "  wish                          found     cold      p50      p95   walk/p50  rows/p50"
        )
        for minutes, limit, each, mode in (
            (60, 20, 1, ""),
            (480, 20, 1, ""),
            (480, 60, 3, ""),
            (480, 20, 1, "assisted"),
            (480, CANDIDATES, 1, ""),
        ):
            memory = Memory()
            wish = SlotWish(timedelta(minutes=minutes), SPAN, NOW, mode=mode, per_instrument=each)

            def look(wish: SlotWish = wish, limit: int = limit, memory: Memory = memory) -> int:
                return len(earliest_slots(session, ids, wish, limit=limit, memory=memory))

            cold = timed(look, times=1)[0]
            taken = timed(look, times=20)
            middle, late = share(taken, 0.5), share(taken, 0.95)
            told = f"{minutes} min, first {limit}, {each} each {mode}"
            print(
                f"  {told:<30}{look():5}{cold:9.1f}{middle:9.1f}{late:9.1f}"
                f"{walk / middle:10.0f}x{rows / middle:9.1f}x"
            )
    print("  target: 480 minutes over 2,000 candidates in 30 ms on two idle cores")


def _walk(session: Session, ids: Sequence[int]) -> list[tuple[datetime, int]]:
    """What a page that asks each instrument by itself would do."""
    found = []
    for one in ids:
        free = availability(session, one, SPAN)
        for piece in free.pieces:
            start = on_or_after(piece.span.start, free.terms.policy.grid)
            if start + 8 * HOUR <= piece.span.end:
                found.append((start, one))
                break
    return sorted(found)


def _bare_rows(session: Session) -> int:
    rows = sa.select(HOLD.c.unit_id, HOLD.c.starts_at, HOLD.c.ends_at).where(
        HOLD.c.starts_at < SPAN.end, HOLD.c.ends_at > SPAN.start
    )
    return len(session.execute(rows).all())


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instruments", type=int, default=2_000)
    parser.add_argument("--busy", type=float, default=0.4)
    parser.add_argument("--only", choices=KINDS)
    told = parser.parse_args()
    for engine in each_kind(told.only):
        search_slots(engine, fill_the_calendars(engine, told.instruments, busy=told.busy))


if __name__ == "__main__":
    main()
