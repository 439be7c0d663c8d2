"""Closures: they take time like everybody, and a fault waits for nobody."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from booking.db.transactions import UnitOfWork
from booking.instruments.actions.close import Closing, close, lift
from booking.instruments.errors import (
    ClosureInTheWay,
    ClosureOver,
    ClosureTooFarBack,
    ClosureTooLong,
    FaultUnreported,
)
from booking.instruments.holds import HoldReason, take_hold
from booking.instruments.models.calendar import ClosureKind
from booking.instruments.models.hold import SlotHold
from booking.instruments.queries.terms import booking_terms
from booking.kernel.timespan import TimeSpan
from tests.factories.faults import shut_broken
from tests.factories.instruments import (
    add_closure,
    keeper_of_instrument,
    make_instrument,
    span,
    unit_ids,
)

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
TUESDAY = span("2026-11-24T08:00", "18:00")
NOON = span("2026-11-24T12:00", "14:00")


def held_by(uow: UnitOfWork, closure_id: int) -> list[tuple[int, TimeSpan]]:
    mine = select(SlotHold).where(col(SlotHold.closure_id) == closure_id)
    rows = uow.session.exec(mine.order_by(col(SlotHold.unit_id), col(SlotHold.starts_at)))
    return [(row.unit_id, TimeSpan(row.starts_at, row.ends_at)) for row in rows]


def occupy(uow: UnitOfWork, instrument_id: int, unit_id: int) -> None:
    """Somebody else's time at noon."""
    reason = HoldReason.closure(add_closure(uow, instrument_id, NOON).key)
    take_hold(uow, [unit_id], NOON, reason=reason)


def test_maintenance_holds_every_place(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow, units=2)
    wanted = Closing(TUESDAY, ClosureKind.MAINTENANCE, "灯丝更换")
    done = close(uow, instrument.key, wanted, actor=keeper_of_instrument(uow, instrument), now=NOW)
    units = unit_ids(uow, instrument.key)
    assert held_by(uow, done.closure.key) == [(unit, TUESDAY) for unit in units]


@pytest.mark.parametrize("kind", [ClosureKind.MAINTENANCE, ClosureKind.OTHER])
def test_planned_closures_name_what_is_in_the_way(uow: UnitOfWork, kind: ClosureKind) -> None:
    instrument = make_instrument(uow, units=2)
    first, _ = unit_ids(uow, instrument.key)
    occupy(uow, instrument.key, first)
    keeper = keeper_of_instrument(uow, instrument)
    with pytest.raises(ClosureInTheWay) as refused:
        close(uow, instrument.key, Closing(TUESDAY, kind), actor=keeper, now=NOW)
    assert [conflict.span for conflict in refused.value.conflicts] == [NOON]


def test_a_fault_takes_what_is_free_and_shuts_the_rest(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    (unit,) = unit_ids(uow, instrument.key)
    occupy(uow, instrument.key, unit)
    keeper = keeper_of_instrument(uow, instrument)
    done = shut_broken(uow, instrument.key, TUESDAY, actor=keeper, now=NOW)
    assert held_by(uow, done.closure.key) == [
        (unit, TimeSpan(TUESDAY.start, NOON.start)),
        (unit, TimeSpan(NOON.end, TUESDAY.end)),
    ]
    terms = booking_terms(uow.session, instrument.key, NOON)
    assert terms.faulty_since == TUESDAY.start
    assert not any(window.overlaps(NOON) for window in terms.open_windows)


def test_a_fault_closes_by_way_of_its_report_only(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    keeper = keeper_of_instrument(uow, instrument)
    with pytest.raises(FaultUnreported):
        close(uow, instrument.key, Closing(TUESDAY, ClosureKind.FAULT), actor=keeper, now=NOW)


def test_lifting_gives_back_what_is_left(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    (unit,) = unit_ids(uow, instrument.key)
    keeper = keeper_of_instrument(uow, instrument)
    done = shut_broken(uow, instrument.key, TUESDAY, actor=keeper, now=NOW)
    lift(uow, done.closure.key, actor=keeper, now=NOON.start)
    assert held_by(uow, done.closure.key) == [(unit, TimeSpan(TUESDAY.start, NOON.start))]
    terms = booking_terms(uow.session, instrument.key, NOON)
    assert any(window.contains(NOON) for window in terms.open_windows)
    with pytest.raises(ClosureOver):
        lift(uow, done.closure.key, actor=keeper, now=NOON.start)


def test_a_closure_called_off_beforehand_leaves_no_trace_in_time(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    keeper = keeper_of_instrument(uow, instrument)
    wanted = Closing(TUESDAY, ClosureKind.MAINTENANCE)
    done = close(uow, instrument.key, wanted, actor=keeper, now=NOW)
    lift(uow, done.closure.key, actor=keeper, now=NOW)
    assert held_by(uow, done.closure.key) == []


def test_a_closure_begins_at_most_four_hundred_days_ago(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    keeper = keeper_of_instrument(uow, instrument)
    start = NOW - timedelta(days=400)
    late = Closing(TimeSpan(start, start + timedelta(hours=1)), ClosureKind.OTHER)
    assert close(uow, instrument.key, late, actor=keeper, now=NOW).closure.starts_at == start
    later = NOW + timedelta(minutes=1)
    with pytest.raises(ClosureTooFarBack):
        close(uow, instrument.key, late, actor=keeper, now=later)


def test_more_than_a_year_is_no_closure(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    forever = TimeSpan(NOW, NOW + timedelta(days=400))
    keeper = keeper_of_instrument(uow, instrument)
    with pytest.raises(ClosureTooLong):
        close(uow, instrument.key, Closing(forever, ClosureKind.OTHER), actor=keeper, now=NOW)
