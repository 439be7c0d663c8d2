"""Places in line and what is offered to them, proposals of the lab, and exchanges."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from booking.instruments.rules.terms import ServiceMode
from booking.reservations.actions.answer_offer import accept_offer, decline_offer
from booking.reservations.actions.answer_proposal import accept_proposal, decline_proposal
from booking.reservations.actions.answer_swap import accept_swap, decline_swap
from booking.reservations.actions.ask_swap import ask_swap, withdraw_swap
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.join_waitlist import join_waitlist, leave_waitlist
from booking.reservations.actions.propose_time import Proposed, propose_time, withdraw_proposal
from booking.reservations.rules.waitlist import WaitWish
from tests.reservations.sequence.town import (
    AIMED,
    COMPANIES,
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

ANSWERS = st.sampled_from(["accept", "accept", "accept", "decline", "withdraw"])
YES = st.sampled_from([True, True, False])


class Waiting(Town):
    """Lines."""

    @now_and_then(5)
    @rule(
        first=PICKS,
        length=LENGTHS,
        more=st.integers(0, 4),
        side=COMPANIES,
        things=st.lists(THINGS, min_size=1, max_size=3, unique=True),
        mode=MODES,
    )
    def join_waitlist(
        self,
        first: int,
        length: int,
        more: int,
        side: str,
        things: list[int],
        mode: ServiceMode | None,
    ) -> None:
        wish = WaitWish(
            instrument_ids=tuple(self.instruments[one].key for one in things),
            window=self.ahead(first, length + more),
            minutes=30 * length,
            purpose="断口形貌",
            mode=mode,
        )
        who = self.who(side)
        self.attempt(lambda uow: join_waitlist(uow, wish, actor=who, now=self.now))

    @now_and_then(2)
    @precondition(lambda self: self.taken())
    @rule(pick=PICKS, side=COMPANIES)
    def wait_for(self, pick: int, side: str) -> None:
        """The very time that somebody has booked."""
        one, who = picked(pick, self.taken()), self.who(side)
        wish = WaitWish(
            instrument_ids=(one.instrument_id,),
            window=one.span,
            minutes=one.span.length // MINUTE,
            purpose="断口形貌",
        )
        self.attempt(lambda uow: join_waitlist(uow, wish, actor=who, now=self.now))

    @precondition(lambda self: self.sight.waited_for(self.now))
    @rule(pick=PICKS)
    def give_back(self, pick: int) -> None:
        """What somebody waits for."""
        one = picked(pick, self.sight.waited_for(self.now))
        who = self.named(one.holder_id)
        self.attempt(lambda uow: cancel(uow, one.number, actor=who, now=self.now, reason="改期"))

    @now_and_then(5)
    @precondition(lambda self: self.sight.waiting)
    @rule(pick=PICKS)
    def leave_waitlist(self, pick: int) -> None:
        one = picked(pick, self.sight.waiting)
        key, who = one.key, one.holder_id
        self.attempt(
            lambda uow: leave_waitlist(uow, key, holder_id=who, actor_id=who, now=self.now)
        )

    @precondition(lambda self: self.sight.offers)
    @rule(pick=PICKS, yes=YES, side=SIDES, aimed=AIMED)
    def answer_offer(self, pick: int, yes: bool, side: str, aimed: bool) -> None:
        one = picked(pick, self.sight.offers)
        who = self.named(one.other) if aimed else self.who(side)
        answer = accept_offer if yes else decline_offer
        self.attempt(lambda uow: answer(uow, one.key, actor=who, now=self.now))


class Asking(Town):
    """Proposals and exchanges."""

    @precondition(lambda self: self.sight.movable(self.now))
    @rule(pick=PICKS, first=PICKS, length=LENGTHS, thing=st.none() | THINGS, aimed=AIMED)
    def propose(self, pick: int, first: int, length: int, thing: int | None, aimed: bool) -> None:
        possible = self.sight.movable(self.now)
        number, _ = self.choose(pick, possible, aimed=aimed, side="manager")
        where, who = None if thing is None else self.instruments[thing].key, self.scene.manager
        wanted = Proposed(span=self.ahead(first, length), reason="保养", instrument_id=where)
        self.attempt(lambda uow: propose_time(uow, number, wanted, actor=who, now=self.now))

    @precondition(lambda self: self.sight.proposals)
    @rule(pick=PICKS, answer=ANSWERS, side=SIDES, aimed=AIMED)
    def answer_proposal(self, pick: int, answer: str, side: str, aimed: bool) -> None:
        one = picked(pick, self.sight.proposals)
        holder = self.named(self.booking_of(one.about).holder_id)
        who = self.scene.manager if answer == "withdraw" else holder
        who = who if aimed else self.who(side)
        deeds = {
            "accept": accept_proposal,
            "decline": decline_proposal,
            "withdraw": withdraw_proposal,
        }
        self.attempt(lambda uow: deeds[answer](uow, one.key, actor=who, now=self.now))

    @precondition(lambda self: self.sight.pairs(self.now))
    @rule(pick=PICKS)
    def ask_swap(self, pick: int) -> None:
        """Two that could take each other's time."""
        own, other = picked(pick, self.sight.pairs(self.now))
        who = self.named(own.holder_id)
        self.attempt(lambda uow: ask_swap(uow, own.number, other.span, actor=who, now=self.now))

    @now_and_then(6)
    @precondition(lambda self: self.sight.bookings)
    @rule(pick=PICKS, first=PICKS, length=LENGTHS, side=SIDES)
    def ask_any_swap(self, pick: int, first: int, length: int, side: str) -> None:
        """For whatever may be there."""
        number, who = self.choose(pick, (), aimed=False, side=side)
        wanted = self.ahead(first, length)
        self.attempt(lambda uow: ask_swap(uow, number, wanted, actor=who, now=self.now))

    @precondition(lambda self: self.sight.swaps)
    @rule(pick=PICKS, answer=ANSWERS, side=SIDES, aimed=AIMED)
    def answer_swap(self, pick: int, answer: str, side: str, aimed: bool) -> None:
        one = picked(pick, self.sight.swaps)
        asking, asked = self.booking_of(one.about), self.booking_of(one.other)
        own = asking if answer == "withdraw" else asked
        who = self.named(own.holder_id) if aimed else self.who(side)
        deeds = {"accept": accept_swap, "decline": decline_swap, "withdraw": withdraw_swap}
        self.attempt(lambda uow: deeds[answer](uow, one.key, actor=who, now=self.now))
