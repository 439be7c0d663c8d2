"""What is asked all the time, in a house without a past and in one with 100,000 bookings more.

    python -m bench.growing [--bookings 100000] [--only sqlite|postgresql]

Half of them are settled uses of one instrument by a company of 100 people, half are confirmed and
lie ahead on 50 others; on top, so many begin soon that the sweep has to remind of. Each question is
measured twice, and beside it stands a bare look-up of one row. What is due, or near, costs; what is
neither must not.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session

from bench.copying import Copy, copy_bookings, gather_figures
from bench.harness import KINDS, each_kind, share, timed
from booking.db.transactions import read_session, unit_of_work
from booking.kernel.timespan import TimeSpan
from booking.notifications.actions.remind import remind_of_bookings
from booking.notifications.queries.reminders import not_reminded_of
from booking.reservations.calendar.own import OwnBookings
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.booked import booked_in_lab
from booking.reservations.queries.loading import (
    awaited_since,
    never_checked_out,
    silent_since,
    undecided_since,
)
from booking.reservations.queries.standing import Asker, counted_bookings, standing_of
from booking.reservations.states import State
from booking.wiring import REACTIONS
from tests.factories.accounts import make_member
from tests.factories.instruments import make_instrument
from tests.factories.reservations import NOON, Scene, make_reservation, make_scene
from tests.support.clock import FrozenClock

NOW: Final = FrozenClock().now()
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
DUE: Final = 200
_OTHERS: Final = 50
_COLLEAGUES: Final = 100
_WEEK: Final = TimeSpan(NOW, NOW + 7 * DAY)
_QUOTA: Final = {"per": "organisation", "measure": "hours", "period": "week", "limit": 400}
Question = Callable[[Session], object]


@dataclass(frozen=True)
class Stage:
    """Whose past it is, one booking to copy, and other instruments for the time ahead."""

    scene: Scene
    original: Reservation
    others: tuple[int, ...]
    colleagues: tuple[int, ...]


def set_the_stage(engine: Engine) -> Stage:
    """An instrument with a quota, booked once; others in labs of their own."""
    with unit_of_work(engine, REACTIONS) as uow:
        scene = make_scene(uow, policy={"quotas": [_QUOTA]})
        original = make_reservation(uow, scene, NOON, now=NOW)
        others = tuple(make_instrument(uow).key for _ in range(_OTHERS))
        more = (make_member(uow, scene.company.key).id for _ in range(_COLLEAGUES - 1))
        return Stage(scene, original, others, (scene.member.id, *more))


def let_years_pass(engine: Engine, stage: Stage, count: int) -> None:
    """Half of the bookings behind, half ahead."""
    with unit_of_work(engine, REACTIONS) as uow:
        copy_bookings(uow.session, stage.original, _behind(stage, count // 2))
        copy_bookings(uow.session, stage.original, _ahead(stage, count // 2))
    gather_figures(engine)


def _behind(stage: Stage, count: int) -> Iterator[Copy]:
    last = NOW - 10 * DAY
    for n in range(count):
        span = TimeSpan(last - (n + 1) * HOUR, last - n * HOUR)
        changes = {"state": State.SETTLED, "holder_id": stage.colleagues[n % _COLLEAGUES]}
        yield Copy(stage.scene.instrument.key, span, changes)


def _ahead(stage: Stage, count: int) -> Iterator[Copy]:
    first = NOW + 10 * DAY
    for n in range(count):
        start = first + n // len(stage.others) * HOUR
        span = TimeSpan(start, start + HOUR)
        changes = {"state": State.CONFIRMED, "holder_id": stage.colleagues[n % _COLLEAGUES]}
        yield Copy(stage.others[n % len(stage.others)], span, changes)


def questions(stage: Stage) -> Mapping[str, Question]:
    """By what they are for."""
    scene, key = stage.scene, stage.scene.instrument.key
    holder, company = scene.member.id, scene.company.key
    asker = Asker(company, holder)
    span = TimeSpan(NOON.end, NOON.end + HOUR)

    def standing(session: Session) -> object:
        return standing_of(
            session, company, holder_id=holder, instrument_id=key, lock=False, now=NOW
        )

    return {
        "what counts against quotas": lambda s: counted_bookings(s, asker, key, span=span),
        "who asks": standing,
        "a lab's week": lambda s: booked_in_lab(s, scene.instrument.lab_id, _WEEK),
        "one's own week": lambda s: OwnBookings().known(s, scene.member, [key], span=_WEEK),
        "requests undecided": lambda s: undecided_since(s, NOW),
        "nobody came": lambda s: awaited_since(s, NOW),
        "nobody left": lambda s: never_checked_out(s, NOW),
        "nobody spoke": lambda s: silent_since(s, NOW),
        "reminders due": lambda s: not_reminded_of(s, NOW),
    }


def answer_times(engine: Engine, asked: Mapping[str, Question]) -> dict[str, float]:
    """Milliseconds of each, in the middle."""
    with read_session(engine) as session:
        return {
            name: share(timed(lambda of=question: of(session), times=25), 0.5)  # type: ignore[misc]
            for name, question in asked.items()
        }


def sweep(engine: Engine, stage: Stage) -> float:
    """Remind of those that begin soon; they are gone afterwards."""
    with unit_of_work(engine, REACTIONS) as uow:
        copy_bookings(uow.session, stage.original, _soon(stage.others), held=False)
        uow.session.flush()

        def remind() -> None:
            assert remind_of_bookings(uow, NOW) == DUE

        taken = timed(remind, times=1)[0]
        uow.session.rollback()
    return taken


def _soon(others: Sequence[int]) -> Iterator[Copy]:
    start: datetime = NOW + 2 * HOUR
    told: dict[str, object] = {"state": State.CONFIRMED, "updated_at": NOW - 9 * DAY}
    for n in range(DUE):
        yield Copy(others[n % len(others)], TimeSpan(start, start + HOUR), told)


def measure(engine: Engine, count: int) -> None:
    """Print each question without and with the past."""
    stage = set_the_stage(engine)
    gather_figures(engine)
    look_up = sa.text("SELECT number FROM reservation WHERE id = 1")
    asked = {"bare look-up of a row": lambda s: s.execute(look_up).all(), **questions(stage)}
    before, swept = answer_times(engine, asked), sweep(engine, stage)
    let_years_pass(engine, stage, count)
    after, swept_after = answer_times(engine, asked), sweep(engine, stage)
    print(f"  milliseconds                  first   with {count:,} more       ratio")
    for name in asked:
        ratio = after[name] / before[name]
        print(f"  {name:<28}{before[name]:7.2f}{after[name]:14.2f}{ratio:16.1f}x")
    name = f"reminding of {DUE}"
    print(f"  {name:<28}{swept:7.1f}{swept_after:14.1f}{swept_after / swept:16.1f}x")


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bookings", type=int, default=100_000)
    parser.add_argument("--only", choices=KINDS)
    told = parser.parse_args()
    for engine in each_kind(told.only):
        measure(engine, told.bookings)


if __name__ == "__main__":
    main()
