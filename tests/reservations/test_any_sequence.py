"""Whatever people and the clock do, in whatever order, the invariants hold."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import col

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.close import Closing, close, lift
from booking.instruments.models.calendar import Closure, ClosureKind
from booking.kernel.errors import BookingError
from booking.kernel.timespan import TimeSpan
from booking.reservations import jobs
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.actions.confirm import confirm
from booking.reservations.actions.decide import approve, reject
from booking.reservations.actions.dispute import dispute, resolve
from booking.reservations.actions.reschedule import reschedule
from booking.reservations.actions.reserve import reserve
from booking.reservations.queries.loading import reservation_for_update
from booking.reservations.rules.grid import line_at_or_before
from booking.reservations.rules.use_record import UseRecord
from tests.factories.reservation_values import at
from tests.factories.reservations import make_scene
from tests.reservations.conftest import Write
from tests.support.invariants import assert_sound

HALF_HOUR = timedelta(minutes=30)
STEPS = st.integers(0, 23)
LENGTHS = st.integers(1, 8)
SIDES = st.sampled_from(["member", "admin", "manager"])
QUOTA = {"per": "organisation", "measure": "count", "period": "day", "limit": 9}
POLICIES = st.fixed_dictionaries(
    {
        "approval": st.sampled_from(["none", "first", "always"]),
        "buffer_before_minutes": st.sampled_from([0, 15]),
        "buffer_after_minutes": st.sampled_from([0, 30]),
        "free_cancel_minutes": st.sampled_from([0, 120]),
        "late_cancel_percent": st.just(50),
        "no_show_percent": st.just(100),
        "quotas": st.sampled_from([[], [QUOTA]]),
        "longest_minutes": st.just(240),
        "confirm_days": st.just(1),
    }
)


class AnySequence(RuleBasedStateMachine):
    """A day at one instrument with two places."""

    def __init__(self, write: Write) -> None:
        super().__init__()
        self.write = write
        self.now: datetime = at("11-23 09:00")
        self.numbers: list[str] = []

    def attempt(self, deed: Callable[[UnitOfWork], object]) -> None:
        """Do it in a transaction of its own; a refusal leaves nothing behind."""
        try:
            with self.write() as uow:
                deed(uow)
        except BookingError:
            return

    def ahead(self, first: int, length: int) -> TimeSpan:
        """Some half hours from now on, on the grid."""
        start = line_at_or_before(self.now, HALF_HOUR) + (first + 1) * HALF_HOUR
        return TimeSpan(start, start + length * HALF_HOUR)

    def span_of(self, number: str) -> TimeSpan:
        with self.write() as uow:
            return reservation_for_update(uow.session, number).span

    def who(self, side: str) -> Actor:
        actor: Actor = getattr(self.scene, side)
        return actor

    def some(self, pick: int) -> str:
        return self.numbers[pick % len(self.numbers)] if self.numbers else "R000000-NOTHERE"

    @initialize(policy=POLICIES, units=st.integers(1, 2))
    def open_the_lab(self, policy: dict[str, object], units: int) -> None:
        with self.write() as uow:
            self.scene = make_scene(uow, policy=policy, units=units)
        for first in (0, 6, 12):
            self.reserve(first=first, length=4, side="member")
            self.decide(pick=len(self.numbers) - 1, yes=True)

    @rule(first=STEPS, length=LENGTHS, side=SIDES)
    def reserve(self, first: int, length: int, side: str) -> None:
        def deed(uow: UnitOfWork) -> None:
            wish = self.scene.wish(self.ahead(first, length))
            made = reserve(uow, wish, actor=self.who(side), now=self.now)
            self.numbers.append(made.number)

        self.attempt(deed)

    @rule(pick=STEPS, first=STEPS, length=LENGTHS, side=SIDES)
    def move(self, pick: int, first: int, length: int, side: str) -> None:
        to, who = self.ahead(first, length), self.who(side)
        self.attempt(lambda uow: reschedule(uow, self.some(pick), to, actor=who, now=self.now))

    @rule(pick=STEPS, side=SIDES)
    def cancel(self, pick: int, side: str) -> None:
        who = self.who(side)
        self.attempt(
            lambda uow: cancel(uow, self.some(pick), actor=who, now=self.now, reason="改期")
        )

    @rule(pick=STEPS, yes=st.booleans())
    def decide(self, pick: int, yes: bool) -> None:
        answer = approve if yes else reject
        who = self.scene.manager
        self.attempt(
            lambda uow: answer(uow, self.some(pick), actor=who, now=self.now, reason="可以")
        )

    @rule(pick=STEPS, side=SIDES)
    def check_in(self, pick: int, side: str) -> None:
        who = self.who(side)
        self.attempt(lambda uow: check_in(uow, self.some(pick), actor=who, now=self.now))

    @rule(pick=STEPS, minutes=st.integers(0, 90))
    def check_out(self, pick: int, minutes: int) -> None:
        record, who = UseRecord(test_minutes=minutes), self.scene.manager
        self.attempt(lambda uow: check_out(uow, self.some(pick), record, actor=who, now=self.now))

    @rule(pick=STEPS, side=SIDES)
    def confirm(self, pick: int, side: str) -> None:
        who = self.who(side)
        self.attempt(lambda uow: confirm(uow, self.some(pick), actor=who, now=self.now))

    @rule(pick=STEPS, objecting=st.booleans())
    def dispute_or_resolve(self, pick: int, objecting: bool) -> None:
        deed, who = (dispute, self.scene.admin) if objecting else (resolve, self.scene.manager)
        self.attempt(lambda uow: deed(uow, self.some(pick), actor=who, now=self.now, reason="核对"))

    @rule(first=STEPS, length=LENGTHS, kind=st.sampled_from(list(ClosureKind)))
    def close(self, first: int, length: int, kind: ClosureKind) -> None:
        closing = Closing(self.ahead(first, length), kind, "检修")
        instrument_id, who = self.scene.instrument.key, self.scene.manager
        self.attempt(lambda uow: close(uow, instrument_id, closing, actor=who, now=self.now))

    @rule()
    def lift(self) -> None:
        def deed(uow: UnitOfWork) -> None:
            closures = uow.session.execute(
                sa.select(col(Closure.id)).where(
                    col(Closure.instrument_id) == self.scene.instrument.key,
                    col(Closure.lifted_at).is_(None),
                )
            )
            for closure_id in closures.scalars().all()[:1]:
                lift(uow, closure_id, actor=self.scene.manager, now=self.now)

        self.attempt(deed)

    @rule(pick=STEPS, minutes=st.integers(-40, 40))
    def arrive(self, pick: int, minutes: int) -> None:
        """Somebody comes for a booking, early or late."""
        if self.numbers:
            start = self.span_of(self.some(pick)).start
            self.now = max(self.now, start + timedelta(minutes=minutes))
            self.check_in(pick=pick, side="manager")

    @rule(pick=STEPS, minutes=st.integers(-90, 90))
    def leave(self, pick: int, minutes: int) -> None:
        """And goes, early or late."""
        if self.numbers:
            end = self.span_of(self.some(pick)).end
            self.now = max(self.now, end + timedelta(minutes=minutes))
            self.check_out(pick=pick, minutes=0)

    @rule(half=st.integers(1, 48))
    def time_passes(self, half: int) -> None:
        self.now += half * HALF_HOUR

    @rule(
        job=st.sampled_from(
            [jobs.expire_requests, jobs.mark_no_shows, jobs.close_forgotten, jobs.confirm_silent]
        )
    )
    def the_clock_sweeps(self, job: Callable[[UnitOfWork, datetime], int]) -> None:
        self.attempt(lambda uow: job(uow, self.now))

    @invariant()
    def everything_is_sound(self) -> None:
        with self.write() as uow:
            assert_sound(uow.session)


@pytest.mark.slow
def test_any_sequence_of_deeds_keeps_the_invariants(write: Write) -> None:
    run_state_machine_as_test(
        lambda: AnySequence(write),  # type: ignore[arg-type]  # any maker of machines will do
        settings=settings(
            max_examples=15,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
