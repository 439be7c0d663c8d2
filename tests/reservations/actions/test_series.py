"""Series: all or nothing or what is free; changed one, from one on, or all; decided at once."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.kernel.errors import Forbidden, NotFound
from booking.kernel.timespan import TimeSpan
from booking.notifications.models import OutboxMessage
from booking.reservations.actions.change_series import (
    Move,
    approve_series,
    cancel_in_series,
    move_in_series,
    reject_series,
)
from booking.reservations.actions.foresee import foresee
from booking.reservations.actions.reserve_series import SeriesMade, reserve_series
from booking.reservations.errors import NotInSeries, ReservationRefused
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.series import ReservationSeries
from booking.reservations.queries.series import series_seen_by
from booking.reservations.rules.series import (
    OnConflict,
    Scope,
    SeriesRuleRefused,
    occurrences,
    read_rule,
)
from booking.reservations.rules.wish import SeriesWish
from booking.reservations.states import State
from tests.factories.accounts import make_member
from tests.factories.organisations import make_organisation
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, Scene, held_for, make_reservation, make_scene
from tests.support.clock import FrozenClock

DAILY = "FREQ=DAILY;COUNT=3"
DAYS = tuple(
    TimeSpan(NOON.start + timedelta(days=n), NOON.end + timedelta(days=n)) for n in range(3)
)
SKIP = OnConflict.SKIP


def book(
    uow: UnitOfWork,
    scene: Scene,
    rule: str = DAILY,
    *,
    clock: FrozenClock,
    on_conflict: OnConflict = OnConflict.FAIL,
    **changes: object,
) -> SeriesMade:
    first = scene.wish(**changes)  # type: ignore[arg-type]  # named by the caller
    wish = SeriesWish(first, rule, on_conflict)
    return reserve_series(uow, wish, actor=scene.member, now=clock.now())


def spans(uow: UnitOfWork, made: SeriesMade, *states: State) -> list[TimeSpan]:
    rows = uow.session.execute(
        sa.select(col(Reservation.starts_at), col(Reservation.ends_at))
        .where(col(Reservation.series_id) == made.series.key)
        .where(col(Reservation.state).in_(states or [State.CONFIRMED]))
        .order_by(col(Reservation.starts_at))
    )
    return [TimeSpan(*row) for row in rows]


def count(uow: UnitOfWork, table: type) -> int:
    found = uow.session.execute(sa.select(sa.func.count()).select_from(table))
    return int(found.scalar_one())


def letters(uow: UnitOfWork) -> list[str]:
    rows = uow.session.execute(
        sa.select(OutboxMessage).where(col(OutboxMessage.fact) == "series_step")
    ).scalars()
    return [str(row.params["step"]) for row in rows]


def test_every_occurrence_is_an_ordinary_booking(uow: UnitOfWork, clock: FrozenClock) -> None:
    made = book(uow, make_scene(uow), clock=clock, samples=1)
    assert spans(uow, made) == list(DAYS)
    assert [held_for(uow.session, one.number) for one in made.booked] == [[day] for day in DAYS]
    assert made.total_fen == 3 * (2 * 80_000 + 12_000)
    assert letters(uow) == ["series.reserved"]


def test_one_taken_time_refuses_all_and_is_named(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    make_reservation(uow, scene, DAYS[1], now=clock.now())
    with pytest.raises(SlotTaken) as refused:
        book(uow, scene, clock=clock)
    assert [conflict.span for conflict in refused.value.conflicts] == [DAYS[1]]
    assert count(uow, ReservationSeries) == 0
    assert count(uow, Reservation) == 1


def test_only_the_free_ones_are_booked_and_the_others_are_kept_as_skipped(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    make_reservation(uow, scene, DAYS[1], now=clock.now())
    made = book(uow, scene, clock=clock, on_conflict=SKIP)
    assert spans(uow, made) == [DAYS[0], DAYS[2]]
    seen = series_seen_by(uow.session, made.series.number, scene.member)
    assert [(one.span, one.codes) for one in seen.skipped] == [
        (DAYS[1], ("reservation.slot_taken",))
    ]


def test_when_nothing_is_free_there_is_no_series(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    make_reservation(uow, scene, NOON, now=clock.now())
    with pytest.raises(SlotTaken):
        book(uow, scene, "FREQ=DAILY;COUNT=1", clock=clock, on_conflict=SKIP)
    assert count(uow, ReservationSeries) == 0


def test_broken_rules_are_named_with_their_occurrence(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"horizon_days": {"enterprise": 2}})
    with pytest.raises(ReservationRefused) as refused:
        book(uow, scene, clock=clock)
    said = [(one.code, one.params["occurrence"]) for one in refused.value.violations]
    assert said == [("horizon.too_far", day.start) for day in DAYS[2:]]


def test_an_occurrence_counts_against_quotas_for_the_next(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    two = {"per": "person", "measure": "count", "period": "week", "limit": 2}
    scene = make_scene(uow, policy={"quotas": [two]})
    foreseen = foresee(uow.session, scene.wish(), DAYS, actor=scene.member, now=clock.now())
    assert [one.codes for one in foreseen] == [(), (), ("quota.person",)]
    made = book(uow, scene, clock=clock, on_conflict=SKIP)
    assert spans(uow, made) == list(DAYS[:2])


def test_buffers_of_an_only_place_lie_in_the_way_of_the_next(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy={"buffer_after_minutes": 30, "longest_minutes": 60 * 24})
    day = TimeSpan(NOON.start, NOON.start + timedelta(hours=24))
    found = occurrences(day, read_rule("FREQ=DAILY;COUNT=2"))
    foreseen = foresee(uow.session, scene.wish(), found, actor=scene.member, now=clock.now())
    assert [bool(one.conflicts) for one in foreseen] == [False, True]


def test_what_is_foreseen_is_what_is_booked(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, units=2, policy={"approval": "always"})
    make_reservation(uow, scene, DAYS[0], now=clock.now())
    make_reservation(uow, scene, DAYS[0], now=clock.now())
    foreseen = foresee(uow.session, scene.wish(), DAYS, actor=scene.member, now=clock.now())
    assert [one.free for one in foreseen] == [False, True, True]
    assert all(one.waits for one in foreseen)
    made = book(uow, scene, clock=clock, on_conflict=SKIP)
    assert made.total_fen == sum(one.total_fen or 0 for one in foreseen if one.free)


def test_a_rule_without_end_books_nothing(uow: UnitOfWork, clock: FrozenClock) -> None:
    with pytest.raises(SeriesRuleRefused):
        book(uow, make_scene(uow), "FREQ=DAILY", clock=clock)


# ── decided ──────────────────────────────────────────────────────────────────────────────────────


def test_one_approval_decides_everything_that_waits(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"approval": "always"})
    made = book(uow, scene, clock=clock)
    assert spans(uow, made) == []
    approve_series(uow, made.series.number, actor=scene.manager, now=clock.now())
    assert spans(uow, made) == list(DAYS)
    with pytest.raises(NotInSeries):
        approve_series(uow, made.series.number, actor=scene.manager, now=clock.now())
    assert letters(uow) == ["series.reserved", "series.approved"]


def test_one_rejection_gives_all_the_time_back(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"approval": "always"})
    made = book(uow, scene, clock=clock)
    reject_series(uow, made.series.number, actor=scene.manager, now=clock.now(), reason="检修")
    assert spans(uow, made, State.REJECTED) == list(DAYS)
    assert [held_for(uow.session, one.number) for one in made.booked] == [[], [], []]


def test_only_the_lab_decides_and_strangers_know_of_nothing(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy={"approval": "always"})
    made = book(uow, scene, clock=clock)
    stranger = make_member(uow, make_organisation(uow).key)
    with pytest.raises(Forbidden):
        approve_series(uow, made.series.number, actor=scene.member, now=clock.now())
    for deed in (approve_series, reject_series):
        with pytest.raises(NotFound):
            deed(uow, made.series.number, actor=stranger, now=clock.now(), reason="不")
    with pytest.raises(NotFound):
        series_seen_by(uow.session, made.series.number, stranger)
    with pytest.raises(NotFound):
        cancel_in_series(uow, made.booked[0].number, Scope.ALL, actor=stranger, now=clock.now())


# ── changed ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("scope", "left"),
    [(Scope.THIS, [0, 2]), (Scope.FOLLOWING, [0]), (Scope.ALL, [])],
)
def test_this_the_following_or_all_are_cancelled(
    uow: UnitOfWork, clock: FrozenClock, scope: Scope, left: list[int]
) -> None:
    scene = make_scene(uow)
    made = book(uow, scene, clock=clock)
    cancel_in_series(uow, made.booked[1].number, scope, actor=scene.member, now=clock.now())
    assert spans(uow, made) == [DAYS[n] for n in left]


@pytest.mark.parametrize(
    ("scope", "moved"),
    [(Scope.THIS, [1]), (Scope.FOLLOWING, [1, 2]), (Scope.ALL, [0, 1, 2])],
)
def test_this_the_following_or_all_are_moved_alike(
    uow: UnitOfWork, clock: FrozenClock, scope: Scope, moved: list[int]
) -> None:
    scene = make_scene(uow)
    made = book(uow, scene, clock=clock)
    later = between("11-25 13:00", "16:00")
    move_in_series(
        uow, made.booked[1].number, Move(later, scope), actor=scene.member, now=clock.now()
    )
    hour = timedelta(hours=1)
    expected = [
        TimeSpan(day.start + hour, day.end + 2 * hour) if n in moved else day
        for n, day in enumerate(DAYS)
    ]
    assert spans(uow, made) == expected


@pytest.mark.parametrize("days", [1, -1])
def test_a_series_may_move_onto_its_own_times(
    uow: UnitOfWork, clock: FrozenClock, days: int
) -> None:
    scene = make_scene(uow)
    start = TimeSpan(NOON.start + timedelta(days=1), NOON.end + timedelta(days=1))
    made = book(uow, scene, clock=clock, span=start)
    by = timedelta(days=days)
    to = TimeSpan(start.start + by, start.end + by)
    move_in_series(
        uow, made.booked[0].number, Move(to, Scope.ALL), actor=scene.member, now=clock.now()
    )
    assert spans(uow, made)[0] == to
    assert len(spans(uow, made)) == 3


def test_a_move_that_fails_for_one_names_it(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"horizon_days": {"enterprise": 3}})
    made = book(uow, scene, clock=clock)
    later = between("11-25 12:00", "14:00")
    with pytest.raises(ReservationRefused) as refused:
        move_in_series(
            uow, made.booked[0].number, Move(later, Scope.ALL), actor=scene.member, now=clock.now()
        )
    assert refused.value.violations[0].params["occurrence"] == DAYS[2].start + timedelta(days=1)


def test_what_has_begun_stays_when_all_are_cancelled(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    made = book(uow, scene, clock=clock)
    clock.at("2026-11-24T12:05")
    cancel_in_series(uow, made.booked[2].number, Scope.ALL, actor=scene.member, now=clock.now())
    assert spans(uow, made) == [DAYS[0]]


def test_a_booking_that_stands_alone_has_no_following(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    alone = make_reservation(uow, scene, now=clock.now())
    with pytest.raises(NotInSeries):
        cancel_in_series(uow, alone.number, Scope.FOLLOWING, actor=scene.member, now=clock.now())
