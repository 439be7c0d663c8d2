"""Places in line and what is offered to them, proposals of the lab, and exchanges."""

from collections.abc import Callable
from typing import NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from booking.access.actor import Actor
from booking.instruments.rules.terms import ServiceMode
from booking.reservations.actions.answer_offer import accept_offer, decline_offer
from booking.reservations.actions.answer_proposal import accept_proposal, decline_proposal
from booking.reservations.actions.answer_swap import accept_swap, decline_swap
from booking.reservations.actions.ask_swap import ask_swap, withdraw_swap
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.join_waitlist import join_waitlist, leave_waitlist
from booking.reservations.actions.propose_time import Proposed, propose_time, withdraw_proposal
from booking.reservations.jobs import expire_offers, lapse_asks
from booking.reservations.rules.waitlist import WaitWish
from tests.reservations.sequence.sight import Asked
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

# One that may be given where something is asked.
Answer = Callable[..., object]
PROPOSED = [accept_proposal, accept_proposal, decline_proposal, withdraw_proposal]


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

    @now_and_then(3)
    @precondition(lambda self: self.sight.waiting)
    @rule(pick=PICKS)
    def leave_waitlist(self, pick: int) -> None:
        one = picked(pick, self.sight.waiting)
        key, who = one.key, one.holder_id
        self.attempt(
            lambda uow: leave_waitlist(uow, key, holder_id=who, actor_id=who, now=self.now)
        )

    @precondition(lambda self: self.standing(self.sight.offers))
    @rule(pick=PICKS, side=SIDES, aimed=AIMED)
    def accept_offer(self, pick: int, side: str, aimed: bool) -> None:
        self._answer_offer(accept_offer, pick, side=side, aimed=aimed)

    @precondition(lambda self: self.standing(self.sight.offers))
    @rule(pick=PICKS, side=SIDES, aimed=AIMED)
    def decline_offer(self, pick: int, side: str, aimed: bool) -> None:
        self._answer_offer(decline_offer, pick, side=side, aimed=aimed)

    def _answer_offer(self, deed: Answer, pick: int, *, side: str, aimed: bool) -> None:
        one = picked(pick, self.standing(self.sight.offers))
        who = self.named(one.other) if aimed else self.who(side)
        self.attempt(lambda uow: deed(uow, one.key, actor=who, now=self.now))

    @precondition(lambda self: self.standing(self.sight.offers))
    @rule(pick=PICKS)
    def say_nothing_to_offer(self, pick: int) -> None:
        self.let_lapse(picked(pick, self.standing(self.sight.offers)), expire_offers)


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

    @precondition(lambda self: self.standing(self.sight.proposals))
    @rule(pick=PICKS, answer=st.sampled_from(PROPOSED), side=SIDES, aimed=AIMED)
    def answer_proposal(self, pick: int, answer: Answer, side: str, aimed: bool) -> None:
        one = picked(pick, self.standing(self.sight.proposals))
        holder = self.named(self.booking_of(one.about).holder_id)
        who = self.scene.manager if answer is withdraw_proposal else holder
        who = who if aimed else self.who(side)
        self.attempt(lambda uow: answer(uow, one.key, actor=who, now=self.now))

    @precondition(lambda self: self.standing(self.sight.proposals))
    @rule(pick=PICKS)
    def say_nothing_to_proposal(self, pick: int) -> None:
        self.let_lapse(picked(pick, self.standing(self.sight.proposals)), lapse_asks)

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

    @precondition(lambda self: self.standing(self.sight.swaps))
    @rule(pick=PICKS, side=SIDES, aimed=AIMED)
    def accept_swap(self, pick: int, side: str, aimed: bool) -> None:
        self._answer_swap(accept_swap, pick, side=side, aimed=aimed)

    @precondition(lambda self: self.standing(self.sight.swaps))
    @rule(pick=PICKS, side=SIDES, aimed=AIMED)
    def decline_swap(self, pick: int, side: str, aimed: bool) -> None:
        self._answer_swap(decline_swap, pick, side=side, aimed=aimed)

    @now_and_then(2)
    @precondition(lambda self: self.standing(self.sight.swaps))
    @rule(pick=PICKS, side=SIDES, aimed=AIMED)
    def withdraw_swap(self, pick: int, side: str, aimed: bool) -> None:
        self._answer_swap(withdraw_swap, pick, side=side, aimed=aimed)

    def _answer_swap(self, deed: Answer, pick: int, *, side: str, aimed: bool) -> None:
        one = picked(pick, self.standing(self.sight.swaps))
        own = self.booking_of(one.about if deed is withdraw_swap else one.other)
        who = self.named(own.holder_id) if aimed else self.who(side)
        self.attempt(lambda uow: deed(uow, one.key, actor=who, now=self.now))

    @precondition(lambda self: self.standing(self.sight.swaps))
    @rule(pick=PICKS)
    def say_nothing_to_swap(self, pick: int) -> None:
        self.let_lapse(picked(pick, self.standing(self.sight.swaps)), lapse_asks)


class Question(NamedTuple):
    """What somebody asks, whom, and what there is to say."""

    about: Asked
    to: Actor
    answers: tuple[Answer, ...]


class Answering(Waiting, Asking):
    """Whatever is asked is answered more often than one rule for each question would."""

    @precondition(lambda self: self.questions())
    @rule(pick=PICKS, answer=PICKS)
    def answer(self, pick: int, answer: int) -> None:
        one = picked(pick, self.questions())
        deed = picked(answer, one.answers)
        self.attempt(lambda uow: deed(uow, one.about.key, actor=one.to, now=self.now))

    @now_and_then(2)
    @precondition(lambda self: self.questions())
    @rule(pick=PICKS)
    def say_nothing(self, pick: int) -> None:
        one = picked(pick, self.questions())
        job = expire_offers if accept_offer in one.answers else lapse_asks
        self.let_lapse(one.about, job)

    def questions(self) -> list[Question]:
        """Everything that can be answered now."""
        answers = (accept_offer, decline_offer)
        offers = [
            Question(one, self.named(one.other), answers)
            for one in self.standing(self.sight.offers)
        ]
        proposals = [
            Question(one, self._holder(one.about), (accept_proposal, decline_proposal))
            for one in self.standing(self.sight.proposals)
        ]
        swaps = [
            Question(one, self._holder(one.other), (accept_swap, decline_swap))
            for one in self.standing(self.sight.swaps)
        ]
        return [*offers, *proposals, *swaps]

    def _holder(self, key: int) -> Actor:
        return self.named(self.booking_of(key).holder_id)
