"""The real jobs on a clock that jumps: over midnight, month end, year end, and over outages."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from freezegun import freeze_time
from sqlmodel import col, select

from booking.audit.models import AuditEntry
from booking.db.transactions import UnitOfWork
from booking.instruments.rules.opening import DayKind
from booking.jobs.models import JobRun
from booking.jobs.runner import Outcome, Runner
from booking.jobs.schedule import job_named
from booking.kernel.clock import SystemClock
from booking.reservations.actions.check_in import check_in
from booking.reservations.events import ReservationMissed
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from booking.reservations.states import State
from booking.subsidies.models.statement import Settlement, Statement
from booking.utilisation.models import InstrumentMonth
from booking.wiring import REACTIONS
from tests.factories.instruments import enter_year, span
from tests.factories.reservations import Scene, make_reservation, make_scene, make_use
from tests.factories.settled_uses import make_company, make_programme, settled_use
from tests.subsidies.requests import programme
from tests.support.clock import moment

NEW_YEARS_NIGHT = span("2026-12-31T23:00", "2027-01-01T01:00")
EVE = "2026-12-30T09:00+08:00"


@pytest.fixture
def runner(engine) -> Runner:
    """The machine's own clock, which freezegun holds still."""
    return Runner(engine, REACTIONS, SystemClock())


@contextmanager
def at(text: str) -> Iterator[None]:
    """A moment in local time; the offset is spelled out, `tz_offset` would lie."""
    with freeze_time(moment(text)):
        yield


def run(runner: Runner, job: str, when: str) -> int:
    with at(when):
        result = runner.run_due(job_named(job))
    assert result.outcome is not Outcome.FAILED
    return result.rows


def scene_of(uow: UnitOfWork, **policy: object) -> Scene:
    return make_scene(uow, policy=policy)


def state_of(write, number: str) -> State:
    with write() as uow:
        found = select(Reservation.state).where(Reservation.number == number)
        return State(uow.session.exec(found).one())


def test_a_request_nobody_decided_lapses_over_midnight_and_after_an_outage(runner, write):
    with write() as uow:
        scene = scene_of(uow, approval="always", approval_hours=15)
        made = make_reservation(
            uow, scene, span("2027-01-04T09:00", "10:00"), now=moment("2026-12-31T09:00")
        )
    assert run(runner, "expire_requests", "2026-12-31T23:59") == 0
    assert state_of(write, made.number) is State.REQUESTED
    assert run(runner, "expire_requests", "2027-01-01T00:07") == 1
    assert state_of(write, made.number) is State.EXPIRED


@pytest.mark.parametrize("late", ["2026-12-31T23:35", "2027-01-01T00:30", "2027-03-01T12:00"])
def test_a_no_show_is_noticed_whenever_the_clock_looks_next(runner, write, late):
    with write() as uow:
        scene = scene_of(uow, no_show_grace_minutes=30)
        made = make_reservation(uow, scene, NEW_YEARS_NIGHT, now=moment(EVE))
    assert run(runner, "mark_no_shows", "2026-12-31T23:25") == 0
    assert run(runner, "mark_no_shows", late) == 1
    assert state_of(write, made.number) is State.MISSED


def test_a_forgotten_session_ends_with_its_booking_in_the_old_year(runner, write):
    when = span("2026-12-31T20:00", "22:00")
    with write() as uow:
        scene = scene_of(uow)
        made = make_reservation(uow, scene, when, now=moment(EVE))
        check_in(uow, made.number, actor=scene.manager, now=when.start)
    assert run(runner, "close_forgotten", "2026-12-31T22:30") == 0
    assert run(runner, "close_forgotten", "2027-01-02T08:00") == 1
    with write() as uow:
        (use,) = uow.session.exec(select(UsageSession)).all()
    assert use.ended_at == when.end


def test_silence_confirms_a_use_after_its_days_however_long_nobody_looked(runner, write):
    when = span("2026-12-29T20:00", "22:00")
    with write() as uow:
        enter_year(uow, 2026)
        # New Year's Day is off, and a weekend follows.
        enter_year(uow, 2027, {date(2027, 1, 1): DayKind.HOLIDAY})
        made = make_use(uow, scene_of(uow, confirm_days=3), when, now=moment("2026-12-28T09:00"))
    assert run(runner, "confirm_silent", "2027-01-04T21:55") == 0
    assert run(runner, "confirm_silent", "2027-02-01T00:00") == 1
    assert state_of(write, made.number) is State.SETTLED


