"""Booking, changing, using and confirming, one booking at a time."""

from dataclasses import replace
from datetime import datetime

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from booking.instruments.rules.terms import ServiceMode
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.actions.confirm import confirm
from booking.reservations.actions.decide import approve, reject
from booking.reservations.actions.dispute import ask_centre, dispute, resolve, say
from booking.reservations.actions.hand_to_colleague import hand_to_colleague
from booking.reservations.actions.reschedule import reschedule, resize
from booking.reservations.actions.reserve import reserve
from booking.reservations.jobs import confirm_silent, note_overruns
from booking.reservations.rules.overrun import FORGOTTEN_AFTER
from booking.reservations.rules.use_record import UseRecord
from booking.reservations.states import OPEN, State
from tests.reservations.sequence.sight import AHEAD, Booked
from tests.reservations.sequence.town import (
    AIMED,
    COMPANIES,
    HALF_HOUR,
    LENGTHS,
    MINUTE,
    MODES,
    PICKS,
    SIDES,
    THINGS,
    Town,
    now_and_then,
    picked,
)


class Use(Town):
    """The life of a booking."""

    @precondition(lambda self: self.has_room)
    @rule(first=PICKS, length=LENGTHS, side=SIDES, thing=THINGS, mode=MODES)
    def reserve(
        self, first: int, length: int, side: str, thing: int, mode: ServiceMode | None
    ) -> None:
        wish, who = self.wish(self.ahead(first, length), thing, mode), self.who(side)
        self.attempt(lambda uow: reserve(uow, wish, actor=who, now=self.now))

    @precondition(lambda self: self.has_room and self.sight.ahead(self.now))
    @rule(pick=PICKS, side=COMPANIES)
    def reserve_beside(self, pick: int, side: str) -> None:
        """Another place at the time of a booking, as long as there is one."""
        one, who = picked(pick, self.sight.ahead(self.now)), self.who(side)
        wish = replace(self.scene.wish(one.span), instrument_id=one.instrument_id)
        self.attempt(lambda uow: reserve(uow, wish, actor=who, now=self.now))

    @now_and_then(4)
    @precondition(lambda self: self.has_room)
    @rule(first=PICKS, length=st.integers(1, 12), thing=THINGS)
    def reserve_for_company(self, first: int, length: int, thing: int) -> None:
        """The lab books for somebody, against the rules where it may."""
        wish = replace(
            self.wish(self.ahead(first, length), thing, ServiceMode.ENTRUSTED),
            on_behalf_of=self.scene.member.id,
            override_reason="加急",
        )
        who = self.scene.manager
        self.attempt(lambda uow: reserve(uow, wish, actor=who, now=self.now))

    @precondition(lambda self: self.sight.ahead(self.now))
    @rule(pick=PICKS, first=PICKS, length=LENGTHS, side=SIDES, aimed=AIMED)
    def move(self, pick: int, first: int, length: int, side: str, aimed: bool) -> None:
        possible = self.sight.ahead(self.now)
        number, who = self.choose(pick, possible, aimed=aimed, side=side)
        to = self.ahead(first, length)
        self.attempt(lambda uow: reschedule(uow, number, to, actor=who, now=self.now))

    @now_and_then(2)
    @precondition(lambda self: self.sight.of_state(*OPEN))
    @rule(pick=PICKS, half=st.sampled_from([-2, -1, 1, 2, 3]), side=SIDES, aimed=AIMED)
    def resize(self, pick: int, half: int, side: str, aimed: bool) -> None:
        """Longer or shorter, before and during use."""
        possible = self.sight.of_state(*OPEN)
        number, who = self.choose(pick, possible, aimed=aimed, side=side)
        ends = {one.number: one.end for one in self.sight.bookings}
        end = ends[number] + half * HALF_HOUR
        self.attempt(lambda uow: resize(uow, number, end, actor=who, now=self.now))

    @now_and_then(2)
    @precondition(lambda self: self.sight.of_state(*AHEAD))
    @rule(pick=PICKS, side=SIDES, aimed=AIMED)
    def cancel(self, pick: int, side: str, aimed: bool) -> None:
        possible = self.sight.of_state(*AHEAD)
        number, who = self.choose(pick, possible, aimed=aimed, side=side)
        self.attempt(lambda uow: cancel(uow, number, actor=who, now=self.now, reason="改期"))

    @now_and_then(3)
    @precondition(lambda self: self.sight.of_state(State.CONFIRMED))
    @rule(pick=PICKS)
    def take_back(self, pick: int) -> None:
        """The lab breaks its promise."""
        one, who = picked(pick, self.sight.of_state(State.CONFIRMED)), self.scene.manager
        self.attempt(lambda uow: cancel(uow, one.number, actor=who, now=self.now, reason="检修"))

    @precondition(lambda self: self.sight.of_state(State.REQUESTED))
    @rule(pick=PICKS, yes=st.sampled_from([True, True, False]), aimed=AIMED)
    def decide(self, pick: int, yes: bool, aimed: bool) -> None:
        possible = self.sight.of_state(State.REQUESTED)
        number, _ = self.choose(pick, possible, aimed=aimed, side="manager")
        answer, who = approve if yes else reject, self.scene.manager
        self.attempt(lambda uow: answer(uow, number, actor=who, now=self.now, reason="可以"))

    @now_and_then(4)
    @precondition(lambda self: self.sight.ahead(self.now))
    @rule(pick=PICKS, side=SIDES, to=SIDES, aimed=AIMED)
    def hand_to_colleague(self, pick: int, side: str, to: str, aimed: bool) -> None:
        """To the other of the two people of a company."""
        possible = [one for one in self.sight.ahead(self.now) if one.holder_id != self.rival.id]
        number, who = self.choose(pick, possible, aimed=aimed, side=side)
        own = who.id == self.scene.member.id
        colleague = (self.scene.admin if own else self.scene.member) if aimed else self.who(to)
        self.attempt(
            lambda uow: hand_to_colleague(uow, number, colleague.id, actor=who, now=self.now)
        )

    @precondition(lambda self: self.sight.of_state(State.CONFIRMED))
    @rule(pick=st.integers(0, 1), late=st.integers(-20, 40))
    def arrive(self, pick: int, late: int) -> None:
        """Somebody comes for one of the next bookings, early or late."""
        one = self.come_for(pick, late)
        who = self.named(one.holder_id)
        self.attempt(lambda uow: check_in(uow, one.number, actor=who, now=self.now))

    @precondition(lambda self: self.sight.of_state(State.CONFIRMED))
    @rule(pick=st.integers(0, 1), late=st.sampled_from([-10, 0, 5, 20]))
    def receive(self, pick: int, late: int) -> None:
        """And the lab checks them in."""
        one, who = self.come_for(pick, late), self.scene.manager
        self.attempt(lambda uow: check_in(uow, one.number, actor=who, now=self.now))

    @precondition(lambda self: self.assisted())
    @rule(pick=PICKS, late=st.sampled_from([0, 20, 30]))
    def help_arrives(self, pick: int, late: int) -> None:
        """Whoever operates for a company begins, perhaps late."""
        one, who = picked(pick, self.assisted()), self.scene.manager
        self.now = max(self.now, one.start + late * MINUTE)
        self.attempt(lambda uow: check_in(uow, one.number, actor=who, now=self.now))

    def assisted(self) -> list[Booked]:
        """Promised bookings at which the lab works, where nobody is yet."""
        used = {one.instrument_id for one in self.sight.of_state(State.IN_USE)}
        return [
            one
            for one in self.sight.of_state(State.CONFIRMED)
            if one.mode != ServiceMode.SELF_OPERATED
            and one.end > self.now
            and one.instrument_id not in used
        ]

    def come_for(self, pick: int, late: int) -> Booked:
        coming = sorted(self.sight.of_state(State.CONFIRMED), key=lambda one: (one.start, one.key))
        here = [one for one in coming if one.end > self.now] or coming
        one = picked(pick, here[:2])
        self.now = max(self.now, one.start + late * MINUTE)
        return one

    @now_and_then(6)
    @precondition(lambda self: self.sight.bookings)
    @rule(pick=PICKS, side=SIDES)
    def check_in(self, pick: int, side: str) -> None:
        """Just so, whatever the booking is at."""
        number, who = self.choose(pick, (), aimed=False, side=side)
        self.attempt(lambda uow: check_in(uow, number, actor=who, now=self.now))

    @precondition(lambda self: self.sight.of_state(State.IN_USE))
    @rule(
        pick=PICKS,
        late=st.sampled_from([-60, -30, -1, 0, 5, 11, 30, 60]),
        minutes=st.sampled_from([0, 0, 1, 20, 90]),
        by_lab=st.booleans(),
    )
    def leave(self, pick: int, late: int, minutes: int, by_lab: bool) -> None:
        """And goes, early or late."""
        one = picked(pick, self.sight.of_state(State.IN_USE))
        self.now = max(self.now, one.end + late * MINUTE)
        who = self.scene.manager if by_lab else self.named(one.holder_id)
        record = UseRecord(test_minutes=minutes) if minutes else None
        self.attempt(lambda uow: check_out(uow, one.number, record, actor=who, now=self.now))

    @precondition(lambda self: self.stayed())
    @rule(pick=PICKS)
    def stay(self, pick: int) -> None:
        """Until whoever comes next on the instrument is about to."""
        self.now = max(self.now, picked(pick, self.stayed()))
        self.attempt(lambda uow: note_overruns(uow, self.now))

    def stayed(self) -> list[datetime]:
        """When those who come next after a use are warned."""
        return [
            max(one.end, next_.start - 10 * MINUTE)
            for one in self.sight.of_state(State.IN_USE)
            for next_ in self.sight.of_state(State.CONFIRMED)
            if next_.instrument_id == one.instrument_id
            and one.end <= next_.start < one.end + FORGOTTEN_AFTER
        ]

    @now_and_then(6)
    @precondition(lambda self: self.sight.bookings)
    @rule(pick=PICKS, minutes=st.integers(0, 90), aimed=AIMED)
    def check_out(self, pick: int, minutes: int, aimed: bool) -> None:
        possible = self.sight.of_state(State.IN_USE)
        number, _ = self.choose(pick, possible, aimed=aimed, side="manager")
        record, who = UseRecord(test_minutes=minutes), self.scene.manager
        self.attempt(lambda uow: check_out(uow, number, record, actor=who, now=self.now))

    @precondition(lambda self: self.sight.of_state(State.COMPLETED))
    @rule(pick=PICKS, side=SIDES, aimed=AIMED)
    def confirm(self, pick: int, side: str, aimed: bool) -> None:
        possible = self.sight.of_state(State.COMPLETED)
        number, who = self.choose(pick, possible, aimed=aimed, side=side)
        self.attempt(lambda uow: confirm(uow, number, actor=who, now=self.now))

    @precondition(lambda self: self.sight.of_state(State.COMPLETED))
    @rule(pick=PICKS, told=st.booleans())
    def confirm_by_lab(self, pick: int, told: bool) -> None:
        """It may put the record right."""
        one, who = picked(pick, self.sight.of_state(State.COMPLETED)), self.scene.manager
        record = UseRecord(test_minutes=1) if told else None
        self.attempt(lambda uow: confirm(uow, one.number, actor=who, now=self.now, record=record))

    @precondition(lambda self: self.sight.of_state(State.COMPLETED))
    @rule(pick=PICKS, side=SIDES, by_lab=st.booleans(), aimed=AIMED)
    def object(self, pick: int, side: str, by_lab: bool, aimed: bool) -> None:
        """Say that the record is wrong."""
        possible = self.sight.of_state(State.COMPLETED)
        number, who = self.choose(pick, possible, aimed=aimed, side=side)
        who = self.scene.manager if by_lab else who
        self.attempt(lambda uow: dispute(uow, number, actor=who, now=self.now, reason="核对"))

    @precondition(lambda self: self.silent())
    @rule(pick=PICKS)
    def silence_ends(self, pick: int) -> None:
        """Whoever has not confirmed says nothing."""
        self.now = picked(pick, self.silent())
        self.attempt(lambda uow: confirm_silent(uow, self.now))

    def silent(self) -> list[datetime]:
        """Until when something may be said about uses."""
        completed = self.sight.of_state(State.COMPLETED)
        until = [one.confirm_by for one in completed if one.confirm_by]
        return [moment for moment in until if moment > self.now]

    @precondition(lambda self: self.sight.of_state(State.DISPUTED))
    @rule(pick=PICKS, side=SIDES, ask=st.booleans(), aimed=AIMED)
    def quarrel(self, pick: int, side: str, ask: bool, aimed: bool) -> None:
        """Answer, or ask the centre."""
        possible, now = self.sight.of_state(State.DISPUTED), self.now
        number, who = self.choose(pick, possible, aimed=aimed, side=side)
        if ask:
            self.attempt(lambda uow: ask_centre(uow, number, actor=who, now=now))
        else:
            self.attempt(lambda uow: say(uow, number, "机时不对", actor=who, now=now))

    @precondition(lambda self: self.sight.of_state(State.DISPUTED))
    @rule(pick=PICKS, centre=st.sampled_from([True, True, False]), correct=st.booleans())
    def end_quarrel(self, pick: int, centre: bool, correct: bool) -> None:
        """Let the record stand, or put it right."""
        one, now = picked(pick, self.sight.of_state(State.DISPUTED)), self.now
        judge = self.centre if centre else self.scene.manager
        record = UseRecord(test_minutes=1) if correct else None
        self.attempt(
            lambda uow: resolve(uow, one.number, actor=judge, now=now, reason="核对", record=record)
        )
