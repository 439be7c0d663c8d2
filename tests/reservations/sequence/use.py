"""Booking, changing, using and confirming, one booking at a time."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from booking.db.transactions import UnitOfWork
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
from booking.reservations.rules.use_record import UseRecord
from tests.reservations.sequence.town import (
    HALF_HOUR,
    LENGTHS,
    MODES,
    PICKS,
    SIDES,
    THINGS,
    Town,
)


class Use(Town):
    """The life of a booking."""

    @rule(first=PICKS, length=LENGTHS, side=SIDES, thing=THINGS, mode=MODES)
    def reserve(
        self, first: int, length: int, side: str, thing: int, mode: ServiceMode | None
    ) -> None:
        wish, who = self.wish(self.ahead(first, length), thing, mode), self.who(side)
        self.attempt(lambda uow: reserve(uow, wish, actor=who, now=self.now))

    @rule(pick=PICKS, first=PICKS, length=LENGTHS, side=SIDES)
    def move(self, pick: int, first: int, length: int, side: str) -> None:
        to, who = self.ahead(first, length), self.who(side)
        self.attempt(lambda uow: reschedule(uow, self.some(pick), to, actor=who, now=self.now))

    @rule(pick=PICKS, half=st.integers(-4, 4), side=SIDES)
    def resize(self, pick: int, half: int, side: str) -> None:
        """Longer or shorter, before and during use."""
        if self.numbers:
            number, who = self.some(pick), self.who(side)
            end = self.span_of(number).end + half * HALF_HOUR
            self.attempt(lambda uow: resize(uow, number, end, actor=who, now=self.now))

    @rule(pick=PICKS, side=SIDES)
    def cancel(self, pick: int, side: str) -> None:
        number, who = self.some(pick), self.who(side)
        self.attempt(lambda uow: cancel(uow, number, actor=who, now=self.now, reason="改期"))

    @rule(pick=PICKS, yes=st.booleans())
    def decide(self, pick: int, yes: bool) -> None:
        answer, number, who = approve if yes else reject, self.some(pick), self.scene.manager
        self.attempt(lambda uow: answer(uow, number, actor=who, now=self.now, reason="可以"))

    @rule(pick=PICKS, side=SIDES, to=SIDES)
    def hand_to_colleague(self, pick: int, side: str, to: str) -> None:
        number, who, colleague = self.some(pick), self.who(side), self.who(to).id
        self.attempt(lambda uow: hand_to_colleague(uow, number, colleague, actor=who, now=self.now))

    @rule(pick=PICKS, side=SIDES)
    def check_in(self, pick: int, side: str) -> None:
        who = self.who(side)
        self.attempt(lambda uow: check_in(uow, self.some(pick), actor=who, now=self.now))

    @rule(pick=PICKS, minutes=st.integers(0, 90))
    def check_out(self, pick: int, minutes: int) -> None:
        record, who = UseRecord(test_minutes=minutes), self.scene.manager
        self.attempt(lambda uow: check_out(uow, self.some(pick), record, actor=who, now=self.now))

    @rule(pick=PICKS, side=SIDES)
    def confirm(self, pick: int, side: str) -> None:
        who = self.who(side)
        self.attempt(lambda uow: confirm(uow, self.some(pick), actor=who, now=self.now))

    @rule(pick=PICKS, side=SIDES, step=st.sampled_from(["object", "say", "ask", "lab", "centre"]))
    def quarrel(self, pick: int, side: str, step: str) -> None:
        """Object, answer, ask the centre, decide."""
        number, who, now = self.some(pick), self.who(side), self.now

        def deed(uow: UnitOfWork) -> object:
            if step == "object":
                return dispute(uow, number, actor=who, now=now, reason="核对")
            if step == "say":
                return say(uow, number, "机时不对", actor=who, now=now)
            if step == "ask":
                return ask_centre(uow, number, actor=who, now=now)
            judge = self.scene.manager if step == "lab" else self.centre
            return resolve(uow, number, actor=judge, now=now, reason="核对")

        self.attempt(deed)

    @rule(pick=PICKS, minutes=st.integers(-40, 40))
    def arrive(self, pick: int, minutes: int) -> None:
        """Somebody comes for a booking, early or late."""
        if self.numbers:
            start = self.span_of(self.some(pick)).start
            self.now = max(self.now, start + timedelta(minutes=minutes))
            self.check_in(pick=pick, side="manager")

    @rule(pick=PICKS, minutes=st.integers(-90, 90))
    def leave(self, pick: int, minutes: int) -> None:
        """And goes, early or late."""
        if self.numbers:
            end = self.span_of(self.some(pick)).end
            self.now = max(self.now, end + timedelta(minutes=minutes))
            self.check_out(pick=pick, minutes=0)