def test_one_row_that_fails_keeps_none_of_the_others_from_going_on(engine, write):
    spans = [span(f"2026-12-31T{hour}:00", f"{hour + 1}:00") for hour in (18, 19, 20)]
    with write() as uow:
        scene = scene_of(uow)
        first, broken, last = (
            make_reservation(uow, scene, when, now=moment(EVE)).number for when in spans
        )

    def refuse(_: UnitOfWork, event: ReservationMissed) -> None:
        if event.subject == f"reservation:{broken}":
            raise RuntimeError("no ink")

    reactions = {**REACTIONS, ReservationMissed: (*REACTIONS[ReservationMissed], refuse)}
    with at("2027-01-01T08:00"):
        failing = Runner(engine, reactions, SystemClock())
        result = failing.run_due(job_named("mark_no_shows"))
    assert (result.outcome, result.rows) == (Outcome.FAILED, 2)
    assert [state_of(write, number) for number in (first, broken, last)] == [
        State.MISSED,
        State.CONFIRMED,
        State.MISSED,
    ]
    with write() as uow:
        kept = uow.session.exec(select(JobRun)).one()
        assert (kept.rows, kept.error) == (2, f"1 failed: {broken}: RuntimeError: no ink")
        told = select(AuditEntry.subject).where(AuditEntry.name == "reservation.missed")
        assert set(uow.session.exec(told)) == {f"reservation:{n}" for n in (first, last)}
    assert run(Runner(engine, REACTIONS, SystemClock()), "mark_no_shows", "2027-01-01T08:05") == 1
    assert state_of(write, broken) is State.MISSED


def settlements(write) -> list[tuple[str, int]]:
    with write() as uow:
        rows = uow.session.exec(
            select(Settlement.period, Statement.payable_fen)
            .join(Statement, col(Statement.settlement_id) == col(Settlement.id))
            .order_by(col(Settlement.period))
        )
        return [(period, payable) for period, payable in rows]


def with_uses(write, *ends: str) -> None:
    """A company whose uses ended at these moments, and a programme that pays 30 %."""
    with write() as uow:
        make_programme(uow, programme())
        company = make_company(uow)
        for end in ends:
            settled_use(uow, company, "1000.00", ended=end)


def test_the_month_is_settled_on_the_first_at_two_and_only_once(runner, write):
    with_uses(write, "2026-10-31T23:59", "2026-11-01T00:01")
    assert run(runner, "settle_month", "2026-11-01T02:00") == 1
    assert run(runner, "settle_month", "2026-11-01T02:00") == 0
    assert run(runner, "settle_month", "2026-11-30T23:59") == 0
    assert [period for period, _ in settlements(write)] == ["2026-10"]


def test_the_year_ends_like_any_month(runner, write):
    with_uses(write, "2026-12-31T23:30")
    assert run(runner, "settle_month", "2027-01-01T02:00") == 1
    assert [period for period, _ in settlements(write)] == ["2026-12"]


def test_months_that_passed_while_the_clock_stood_still_are_settled_one_by_one(runner, write):
    with_uses(write, "2026-10-05T12:00", "2026-11-05T12:00", "2026-12-05T12:00")
    run(runner, "settle_month", "2026-11-01T02:00")
    assert run(runner, "settle_month", "2027-01-15T10:00") == 2
    assert [period for period, _ in settlements(write)] == ["2026-10", "2026-11", "2026-12"]


def test_the_nightly_count_starts_the_new_year(runner, write):
    with write() as uow:
        make_scene(uow)
    run(runner, "roll_up_utilisation", "2026-12-31T03:30")
    run(runner, "roll_up_utilisation", "2027-01-01T03:30")
    with write() as uow:
        newest = uow.session.exec(select(InstrumentMonth.month).order_by(InstrumentMonth.month))
        assert newest.all()[-1] == "2027-01"


def test_everything_runs_when_a_process_starts_and_nothing_twice(runner, write):
    with_uses(write, "2026-12-05T12:00")
    with at("2027-01-10T10:00"):
        first, second = runner.catch_up(), runner.catch_up()
    assert {result.outcome for result in first.values()} == {Outcome.DONE}
    assert {result.outcome for result in second.values()} == {Outcome.LEFT}
    assert first["settle_month"].rows == 1
