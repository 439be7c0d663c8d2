"""Faults: closed until somebody repairs them, whoever slept; a repair frees exactly the rest."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from booking.access.actor import Actor
from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.close import closure_row, lift
from booking.instruments.actions.faults import (
    close_for_fault,
    dismiss_fault,
    put_off_repair,
    repair_fault,
    report_fault,
    report_late,
    tell_affected_again,
    triage_fault,
)
from booking.instruments.errors import (
    ClosureTooLong,
    ExpectedEndPassed,
    FaultNotRepaired,
    IllegalFaultStep,
    OutOfServiceAlready,
)
from booking.instruments.holds import HoldReason, take_hold
from booking.instruments.jobs import put_off_repairs
from booking.instruments.models.fault import Fault
from booking.instruments.models.hold import SlotHold
from booking.instruments.models.instrument import Instrument
from booking.instruments.queries.faults import downtimes, open_faults, out_of_service
from booking.instruments.queries.remembered import Memory
from booking.instruments.queries.slots import SlotWish, free_throughout
from booking.instruments.queries.terms import booking_terms
from booking.instruments.rules.faults import EXPECTED, FaultState, Late
from booking.kernel.errors import Forbidden
from booking.kernel.periods import Period
from booking.kernel.timespan import TimeSpan
from booking.utilisation.queries.recorded import month_records
from tests.factories.accounts import make_lab_person
from tests.factories.instruments import keeper_of_instrument, make_instrument, unit_ids

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def reported(uow: UnitOfWork) -> tuple[Fault, Instrument, Actor]:
    instrument = make_instrument(uow)
    keeper = keeper_of_instrument(uow, instrument)
    fault = report_fault(uow, instrument.key, "真空度不足", actor=keeper, now=NOW)
    return fault, instrument, keeper


def closed(uow: UnitOfWork, days: int = 14) -> tuple[Fault, Instrument, Actor]:
    fault, instrument, keeper = reported(uow)
    close_for_fault(uow, fault.key, actor=keeper, now=NOW, until=NOW + days * DAY)
    return fault, instrument, keeper


def held(uow: UnitOfWork, fault: Fault) -> list[TimeSpan]:
    table = SlotHold.__table__  # type: ignore[attr-defined]
    asked = sa.select(table.c.starts_at, table.c.ends_at).where(
        table.c.closure_id == fault.closure_id
    )
    return [TimeSpan(*row) for row in uow.session.execute(asked.order_by(table.c.starts_at))]


def is_open(uow: UnitOfWork, instrument: Instrument, moment: datetime) -> bool:
    span = TimeSpan(moment, moment + timedelta(hours=1))
    return bool(booking_terms(uow.session, instrument.key, span).windows_in(span))


def test_a_minor_fault_leaves_the_instrument_open(uow: UnitOfWork) -> None:
    fault, instrument, keeper = reported(uow)
    triage_fault(uow, fault.key, actor=keeper, now=NOW)
    assert fault.state is FaultState.TRIAGED
    assert is_open(uow, instrument, NOW)


def test_nobody_says_how_long_so_it_is_two_weeks(uow: UnitOfWork) -> None:
    fault, instrument, keeper = reported(uow)
    close_for_fault(uow, fault.key, actor=keeper, now=NOW)
    assert held(uow, fault) == [TimeSpan(NOW, NOW + 14 * DAY)]
    assert out_of_service(uow.session, instrument.key, NOW) == TimeSpan(NOW, NOW + 14 * DAY)
    assert not is_open(uow, instrument, NOW)


@pytest.mark.parametrize(
    ("until", "refusal"), [(NOW, ExpectedEndPassed), (NOW + 367 * DAY, ClosureTooLong)]
)
def test_the_expected_end_is_ahead_and_within_a_year(
    uow: UnitOfWork, until: datetime, refusal: type[Exception]
) -> None:
    fault, _, keeper = reported(uow)
    with pytest.raises(refusal):
        close_for_fault(uow, fault.key, actor=keeper, now=NOW, until=until)


def test_a_second_fault_does_not_close_what_is_closed(uow: UnitOfWork) -> None:
    _, instrument, keeper = closed(uow)
    second = report_fault(uow, instrument.key, "异响", actor=keeper, now=NOW)
    with pytest.raises(OutOfServiceAlready):
        close_for_fault(uow, second.key, actor=keeper, now=NOW)


def test_the_database_allows_one_closing_fault(uow: UnitOfWork) -> None:
    first, _, _ = closed(uow)
    other, _, _ = closed(uow)
    with pytest.raises(IntegrityError), uow.session.begin_nested():
        uow.session.execute(
            sa.update(Fault)
            .where(Fault.id == other.key)  # type: ignore[arg-type]
            .values(instrument_id=first.instrument_id)
        )


def test_a_repair_frees_exactly_the_rest(uow: UnitOfWork) -> None:
    fault, instrument, keeper = closed(uow)
    later = NOW + 3 * DAY
    repair_fault(uow, fault.key, "更换机械泵", actor=keeper, now=later)
    assert held(uow, fault) == [TimeSpan(NOW, later)]
    assert is_open(uow, instrument, later)
    assert not is_open(uow, instrument, later - timedelta(hours=1))
    (down,) = downtimes(uow.session, instrument.key, later).downtimes
    assert (down.since, down.until, down.done) == (NOW, later, "更换机械泵")


def test_what_is_not_repaired_stays_closed_across_the_end_of_a_month(uow: UnitOfWork) -> None:
    fault, instrument, keeper = closed(uow, days=7)
    assert put_off_repairs(uow, NOW + 6 * DAY) == 0
    assert held(uow, fault) == [TimeSpan(NOW, NOW + 7 * DAY)]
    assert put_off_repairs(uow, NOW + 7 * DAY) == 1
    assert put_off_repairs(uow, NOW + 7 * DAY) == 0
    assert held(uow, fault)[-1] == TimeSpan(NOW + 7 * DAY, NOW + 14 * DAY)
    repaired = NOW + 10 * DAY
    repair_fault(uow, fault.key, "修好", actor=keeper, now=repaired)
    assert [
        down.span(repaired) for down in downtimes(uow.session, instrument.key, repaired).downtimes
    ] == [TimeSpan(NOW, repaired)]
    lost = timedelta()
    for month in (Period.parse("2026-11"), Period.parse("2026-12")):
        record = month_records(uow.session, month, [instrument.key])[instrument.key]
        cut = [span.clipped(month.span) for span in record.faults]
        lost += sum((span.length for span in cut if span), timedelta())
    assert lost == 10 * DAY


def test_after_an_outage_the_time_between_is_made_good(uow: UnitOfWork) -> None:
    fault, instrument, _ = closed(uow, days=7)
    late = NOW + 20 * DAY
    assert put_off_repairs(uow, late) == 1
    assert held(uow, fault)[-1] == TimeSpan(NOW + 7 * DAY, late + 7 * DAY)
    assert not is_open(uow, instrument, late)


@pytest.mark.parametrize(
    ("seen", "booked", "is_bookable"), [(6, 8, True), (7, 8, False), (20, 30, False)]
)
def test_once_its_expected_end_has_come_a_fault_closes_without_end(
    uow: UnitOfWork, seen: int, booked: int, *, is_bookable: bool
) -> None:
    fault, instrument, keeper = closed(uow, days=7)
    now, start = NOW + seen * DAY, NOW + booked * DAY
    span = TimeSpan(start, start + timedelta(hours=1))
    terms = booking_terms(uow.session, instrument.key, span, now=now)
    assert (terms.faulty_since is None) is is_bookable
    wish = SlotWish(timedelta(hours=1), span, now)
    assert bool(free_throughout(uow.session, [instrument.key], wish)) is is_bookable
    assert (out_of_service(uow.session, instrument.key, now) is None) is False
    assert not is_open(uow, instrument, NOW + 6 * DAY)
    repair_fault(uow, fault.key, "修好", actor=keeper, now=now)
    assert booking_terms(uow.session, instrument.key, span, now=now).faulty_since is None


def test_a_repair_during_an_outage_counts_up_to_now(uow: UnitOfWork) -> None:
    fault, instrument, keeper = closed(uow, days=7)
    late = NOW + 9 * DAY
    repair_fault(uow, fault.key, "修好", actor=keeper, now=late)
    (down,) = downtimes(uow.session, instrument.key, late + DAY).downtimes
    assert down.until == late


def test_a_repair_when_its_end_comes_is_known_to_whoever_remembered_the_fault(
    uow: UnitOfWork,
) -> None:
    fault, instrument, keeper = closed(uow, days=7)
    now = NOW + 7 * DAY
    span = TimeSpan(now, now + DAY)
    wish, memory = SlotWish(DAY, span, now), Memory()
    assert free_throughout(uow.session, [instrument.key], wish, memory=memory) == []
    repair_fault(uow, fault.key, "修好", actor=keeper, now=now)
    assert free_throughout(uow.session, [instrument.key], wish, memory=memory) == [instrument.key]


def test_a_repair_is_put_off_only_to_later(uow: UnitOfWork) -> None:
    fault, _, keeper = closed(uow, days=7)
    with pytest.raises(ExpectedEndPassed):
        put_off_repair(uow, fault.key, NOW + 5 * DAY, actor=keeper, now=NOW)
    put_off_repair(uow, fault.key, NOW + 9 * DAY, actor=keeper, now=NOW)
    assert closure_row(uow.session, fault.closure_id or 0).ends_at == NOW + 9 * DAY


def test_a_repair_is_put_off_within_a_year_of_the_fault(uow: UnitOfWork) -> None:
    fault, _, keeper = closed(uow, days=7)
    now, furthest = NOW + 5 * DAY, NOW + 366 * DAY
    with pytest.raises(ClosureTooLong):
        put_off_repair(uow, fault.key, furthest + DAY, actor=keeper, now=now)
    put_off_repair(uow, fault.key, furthest, actor=keeper, now=now)
    assert closure_row(uow.session, fault.closure_id or 0).ends_at == furthest


def test_what_nobody_repairs_for_a_year_stays_closed_and_counts_up_to_its_repair(
    uow: UnitOfWork,
) -> None:
    fault, instrument, keeper = closed(uow, days=365)
    late = NOW + 365 * DAY
    assert put_off_repairs(uow, late) == 1
    assert put_off_repairs(uow, late + DAY) == 0
    repaired = NOW + 500 * DAY
    assert put_off_repairs(uow, repaired) == 0
    assert not is_open(uow, instrument, repaired)
    repair_fault(uow, fault.key, "修好", actor=keeper, now=repaired)
    (down,) = downtimes(uow.session, instrument.key, repaired + DAY).downtimes
    assert (down.since, down.until) == (NOW, repaired)


def test_the_closure_of_an_open_fault_is_not_lifted_by_hand(uow: UnitOfWork) -> None:
    fault, _, keeper = closed(uow)
    with pytest.raises(FaultNotRepaired):
        lift(uow, fault.closure_id or 0, actor=keeper, now=NOW + DAY)


def test_a_fault_closes_since_it_was_there(uow: UnitOfWork) -> None:
    fault, instrument, keeper = reported(uow)
    since = NOW - 2 * DAY
    close_for_fault(uow, fault.key, actor=keeper, now=NOW, since=since)
    assert held(uow, fault) == [TimeSpan(since, NOW + EXPECTED)]
    repair_fault(uow, fault.key, "修好", actor=keeper, now=NOW + DAY)
    history = downtimes(uow.session, instrument.key, NOW + DAY)
    assert history.totals.down == 3 * DAY


def test_a_downtime_is_entered_when_it_is_over(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    keeper = keeper_of_instrument(uow, instrument)
    lasted = TimeSpan(NOW - 5 * DAY, NOW - 3 * DAY)
    used = TimeSpan(NOW - 4 * DAY, NOW - 4 * DAY + timedelta(hours=2))
    mine = HoldReason.reservation("R261119-0000000")
    take_hold(uow, unit_ids(uow, instrument.key), used, reason=mine)
    told = Late("漏气", lasted.start, lasted.end, "换了密封圈")
    fault = report_late(uow, instrument.key, told, actor=keeper, now=NOW)
    assert fault.state is FaultState.REPAIRED
    (down,) = downtimes(uow.session, instrument.key, NOW).downtimes
    assert (down.since, down.until, down.done) == (lasted.start, lasted.end, "换了密封圈")
    assert held(uow, fault) == list(lasted.minus([used]))
    assert open_faults(uow.session, instrument.key) == []


def test_what_is_over_is_over(uow: UnitOfWork) -> None:
    fault, instrument, keeper = reported(uow)
    dismiss_fault(uow, fault.key, "操作有误", actor=keeper, now=NOW)
    with pytest.raises(IllegalFaultStep):
        close_for_fault(uow, fault.key, actor=keeper, now=NOW)
    with pytest.raises(IllegalFaultStep):
        tell_affected_again(uow, fault.key, actor=keeper, now=NOW)
    assert open_faults(uow.session, instrument.key) == []


Deed = Callable[[UnitOfWork, Fault, Actor], object]
DEEDS: dict[str, Deed] = {
    "report": lambda uow, fault, by: report_fault(
        uow, fault.instrument_id, "异响", actor=by, now=NOW
    ),
    "triage": lambda uow, fault, by: triage_fault(uow, fault.key, actor=by, now=NOW),
    "close": lambda uow, fault, by: close_for_fault(uow, fault.key, actor=by, now=NOW),
    "repair": lambda uow, fault, by: repair_fault(uow, fault.key, "修好", actor=by, now=NOW),
    "dismiss": lambda uow, fault, by: dismiss_fault(uow, fault.key, "无", actor=by, now=NOW),
}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_the_operator_of_the_lab_may_and_another_lab_may_not(uow: UnitOfWork, deed: Deed) -> None:
    fault, instrument, _ = reported(uow)
    elsewhere = make_lab_person(uow, make_instrument(uow).lab_id)
    with pytest.raises(Forbidden):
        deed(uow, fault, elsewhere)
    deed(uow, fault, make_lab_person(uow, instrument.lab_id, Role.OPERATOR))
