"""Several bookings at once: series, and steps on several instruments."""

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlmodel import col

from booking.access.actor import Actor
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.change_joint import cancel_joint, move_joint
from booking.reservations.actions.change_series import (
    Move,
    approve_series,
    cancel_in_series,
    move_in_series,
    reject_series,
)
from booking.reservations.actions.decide import reject
from booking.reservations.actions.reserve_joint import reserve_joint
from booking.reservations.actions.reserve_series import reserve_series
from booking.reservations.models.joint import JointBooking
from booking.reservations.models.series import ReservationSeries
from booking.reservations.rules.series import OnConflict, Scope
from booking.reservations.rules.wish import SeriesWish
from booking.reservations.states import State
from tests.reservations.sequence.sight import Booked
from tests.reservations.sequence.town import (
    AIMED,
    COMPANIES,
    HALF_HOUR,
    LENGTHS,
    MODES,
    PICKS,
    SIDES,
    THINGS,
    Town,
    now_and_then,
    picked,
)

# Mostly of several; each of one alone is in another rule.
SCOPES = st.sampled_from([*Scope, Scope.FOLLOWING, Scope.ALL])
RULES = st.sampled_from(["FREQ=DAILY;COUNT=2", "FREQ=DAILY;COUNT=3", "FREQ=WEEKLY;COUNT=2"])


class Together(Town):
    """Several bookings at once."""

    def in_series(self, *states: State) -> list[Booked]:
        """Bookings of series that have not begun."""
        return [
            one
            for one in self.sight.ahead(self.now)
            if one.series_id and one.state in (states or tuple(State))
        ]

    def in_joint(self) -> list[Booked]:
        """Steps of joint bookings that have not begun."""
        return [one for one in self.sight.ahead(self.now) if one.joint_id]

    @now_and_then(3)
    @precondition(lambda self: self.has_room)
    @rule(
        first=PICKS,
        length=LENGTHS,
        side=COMPANIES,
        thing=THINGS,
        mode=MODES,
        again=RULES,
        on_conflict=st.sampled_from(list(OnConflict)),
    )
    def reserve_series(
        self,
        first: int,
        length: int,
        side: str,
        thing: int,
        mode: ServiceMode | None,
        again: str,
        on_conflict: OnConflict,
    ) -> None:
        wish = SeriesWish(self.wish(self.ahead(first, length), thing, mode), again, on_conflict)
        who = self.who(side)
        self.attempt(lambda uow: reserve_series(uow, wish, actor=who, now=self.now))

    @precondition(lambda self: self.in_series())
    @rule(pick=PICKS, scope=SCOPES, side=SIDES, aimed=AIMED)
    def cancel_in_series(self, pick: int, scope: Scope, side: str, aimed: bool) -> None:
        number, who = self.choose(pick, self.in_series(), aimed=aimed, side=side)
        self.attempt(
            lambda uow: cancel_in_series(uow, number, scope, actor=who, now=self.now, reason="改期")
        )

    @precondition(lambda self: self.in_series())
    @rule(pick=PICKS, scope=SCOPES, first=PICKS, length=LENGTHS, side=SIDES, aimed=AIMED)
    def move_in_series(
        self, pick: int, scope: Scope, first: int, length: int, side: str, aimed: bool
    ) -> None:
        number, who = self.choose(pick, self.in_series(), aimed=aimed, side=side)
        wanted = Move(self.ahead(first, length), scope)
        self.attempt(lambda uow: move_in_series(uow, number, wanted, actor=who, now=self.now))

    @precondition(lambda self: self.in_series(State.REQUESTED))
    @rule(pick=PICKS)
    def approve_series(self, pick: int) -> None:
        self._decide(approve_series, pick)

    @precondition(lambda self: self.in_series(State.REQUESTED))
    @rule(pick=PICKS)
    def reject_series(self, pick: int) -> None:
        self._decide(reject_series, pick)

    def _decide(self, answer: Callable[..., object], pick: int) -> None:
        one = picked(pick, self.in_series(State.REQUESTED))
        found = self.one_of(ReservationSeries, 0, col(ReservationSeries.id) == one.series_id)
        assert found
        number, who = found.number, self.scene.manager
        self.attempt(lambda uow: answer(uow, number, actor=who, now=self.now, reason="可以"))

    @now_and_then(3)
    @precondition(lambda self: self.has_room)
    @rule(
        first=PICKS,
        length=LENGTHS,
        gap=st.integers(0, 2),
        side=COMPANIES,
        things=st.permutations([0, 1, 2]),
    )
    def reserve_joint(
        self, first: int, length: int, gap: int, side: str, things: list[int]
    ) -> None:
        one = self.ahead(first, length)
        start = one.end + gap * HALF_HOUR
        other = TimeSpan(start, start + one.length)
        wishes, who = [self.wish(one, things[0]), self.wish(other, things[1])], self.who(side)
        self.attempt(lambda uow: reserve_joint(uow, wishes, actor=who, now=self.now))

    @precondition(lambda self: self.in_joint())
    @rule(pick=PICKS, side=SIDES, first=PICKS, aimed=AIMED)
    def move_joint(self, pick: int, side: str, first: int, aimed: bool) -> None:
        number, who = self._joint(pick, side=side, aimed=aimed)
        start = self.ahead(first, 1).start
        self.attempt(lambda uow: move_joint(uow, number, start, actor=who, now=self.now))

    @precondition(lambda self: self.in_joint())
    @rule(pick=PICKS, side=SIDES, aimed=AIMED)
    def cancel_joint(self, pick: int, side: str, aimed: bool) -> None:
        number, who = self._joint(pick, side=side, aimed=aimed)
        self.attempt(lambda uow: cancel_joint(uow, number, actor=who, now=self.now, reason="改期"))

    @precondition(lambda self: self.in_joint())
    @rule(pick=PICKS)
    def take_back_a_step(self, pick: int) -> None:
        """With which the others are of no use."""
        one, who = picked(pick, self.in_joint()), self.scene.manager
        deed = reject if one.state is State.REQUESTED else cancel
        self.attempt(lambda uow: deed(uow, one.number, actor=who, now=self.now, reason="检修"))

    def _joint(self, pick: int, *, side: str, aimed: bool) -> tuple[str, Actor]:
        one = picked(pick, self.in_joint())
        found = self.one_of(JointBooking, 0, col(JointBooking.id) == one.joint_id)
        assert found
        return found.number, self.named(one.holder_id) if aimed else self.who(side)
