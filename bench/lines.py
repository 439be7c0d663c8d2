"""Many at once: a series of 50 bookings, and freed time for a line of 1,000 who wait.

    python -m bench.lines [--waiting 1000] [--only sqlite|postgresql]

The series stands beside as many bare inserts in one transaction and as many bookings one by one;
the walk along the line beside the reading of its bare rows. Milliseconds of the clock on the wall.
"""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import col

from bench.copying import gather_figures
from bench.harness import KINDS, each_kind, share, timed
from booking.db.transactions import UnitOfWork, unit_of_work
from booking.instruments.models.hold import SlotHold
from booking.instruments.models.unit import Unit
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.offer_time import offer_free
from booking.reservations.actions.reserve import reserve
from booking.reservations.actions.reserve_series import reserve_series
from booking.reservations.models.waitlist import WaitlistChoice, WaitlistEntry, WaitlistOffer
from booking.reservations.rules.wish import SeriesWish
from booking.wiring import REACTIONS
from tests.factories.instruments import make_instrument
from tests.factories.reservations import NOON, Scene, make_reservation, make_scene
from tests.factories.waitlist import make_waiter
from tests.support.clock import FrozenClock

NOW: Final = FrozenClock().now()
DAY: Final = timedelta(days=1)
SERIES: Final = 50
_YEAR: Final = {"horizon_days": {"enterprise": 366}}
_UNIT: Final = sa.select(col(Unit.id))


@contextmanager
def taken_back(engine: Engine) -> Iterator[UnitOfWork]:
    """A deed of which nothing stays, so that it can be measured again."""
    with unit_of_work(engine, REACTIONS) as uow:
        yield uow
        uow.session.rollback()


def _median(engine: Engine, deed: Callable[[UnitOfWork], object], *, times: int = 7) -> float:
    def once() -> None:
        with taken_back(engine) as uow:
            deed(uow)

    return share(timed(once, times=times), 0.5)


# ── a series ─────────────────────────────────────────────────────────────────────────────────────


def book_series(engine: Engine) -> None:
    """Fifty days, all or nothing."""
    with unit_of_work(engine, REACTIONS) as uow:
        scene = make_scene(uow, policy=_YEAR)
        unit = uow.session.execute(
            _UNIT.where(col(Unit.instrument_id) == scene.instrument.key)
        ).scalar_one()
    spans = [TimeSpan(NOON.start + n * DAY, NOON.end + n * DAY) for n in range(SERIES)]
    wish = SeriesWish(scene.wish(), f"FREQ=DAILY;COUNT={SERIES}")
    rows = [{"unit_id": unit, "starts_at": span.start, "ends_at": span.end} for span in spans]

    def bare(uow: UnitOfWork) -> None:
        for row in rows:
            uow.session.execute(sa.insert(SlotHold), {**row, "reservation_number": "R"})

    def one_by_one(uow: UnitOfWork) -> None:
        for span in spans:
            reserve(uow, scene.wish(span), actor=scene.member, now=NOW)

    inserts = _median(engine, bare)
    alone = _median(engine, one_by_one)
    series = _median(engine, lambda uow: reserve_series(uow, wish, actor=scene.member, now=NOW))
    print(f"  {SERIES} bare inserts            {inserts:9.1f} ms")
    print(f"  {SERIES} bookings one by one     {alone:9.1f} ms {alone / inserts:6.1f}x")
    print(f"  a series of {SERIES}            {series:9.1f} ms {series / inserts:6.1f}x")


# ── a line ───────────────────────────────────────────────────────────────────────────────────────


def walk_along_the_line(engine: Engine, waiting: int) -> None:
    """Ten instruments are taken, everybody waits for one of them, one is given back."""
    with unit_of_work(engine, REACTIONS) as uow:
        scene = make_scene(uow)
        numbers = [make_reservation(uow, scene, NOON, now=NOW).number]
        more = [make_instrument(uow, lab_id=scene.instrument.lab_id).key for _ in range(9)]
        for key in more:
            made = reserve(uow, scene.wish(instrument_id=key), actor=scene.member, now=NOW)
            numbers.append(made.number)
        fill_the_line(uow, scene, (scene.instrument.key, *more), waiting=waiting)
    gather_figures(engine)
    rows = sa.select(WaitlistEntry.__table__, col(WaitlistChoice.instrument_id)).join(  # type: ignore[attr-defined]  # by SQLModel
        WaitlistChoice, col(WaitlistChoice.entry_id) == col(WaitlistEntry.id)
    )
    bare = _median(engine, lambda uow: uow.session.execute(rows).all())
    nothing = _median(engine, lambda uow: offer_free(uow, now=NOW))

    def freed(uow: UnitOfWork) -> None:
        cancel(uow, numbers[0], actor=scene.member, now=NOW)
        assert uow.session.execute(sa.select(sa.func.count(col(WaitlistOffer.id)))).scalar() == 1

    given = _median(engine, freed)
    print(f"  rows of {waiting} who wait       {bare:9.1f} ms")
    print(f"  nothing is free            {nothing:9.1f} ms {nothing / bare:6.1f}x")
    print(f"  one place is given back    {given:9.1f} ms {given / bare:6.1f}x")


def fill_the_line(
    uow: UnitOfWork, scene: Scene, instruments: tuple[int, ...], *, waiting: int
) -> None:
    """Copies of one who waits, each for one of the instruments."""
    first = uow.session.get_one(WaitlistEntry, make_waiter(uow, scene, now=NOW).entry_id)
    same, numbers = first.model_dump(exclude={"id"}), count(first.key + 1)
    entries = [{**same, "id": next(numbers)} for _ in range(waiting - 1)]
    uow.session.execute(sa.insert(WaitlistEntry), entries)
    choices = [
        {"entry_id": entry["id"], "instrument_id": instruments[n % len(instruments)]}
        for n, entry in enumerate(entries, start=1)
    ]
    uow.session.execute(sa.insert(WaitlistChoice), choices)


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--waiting", type=int, default=1000)
    parser.add_argument("--only", choices=KINDS)
    told = parser.parse_args()
    for engine in each_kind(told.only):
        book_series(engine)
        walk_along_the_line(engine, told.waiting)


if __name__ == "__main__":
    main()
