"""Booking stays within its budget of statements, on both databases."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from booking.db.transactions import UnitOfWork
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.change_series import (
    Move,
    approve_series,
    cancel_in_series,
    move_in_series,
    reject_series,
)
from booking.reservations.actions.note_refusal import note_refusals
from booking.reservations.actions.reserve import reserve
from booking.reservations.actions.reserve_series import reserve_series
from booking.reservations.rules.refusal import Asked, refused
from booking.reservations.rules.series import Scope
from booking.reservations.rules.wish import SeriesWish
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, make_scene
from tests.factories.training import make_grant, training_scene
from tests.support.clock import FrozenClock

QUOTA = {"per": "organisation", "measure": "hours", "period": "week", "limit": 40}
EVENING = between("11-24 16:00", "17:00")


@contextmanager
def counted(uow: UnitOfWork) -> Iterator[list[str]]:
    """The statements that reach the database inside the block."""
    connection: Connection = uow.session.connection()
    seen: list[str] = []

    def note(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    sa.event.listen(connection, "before_cursor_execute", note)
    yield seen
    sa.event.remove(connection, "before_cursor_execute", note)


def test_a_booking_takes_seven_statements(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    with counted(uow) as seen:
        reserve(uow, scene.wish(), actor=scene.member, now=clock.now())
    writes = [statement for statement in seen if statement.startswith("INSERT")]
    assert len(seen) <= 7
    # The hold, the reservation, the fact about it, and the letter to its holder.
    assert len(writes) == 4


def test_quotas_cost_one_question_more(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"quotas": [QUOTA]})
    with counted(uow) as seen:
        reserve(uow, scene.wish(), actor=scene.member, now=clock.now())
    assert len(seen) <= 8


def test_a_training_costs_one_question_more(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = training_scene(uow)
    make_grant(uow, scene, now=clock.now())
    with counted(uow) as seen:
        reserve(uow, scene.wish(), actor=scene.member, now=clock.now())
    assert len(seen) <= 8


def test_fifty_bookings_of_a_series_take_hardly_more_statements_than_five(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    gap = {"person_gap_minutes": 30, "uncounted_within_minutes": 60}
    scene = make_scene(uow, units=2, policy={"quotas": [QUOTA], **gap})
    took = []
    for number, span in ((5, NOON), (50, EVENING)):
        wish = SeriesWish(scene.wish(span), f"FREQ=DAILY;COUNT={number}")
        with counted(uow) as seen:
            made = reserve_series(uow, wish, actor=scene.member, now=clock.now())
        assert len(made.booked) == number
        took.append(len(seen))
    assert took[1] <= took[0] + 2
    assert took[0] <= 25


def test_giving_back_fifty_takes_hardly_more_statements_than_five(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    took = []
    for number, span in ((5, NOON), (50, EVENING)):
        wish = SeriesWish(scene.wish(span), f"FREQ=DAILY;COUNT={number}")
        first = reserve_series(uow, wish, actor=scene.member, now=clock.now()).booked[0].number
        uow.session.expunge_all()
        with counted(uow) as seen:
            gone = cancel_in_series(uow, first, Scope.ALL, actor=scene.member, now=clock.now())
        assert len(gone) == number
        took.append(len(seen))
    assert took[1] <= took[0] + 2
    assert took[0] <= 20


def later(span: TimeSpan, hours: int = 2) -> TimeSpan:
    return TimeSpan(span.start + timedelta(hours=hours), span.end + timedelta(hours=hours))


def longer(span: TimeSpan) -> TimeSpan:
    return TimeSpan(span.start, span.end + timedelta(minutes=30))


def shorter(span: TimeSpan) -> TimeSpan:
    return TimeSpan(span.start, span.end - timedelta(minutes=30))


@pytest.mark.parametrize("to", [later, longer, shorter])
def test_moving_twenty_takes_as_many_statements_as_five(
    uow: UnitOfWork, clock: FrozenClock, to: Callable[[TimeSpan], TimeSpan]
) -> None:
    scene = make_scene(uow, units=2, policy={"quotas": [QUOTA]})
    took = []
    for number, span in ((5, NOON), (20, EVENING)):
        wish = SeriesWish(scene.wish(span), f"FREQ=DAILY;COUNT={number}")
        first = reserve_series(uow, wish, actor=scene.member, now=clock.now()).booked[0].number
        uow.session.expunge_all()
        move = Move(to(span), Scope.ALL)
        with counted(uow) as seen:
            moved = move_in_series(uow, first, move, actor=scene.member, now=clock.now())
        assert len(moved) == number
        took.append(len(seen))
    assert took[1] == took[0] <= 31


@pytest.mark.parametrize(("deed", "most"), [(approve_series, 25), (reject_series, 15)])
def test_deciding_twenty_takes_as_many_statements_as_five(
    uow: UnitOfWork, clock: FrozenClock, deed: Callable[..., object], most: int
) -> None:
    scene = make_scene(uow, policy={"quotas": [QUOTA], "approval": "always"})
    took = []
    for number, span in ((5, NOON), (20, EVENING)):
        wish = SeriesWish(scene.wish(span), f"FREQ=DAILY;COUNT={number}")
        made = reserve_series(uow, wish, actor=scene.member, now=clock.now())
        uow.session.expunge_all()
        with counted(uow) as seen:
            deed(uow, made.series.number, actor=scene.manager, now=clock.now(), reason="检修")
        took.append(len(seen))
    assert took[1] == took[0] <= most


def test_however_many_refusals_are_noted_in_two_statements(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    here, ours = scene.instrument.key, scene.company.key
    weeks = (timedelta(weeks=week) for week in range(3))
    spans = [TimeSpan(NOON.start + later, NOON.end + later) for later in weeks]
    refusals = [refused(Asked(here, ours, span), (), ()) for span in spans]
    with counted(uow) as seen:
        note_refusals(uow, refusals, now=clock.now())
    assert len(seen) == 2
