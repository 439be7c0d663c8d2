"""Series, joint bookings, places in line, proposals and exchanges."""

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlmodel import col

from booking.instruments.rules.terms import ServiceMode
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.answer_offer import accept_offer, decline_offer
from booking.reservations.actions.answer_proposal import accept_proposal, decline_proposal
from booking.reservations.actions.answer_swap import accept_swap, decline_swap
from booking.reservations.actions.ask_swap import ask_swap, withdraw_swap
from booking.reservations.actions.change_joint import cancel_joint, move_joint
from booking.reservations.actions.change_series import (
    Move,
    approve_series,
    cancel_in_series,
    move_in_series,
    reject_series,
)
from booking.reservations.actions.join_waitlist import join_waitlist, leave_waitlist
from booking.reservations.actions.propose_time import Proposed, propose_time, withdraw_proposal
from booking.reservations.actions.reserve_joint import reserve_joint
from booking.reservations.actions.reserve_series import reserve_series
from booking.reservations.models.joint import JointBooking
from booking.reservations.models.proposal import ReservationProposal, ReservationSwap
from booking.reservations.models.series import ReservationSeries
from booking.reservations.models.waitlist import WaitlistEntry, WaitlistOffer
from booking.reservations.rules.series import OnConflict, Scope
from booking.reservations.rules.waitlist import WaitWish
from booking.reservations.rules.wish import SeriesWish
from booking.reservations.states import IN_LINE, AskState, OfferState
from tests.reservations.sequence.town import (
    COMPANIES,
    HALF_HOUR,
    LENGTHS,
    MODES,
    PICKS,
    SIDES,
    THINGS,
    Town,
)

SCOPES = st.sampled_from(list(Scope))
ANSWERS = st.sampled_from(["accept", "accept", "decline", "withdraw"])
RULES = st.sampled_from(["FREQ=DAILY;COUNT=2", "FREQ=DAILY;COUNT=3", "FREQ=WEEKLY;COUNT=2"])


class Together(Town):
    """Several bookings at once."""

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

    @rule(pick=PICKS, scope=SCOPES, side=SIDES)
    def cancel_in_series(self, pick: int, scope: Scope, side: str) -> None:
        number, who = self.some(pick), self.who(side)
        self.attempt(
            lambda uow: cancel_in_series(uow, number, scope, actor=who, now=self.now, reason="改期")
        )

    @rule(pick=PICKS, scope=SCOPES, first=PICKS, length=LENGTHS, side=SIDES)
    def move_in_series(self, pick: int, scope: Scope, first: int, length: int, side: str) -> None:
        number, who, wanted = (
            self.some(pick),
            self.who(side),
            Move(self.ahead(first, length), scope),
        )
        self.attempt(lambda uow: move_in_series(uow, number, wanted, actor=who, now=self.now))

    @rule(pick=PICKS, yes=st.booleans())
    def decide_series(self, pick: int, yes: bool) -> None:
        found = self.one_of(ReservationSeries, pick)
        if found:
            number, answer = found.number, approve_series if yes else reject_series
            who = self.scene.manager
            self.attempt(lambda uow: answer(uow, number, actor=who, now=self.now, reason="可以"))

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

    @rule(pick=PICKS, side=SIDES, first=PICKS, move=st.booleans())
    def change_joint(self, pick: int, side: str, first: int, move: bool) -> None:
        found, who, start = (
            self.one_of(JointBooking, pick),
            self.who(side),
            self.ahead(first, 1).start,
        )
        if found and move:
            self.attempt(lambda uow: move_joint(uow, found.number, start, actor=who, now=self.now))
        elif found:
            self.attempt(
                lambda uow: cancel_joint(uow, found.number, actor=who, now=self.now, reason="改期")
            )


class Asking(Town):
    """Lines, proposals, exchanges."""

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

    @rule(pick=PICKS)
    def leave_waitlist(self, pick: int) -> None:
        found = self.one_of(WaitlistEntry, pick, col(WaitlistEntry.state).in_(IN_LINE))
        if found:
            key, who = found.key, found.holder_id
            self.attempt(
                lambda uow: leave_waitlist(uow, key, holder_id=who, actor_id=who, now=self.now)
            )

    @rule(pick=PICKS, yes=st.booleans())
    def answer_offer(self, pick: int, yes: bool) -> None:
        found = self.one_of(WaitlistOffer, pick, col(WaitlistOffer.state) == OfferState.OPEN)
        entry = found and self.one_of(WaitlistEntry, 0, col(WaitlistEntry.id) == found.entry_id)
        if found and entry:
            key, who = found.key, self.named(entry.holder_id)
            answer = accept_offer if yes else decline_offer
            self.attempt(lambda uow: answer(uow, key, actor=who, now=self.now))

    @rule(pick=PICKS, first=PICKS, length=LENGTHS, thing=st.none() | THINGS)
    def propose(self, pick: int, first: int, length: int, thing: int | None) -> None:
        number, who = self.some(pick), self.scene.manager
        where = None if thing is None else self.instruments[thing].key
        wanted = Proposed(span=self.ahead(first, length), reason="保养", instrument_id=where)
        self.attempt(lambda uow: propose_time(uow, number, wanted, actor=who, now=self.now))

    @rule(pick=PICKS, answer=ANSWERS, side=COMPANIES)
    def answer_proposal(self, pick: int, answer: str, side: str) -> None:
        here = col(ReservationProposal.state) == AskState.OPEN
        found, who = self.one_of(ReservationProposal, pick, here), self.who(side)
        deeds = {
            "accept": accept_proposal,
            "decline": decline_proposal,
            "withdraw": withdraw_proposal,
        }
        if found:
            key, who = found.key, self.scene.manager if answer == "withdraw" else who
            self.attempt(lambda uow: deeds[answer](uow, key, actor=who, now=self.now))

    @rule(pick=PICKS, wanted=PICKS, side=COMPANIES)
    def ask_swap(self, pick: int, wanted: int, side: str) -> None:
        if self.numbers:
            number, who, span = self.some(pick), self.who(side), self.span_of(self.some(wanted))
            self.attempt(lambda uow: ask_swap(uow, number, span, actor=who, now=self.now))

    @rule(pick=PICKS, answer=ANSWERS, side=COMPANIES)
    def answer_swap(self, pick: int, answer: str, side: str) -> None:
        found = self.one_of(ReservationSwap, pick, col(ReservationSwap.state) == AskState.OPEN)
        deeds = {"accept": accept_swap, "decline": decline_swap, "withdraw": withdraw_swap}
        if found:
            key, who = found.key, self.who(side)
            self.attempt(lambda uow: deeds[answer](uow, key, actor=who, now=self.now))
