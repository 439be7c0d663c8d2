"""Several bookings at once: series, and steps on several instruments."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlmodel import col

from booking.instruments.rules.terms import ServiceMode
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.change_joint import cancel_joint, move_joint
from booking.reservations.actions.change_series import (
    Move,
    approve_series,
    cancel_in_series,
    move_in_series,
    reject_series,
)
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

SCOPES = st.sampled_from(list(Scope))
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
    @rule(pick=PICKS, yes=st.booleans())
    def decide_series(self, pick: int, yes: bool) -> None:
        one = picked(pick, self.in_series(State.REQUESTED))
        found = self.one_of(ReservationSeries, 0, col(ReservationSeries.id) == one.series_id)
        assert found
        number, answer = found.number, approve_series if yes else reject_series
        who = self.scene.manager
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
    @rule(pick=PICKS, side=SIDES, first=PICKS, move=st.booleans(), aimed=AIMED)
    def change_joint(self, pick: int, side: str, first: int, move: bool, aimed: bool) -> None:
        one = picked(pick, self.in_joint())
        found = self.one_of(JointBooking, 0, col(JointBooking.id) == one.joint_id)
        assert found
        who = self.named(one.holder_id) if aimed else self.who(side)
        number, start = found.number, self.ahead(first, 1).start
        if move:
            self.attempt(lambda uow: move_joint(uow, number, start, actor=who, now=self.now))
        else:
            self.attempt(
                lambda uow: cancel_joint(uow, number, actor=who, now=self.now, reason="改期")
            )
