"""Taking time: nobody ever holds what somebody else holds, on either database."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlmodel import col, select

from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.instruments.holds import (
    HoldReason,
    end_holds_at,
    release_holds,
    shorten_holds,
    take_hold,
    take_holds,
    take_what_is_free,
)
from booking.instruments.models.hold import SlotHold
from booking.kernel.timespan import TimeSpan
from tests.factories.instruments import add_closure, make_instrument, moment, span, unit_ids

Write = Callable[[], AbstractContextManager[UnitOfWork]]
AFTERNOON = span("2026-11-24T13:00", "16:00")


def reason_for(uow: UnitOfWork, instrument_id: int) -> HoldReason:
    """A fresh reason; closures need nothing from other rooms."""
    return HoldReason.closure(add_closure(uow, instrument_id, AFTERNOON).key)


def held(uow: UnitOfWork) -> list[tuple[int, TimeSpan]]:
    rows = uow.session.exec(
        select(SlotHold).order_by(col(SlotHold.unit_id), col(SlotHold.starts_at))
    )
    return [(row.unit_id, TimeSpan(row.starts_at, row.ends_at)) for row in rows]


def test_the_second_to_ask_is_told_when_but_not_by_whom(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    units, reason = unit_ids(uow, instrument.key), reason_for(uow, instrument.key)
    take_hold(uow, units, AFTERNOON, reason=reason)
    with pytest.raises(SlotTaken) as refused:
        take_hold(
            uow, units, span("2026-11-24T15:00", "17:00"), reason=reason_for(uow, instrument.key)
        )
    (conflict,) = refused.value.conflicts
    assert conflict.span == AFTERNOON
    assert held(uow) == [(units[0], AFTERNOON)]


@pytest.mark.parametrize(
    ("start", "end", "is_taken"),
    [
        ("2026-11-24T12:00", "13:00", False),
        ("2026-11-24T16:00", "17:00", False),
        ("2026-11-24T12:59", "13:01", True),
        ("2026-11-24T15:59", "16:01", True),
        ("2026-11-24T14:00", "15:00", True),
        ("2026-11-24T12:00", "17:00", True),
        ("2026-11-23T00:00", "2026-11-26T00:00", True),
    ],
)
def test_neighbours_touch_but_never_overlap(
    uow: UnitOfWork, start: str, end: str, is_taken: bool
) -> None:
    instrument = make_instrument(uow)
    units = unit_ids(uow, instrument.key)
    take_hold(uow, units, AFTERNOON, reason=reason_for(uow, instrument.key))
    try:
        take_hold(uow, units, span(start, end), reason=reason_for(uow, instrument.key))
    except SlotTaken:
        assert is_taken
    else:
        assert not is_taken


def test_of_several_places_the_first_free_one_is_taken(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow, units=3)
    units = unit_ids(uow, instrument.key)
    got = [
        take_hold(uow, units[::-1], AFTERNOON, reason=reason_for(uow, instrument.key))
        for _ in units
    ]
    assert got == units
    with pytest.raises(SlotTaken):
        take_hold(uow, units, AFTERNOON, reason=reason_for(uow, instrument.key))


def test_several_units_are_held_together_or_not_at_all(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow, units=3)
    units = unit_ids(uow, instrument.key)
    take_hold(uow, [units[1]], AFTERNOON, reason=reason_for(uow, instrument.key))
    with pytest.raises(SlotTaken) as refused:
        take_holds(uow, units, AFTERNOON, reason=reason_for(uow, instrument.key))
    assert [c.span for c in refused.value.conflicts] == [AFTERNOON]
    assert held(uow) == [(units[1], AFTERNOON)]
    evening = span("2026-11-24T16:00", "18:00")
    take_holds(uow, units, evening, reason=reason_for(uow, instrument.key))
    assert [unit for unit, when in held(uow) if when == evening] == units


def test_released_time_is_free_again(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow, units=2)
    units, reason = unit_ids(uow, instrument.key), reason_for(uow, instrument.key)
    take_holds(uow, units, AFTERNOON, reason=reason)
    assert release_holds(uow, reason) == 2
    take_holds(uow, units, AFTERNOON, reason=reason_for(uow, instrument.key))


def test_an_early_end_gives_back_the_rest(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    units, reason = unit_ids(uow, instrument.key), reason_for(uow, instrument.key)
    take_hold(uow, units, AFTERNOON, reason=reason)
    shorten_holds(uow, reason, by=timedelta(hours=1))
    assert held(uow) == [(units[0], span("2026-11-24T13:00", "15:00"))]
    shorten_holds(uow, reason, by=timedelta(hours=9))
    assert held(uow) == [(units[0], span("2026-11-24T13:00", "13:01"))]


def test_holds_can_end_at_a_moment(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    units, reason = unit_ids(uow, instrument.key), reason_for(uow, instrument.key)
    for piece in (AFTERNOON, span("2026-11-24T17:00", "18:00")):
        take_hold(uow, units, piece, reason=reason)
    end_holds_at(uow, reason, moment("2026-11-24T14:30"))
    assert held(uow) == [(units[0], span("2026-11-24T13:00", "14:30"))]


def test_what_is_free_is_taken_around_what_is_not(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    (unit,) = units = unit_ids(uow, instrument.key)
    take_hold(uow, units, AFTERNOON, reason=reason_for(uow, instrument.key))
    wanted = {unit: [span("2026-11-24T12:00", "13:00"), span("2026-11-24T15:00", "17:00")]}
    assert take_what_is_free(uow, wanted, reason=reason_for(uow, instrument.key)) == 1
    assert held(uow) == [(unit, span("2026-11-24T12:00", "13:00")), (unit, AFTERNOON)]


@pytest.mark.race
@pytest.mark.parametrize("places", [1, 3])
def test_of_many_at_once_exactly_as_many_win_as_there_are_places(write: Write, places: int) -> None:
    with write() as uow:
        instrument = make_instrument(uow, units=places).key
        units = unit_ids(uow, instrument)
        closures = [add_closure(uow, instrument, AFTERNOON).key for _ in range(12)]
    start, outcomes = Barrier(len(closures)), list[str]()

    def ask(closure_id: int) -> None:
        start.wait()
        try:
            with write() as mine:
                take_hold(mine, units, AFTERNOON, reason=HoldReason.closure(closure_id))
            outcomes.append("won")
        except SlotTaken as refused:
            outcomes.append("refused" if refused.conflicts else "refused without a reason")

    threads = [Thread(target=ask, args=(closure_id,)) for closure_id in closures]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * (len(closures) - places) + ["won"] * places
    with write() as uow:
        assert [unit for unit, _ in held(uow)] == units


@pytest.mark.race
def test_takers_of_several_units_never_wait_for_each_other(write: Write) -> None:
    with write() as uow:
        instrument = make_instrument(uow, units=4).key
        units = unit_ids(uow, instrument)
        closures = [add_closure(uow, instrument, AFTERNOON).key for _ in range(8)]
    start, outcomes = Barrier(len(closures)), list[str]()

    def ask(closure_id: int) -> None:
        start.wait()
        order = units if closure_id % 2 else units[::-1]
        try:
            with write() as mine:
                take_holds(mine, order, AFTERNOON, reason=HoldReason.closure(closure_id))
            outcomes.append("won")
        except SlotTaken:
            outcomes.append("refused")

    threads = [Thread(target=ask, args=(closure_id,)) for closure_id in closures]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 7 + ["won"]


def test_the_database_itself_refuses_an_overlap(uow: UnitOfWork) -> None:
    """Whoever writes around `holds.py` meets the constraint."""
    instrument = make_instrument(uow)
    units = unit_ids(uow, instrument.key)
    take_hold(uow, units, AFTERNOON, reason=reason_for(uow, instrument.key))
    smuggled = SlotHold(
        unit_id=units[0],
        starts_at=AFTERNOON.start,
        ends_at=AFTERNOON.end,
        closure_id=add_closure(uow, instrument.key, AFTERNOON).key,
    )
    uow.session.add(smuggled)
    with pytest.raises(Exception, match="ex_slot_hold_no_overlap"):
        uow.session.flush()
    uow.session.rollback()
