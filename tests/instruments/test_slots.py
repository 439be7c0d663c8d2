"""Free time of one instrument, and the earliest slots of many."""

import contextlib
import random
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.db.transactions import UnitOfWork
from booking.instruments.actions.set_calendar import set_week
from booking.instruments.errors import SlotTaken
from booking.instruments.holds import HoldReason, release_holds, shorten_holds, take_hold
from booking.instruments.queries.free import availability
from booking.instruments.queries.remembered import Memory
from booking.instruments.queries.slots import SlotWish, earliest_slots, free_throughout
from booking.instruments.rules.learned import Learned
from booking.instruments.rules.opening import DayKind, Hours
from booking.instruments.states import InstrumentState
from booking.kernel.timespan import TimeSpan
from tests.factories.faults import shut_broken
from tests.factories.instruments import (
    OFFICE_HOURS,
    add_closure,
    add_policy,
    enter_year,
    keeper_of_instrument,
    make_instrument,
    make_lab,
    moment,
    span,
    unit_ids,
)

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
WEEK = span("2026-11-23T00:00", "2026-11-30T00:00")
HOUR = timedelta(hours=1)


def occupy(uow: UnitOfWork, instrument_id: int, when: TimeSpan, *, place: int = 0) -> None:
    reason = HoldReason.closure(add_closure(uow, instrument_id, when).key)
    take_hold(uow, [unit_ids(uow, instrument_id)[place]], when, reason=reason)


def earliest(
    uow: UnitOfWork,
    ids: list[int],
    *,
    hours: float = 3,
    within: TimeSpan = WEEK,
    limit: int = 20,
    memory: Memory | None = None,
) -> list[tuple[int, str]]:
    wish = SlotWish(timedelta(hours=hours), within, NOW)
    found = earliest_slots(uow.session, ids, wish, limit=limit, memory=memory)
    assert all(slot.span.length == wish.length for slot in found)
    return [(s.instrument_id, f"{s.span.start + 8 * HOUR:%d %H:%M}") for s in found]


def test_free_pieces_keep_their_distance_and_count_places(uow: UnitOfWork) -> None:
    instrument = make_instrument(
        uow,
        units=2,
        week=OFFICE_HOURS,
        policy={"buffer_before_minutes": 15, "buffer_after_minutes": 15},
    ).key
    occupy(uow, instrument, span("2026-11-24T10:00", "12:00"))
    found = availability(uow.session, instrument, span("2026-11-24T00:00", "2026-11-25T00:00"))
    assert [(p.span, p.units_free) for p in found.pieces] == [
        (span("2026-11-24T08:30", "09:45"), 2),
        (span("2026-11-24T09:45", "12:15"), 1),
        (span("2026-11-24T12:15", "18:00"), 2),
    ]


def test_what_lies_outside_the_question_keeps_its_distance_too(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow, policy={"buffer_before_minutes": 30}).key
    occupy(uow, instrument, span("2026-11-24T09:00", "10:00"))
    found = availability(uow.session, instrument, span("2026-11-24T10:00", "12:00"))
    assert [p.span for p in found.pieces] == [span("2026-11-24T10:30", "12:00")]


def test_the_earliest_slots_come_first(uow: UnitOfWork) -> None:
    lab = make_lab(uow).key
    busy, free, closed = (make_instrument(uow, lab_id=lab, week=OFFICE_HOURS).key for _ in "abc")
    occupy(uow, busy, span("2026-11-23T08:30", "16:00"))
    occupy(uow, busy, span("2026-11-24T10:00", "12:00"))
    occupy(uow, closed, WEEK)
    assert earliest(uow, [busy, free, closed]) == [(free, "23 09:00"), (busy, "24 12:00")]


def test_a_slot_lies_on_the_grid_after_the_notice_within_the_lengths(uow: UnitOfWork) -> None:
    lab = make_lab(uow).key
    policy = {"grid_minutes": 60, "notice_minutes": 90, "longest_minutes": 240}
    hourly = make_instrument(uow, lab_id=lab, week=OFFICE_HOURS, policy=policy).key
    assert earliest(uow, [hourly]) == [(hourly, "23 11:00")]
    assert earliest(uow, [hourly], hours=5) == []
    assert earliest(uow, [hourly], hours=0.25) == []


def test_a_slot_lies_under_the_policy_in_force_when_it_begins(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow, week=OFFICE_HOURS, policy={"longest_minutes": 120}).key
    for since, policy in (
        ("2026-11-25T10:00", {"grid_minutes": 60, "buffer_before_minutes": 30}),
        ("2026-11-26T14:00", {"horizon_days": {"enterprise": 2}}),
    ):
        always = {"follows_statutory_calendar": False, **policy}
        add_policy(uow, instrument, valid_from=moment(since), **always)
    occupy(uow, instrument, span("2026-11-25T12:00", "13:00"))
    wish = SlotWish(3 * HOUR, WEEK, NOW, per_instrument=50)
    found = earliest_slots(uow.session, [instrument], wish, limit=50)
    starts = [f"{slot.span.start + 8 * HOUR:%d %H:%M}" for slot in found]
    assert starts == ["25 14:00", "26 09:00", "26 12:00"]


def test_of_several_places_the_first_free_one_counts(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow, units=2, week=OFFICE_HOURS).key
    occupy(uow, instrument, span("2026-11-23T08:30", "18:00"), place=0)
    occupy(uow, instrument, span("2026-11-23T08:30", "11:00"), place=1)
    assert earliest(uow, [instrument]) == [(instrument, "23 11:00")]


def test_only_published_instruments_have_slots(uow: UnitOfWork) -> None:
    suspended = make_instrument(uow, state=InstrumentState.SUSPENDED).key
    assert earliest(uow, [suspended]) == []


def test_ties_go_to_the_lower_id_and_the_limit_holds(uow: UnitOfWork) -> None:
    lab = make_lab(uow).key
    ids = [make_instrument(uow, lab_id=lab, week=OFFICE_HOURS).key for _ in range(5)]
    assert earliest(uow, ids, limit=3) == [(one, "23 09:00") for one in ids[:3]]


def test_a_slot_days_ahead_is_found(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow).key
    occupy(uow, instrument, span("2026-11-23T00:00", "2026-11-28T13:00"))
    assert earliest(uow, [instrument]) == [(instrument, "28 13:00")]


def test_holidays_faults_and_unknown_years_have_no_slots(uow: UnitOfWork) -> None:
    enter_year(uow, 2026, {date(2026, 11, 24): DayKind.HOLIDAY})
    policy = {"follows_statutory_calendar": True}
    instrument = make_instrument(uow, week=OFFICE_HOURS, policy=policy)
    late = span("2026-11-23T17:00", "2026-11-30T00:00")
    assert earliest(uow, [instrument.key], within=late) == [(instrument.key, "25 08:30")]
    fault, keeper = (
        span("2026-11-25T00:00", "2026-11-26T12:00"),
        keeper_of_instrument(uow, instrument),
    )
    shut_broken(uow, instrument.key, fault, actor=keeper, now=NOW)
    assert earliest(uow, [instrument.key], within=late) == [(instrument.key, "26 12:00")]
    unknown = span("2027-03-01T00:00", "2027-03-08T00:00")
    assert earliest(uow, [instrument.key], within=unknown) == []


def test_what_was_remembered_is_forgotten_when_it_changes(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow, week=OFFICE_HOURS)
    memory = Memory()
    assert earliest(uow, [instrument.key], memory=memory) == [(instrument.key, "23 09:00")]
    keeper = keeper_of_instrument(uow, instrument)
    set_week(uow, instrument.key, {3: [Hours(600, 1200)]}, actor=keeper, now=NOW)
    assert earliest(uow, [instrument.key], memory=memory) == [(instrument.key, "25 10:00")]


@pytest.mark.parametrize(
    ("start", "end", "is_free"),
    [("09:00", "18:00", False), ("13:00", "18:00", True), ("13:00", "18:30", False)],
)
def test_free_throughout_means_the_whole_time(
    uow: UnitOfWork, start: str, end: str, is_free: bool
) -> None:
    policy = {"longest_minutes": 60, "notice_minutes": 60 * 24 * 30}
    instrument = make_instrument(uow, week=OFFICE_HOURS, policy=policy).key
    occupy(uow, instrument, span("2026-11-24T10:00", "13:00"))
    asked = span(f"2026-11-24T{start}", end)
    wish = SlotWish(asked.length, asked, NOW)
    assert free_throughout(uow.session, [instrument], wish) == [instrument] * is_free


@pytest.mark.parametrize("seed", range(6))
def test_what_was_learned_never_changes_an_answer(uow: UnitOfWork, seed: int) -> None:
    """Searches with a memory find what searches without one find, whatever happens between."""
    chance = random.Random(seed)
    lab = make_lab(uow).key
    policies = [{"buffer_after_minutes": 15}, {"grid_minutes": 20}, {"grid_minutes": 60}]
    ids = [
        make_instrument(uow, lab_id=lab, units=chance.randint(1, 2), policy=policy).key
        for policy in policies
    ]
    memory, reasons = Memory(), list[HoldReason]()
    for _ in range(12):
        instrument = chance.choice(ids)
        start = NOW + timedelta(minutes=10 * chance.randrange(600))
        when = TimeSpan(start, start + timedelta(minutes=10 * chance.randint(3, 120)))
        reason = HoldReason.closure(add_closure(uow, instrument, when).key)
        with contextlib.suppress(SlotTaken):
            take_hold(uow, unit_ids(uow, instrument), when, reason=reason)
            reasons.append(reason)
        if reasons and chance.random() < 0.3:
            release_holds(uow, reasons.pop(chance.randrange(len(reasons))))
        if reasons and chance.random() < 0.2:
            shorten_holds(uow, chance.choice(reasons), by=timedelta(minutes=20))
        for hours in (1, 6):
            afresh = earliest(uow, ids, hours=hours, limit=2)
            assert earliest(uow, ids, hours=hours, limit=2, memory=memory) == afresh


steps = st.integers(0, 400)
taken_steps = st.lists(st.tuples(steps, st.integers(1, 40)), max_size=6)


@given(taken_steps, taken_steps, taken_steps, st.integers(1, 60), st.integers(0, 100))
def test_a_learned_bound_is_never_too_late(
    held: list[tuple[int, int]],
    serving: list[tuple[int, int]],
    opened: list[tuple[int, int]],
    length: int,
    since: int,
) -> None:
    """In minutes, so that holds and windows do not lie on the learned steps."""
    memory = Learned()
    spans, theirs = (
        [(60 * start, 60 * (start + minutes)) for start, minutes in taken]
        for taken in (held, serving)
    )
    windows = [(60 * start, 60 * (start + 4 * minutes)) for start, minutes in opened]
    memory.learn(1, spans)
    memory.learn(2, theirs)
    told = memory.opened(windows)
    bound = memory.earliest([1], told, length=60 * length, since=60 * since, serving=[2])
    for start in range(60 * since, 60 * 600, 60):
        end = start + 60 * length
        is_open = any(opens <= start and end <= closes for opens, closes in windows)
        if is_open and not any(s < end and start < e for s, e in (*spans, *theirs)):
            assert bound is not None
            assert bound <= start
            return
