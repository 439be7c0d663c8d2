"""How a sequence begins, so that every answer is a deed or two away."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from booking.access.actor import Actor
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.timespan import TimeSpan
from booking.orders.actions.ask import ask_order
from booking.orders.actions.decide import accept_quote
from booking.orders.actions.quote import quote_order
from booking.reservations.actions.answer_offer import accept_offer, decline_offer
from booking.reservations.actions.answer_proposal import accept_proposal, decline_proposal
from booking.reservations.actions.answer_swap import accept_swap, decline_swap
from booking.reservations.actions.ask_swap import ask_swap
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.change_series import (
    Move,
    approve_series,
    move_in_series,
    reject_series,
)
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.actions.confirm import confirm
from booking.reservations.actions.dispute import ask_centre, dispute, resolve, say
from booking.reservations.actions.join_waitlist import join_waitlist
from booking.reservations.actions.propose_time import Proposed, propose_time
from booking.reservations.actions.reserve_joint import reserve_joint
from booking.reservations.actions.reserve_series import reserve_series
from booking.reservations.jobs import note_overruns
from booking.reservations.rules.series import Scope
from booking.reservations.rules.use_record import UseRecord
from booking.reservations.rules.waitlist import WaitWish
from booking.reservations.rules.wish import SeriesWish
from tests.factories.orders import order_told, quote_told
from tests.reservations.sequence.sight import Booked, Sight, look
from tests.reservations.sequence.town import CREDIT, HALF_HOUR, MINUTE, POLICIES, Town

# The instruments of the town: a whole, its part, and another.
WHOLE, PART, OTHER = 0, 1, 2
WAYS = st.integers(0, 3)


@dataclass(frozen=True)
class Opening:
    """On what terms a lab is opened, and what has happened there: each in one of four ways."""

    terms: dict[str, object]
    units: int
    credit: int | None
    wish: str
    wished: int
    asked: dict[str, int]
    used: str
    ended: int


class Openings(Town):
    """One of them begins every sequence."""

    @initialize(
        opening=st.builds(
            Opening,
            terms=POLICIES,
            units=st.integers(1, 2),
            credit=CREDIT,
            # An exchange ends in four ways, each of which must happen.
            wish=st.sampled_from(["an exchange", "a yes", "an exchange", "nothing"]),
            wished=WAYS,
            asked=st.dictionaries(st.sampled_from(["another time", "freed time", "work"]), WAYS),
            used=st.sampled_from(["nothing", "at work", "helped", "confirmed", "disputed"]),
            ended=WAYS,
        )
    )
    def begin(self, opening: Opening) -> None:
        ways = {opening.wish: opening.wished, **opening.asked, opening.used: opening.ended}
        terms = opening.terms
        for what in ways:
            terms = terms | NEEDED.get(what, {})
        self.open_the_lab(terms, opening.units, opening.credit)
        for what, way in ways.items():
            DEEDS[what](self, way)

    def seen(self) -> Sight:
        """What there is by now."""
        return look(self.connection)

    def ask_for_exchange(self, way: int) -> None:
        """Two companies have promised time on an instrument, and one would like the other's; it
        may have been answered."""
        self.promised(self.scene.member, self.ahead(12, 4), OTHER)
        *_, ours = self.seen().bookings
        theirs = self.seen().bookings[1]
        asking, asked = (ours, theirs) if way % 2 else (theirs, ours)
        who, other = self.named(asking.holder_id), self.named(asked.holder_id)
        with self.write() as uow:
            swap = ask_swap(uow, asking.number, asked.span, actor=who, now=self.now)
        if way > 1:
            answer = accept_swap if way == 2 else decline_swap
            with self.write() as uow:
                answer(uow, swap.key, actor=other, now=self.now)

    def propose_another_time(self, way: int) -> None:
        """The lab would like a booking to be at another time; its people may have answered."""
        one, lab = self.seen().bookings[3], self.scene.manager
        wanted = Proposed(span=self.ahead(50, 4 + way), reason="保养")
        with self.write() as uow:
            asked = propose_time(uow, one.number, wanted, actor=lab, now=self.now)
        if way > 1:
            answer = accept_proposal if way == 2 else decline_proposal
            with self.write() as uow:
                answer(uow, asked.key, actor=self.rival, now=self.now)

    def free_what_is_waited_for(self, way: int) -> None:
        """Time that a company waited for was given back, or taken back, and is held for it; it
        may have said yes or no. It waits for other time too, soon in vain."""
        booked = self.seen().bookings[2]
        wish = WaitWish(
            instrument_ids=(booked.instrument_id,),
            window=booked.span,
            minutes=booked.span.length // MINUTE,
            purpose="断口形貌",
        )
        who = self.scene.manager if way % 2 else self.scene.member
        in_vain = replace(wish, window=self.seen().bookings[0].span)
        for one in (wish, in_vain):
            with self.write() as uow:
                join_waitlist(uow, one, actor=self.rival, now=self.now)
        with self.write() as uow:
            cancel(uow, booked.number, actor=who, now=self.now, reason="改期")
        offer, *_ = self.seen().offers
        if way > 1:
            answer = accept_offer if way == 2 else decline_offer
            with self.write() as uow:
                answer(uow, offer.key, actor=self.rival, now=self.now)

    def entrust_work(self, way: int) -> None:
        """An order that was quoted, and one whose quote was accepted."""
        sides = (self.scene.member, self.rival) if way % 2 else (self.rival, self.scene.member)
        for n, who in enumerate(sides):
            self._quoted(who, accepted=bool(n))

    def _quoted(self, who: Actor, *, accepted: bool) -> None:
        here, lab, now = self.instruments[OTHER].key, self.scene.manager, self.now
        with self.write() as uow:
            order = ask_order(uow, here, order_told(now), actor=who, now=now)
            told = quote_told(now, minutes=480)
            quote = quote_order(uow, order.number, told, actor=lab, now=now)
            if accepted:
                accept_quote(uow, order.number, quote.key, actor=who, now=now)

    def work(self, way: int) -> None:
        """A use near its end and another company that comes right after it; or a use that runs
        over, and another company that is to come in ten minutes and was warned."""
        first, over = self._begun(by_lab=bool(way % 2)), way > 1
        start = first.end + HALF_HOUR * over
        self.promised(self.rival, TimeSpan(start, start + 4 * HALF_HOUR), WHOLE)
        self.now = first.end + (20 if over else -5) * MINUTE
        if over:
            with self.write() as uow:
                note_overruns(uow, self.now)

    def help(self, way: int) -> None:
        """Somebody from the lab works for a company, and began in time or late."""
        span, lab = self.ahead(0, 2), self.scene.manager
        number = self.promised(self.scene.member, span, OTHER, mode=ServiceMode.ASSISTED)
        self.now = span.start + way * 12 * MINUTE
        with self.write() as uow:
            check_in(uow, number, actor=lab, now=self.now)

    def _begun(self, *, by_lab: bool) -> Booked:
        first = self.seen().bookings[0]
        self.now = first.start
        who = self.scene.manager if by_lab else self.named(first.holder_id)
        with self.write() as uow:
            check_in(uow, first.number, actor=who, now=self.now)
        return first

    def _used(self) -> str:
        first = self._begun(by_lab=True)
        self.now = first.end - 5 * MINUTE
        record = UseRecord(test_minutes=100, samples=2)
        with self.write() as uow:
            check_out(uow, first.number, record, actor=self.scene.manager, now=self.now)
        return first.number

    def confirm_by_one(self, way: int) -> None:
        """A use is over, and one side said so, or both; both had lost credit, and may have some
        back."""
        for n, who in enumerate((self.scene.member, self.scene.manager)):
            lost = self.promised(self.scene.member, self.ahead(36 + 4 * n, 2), OTHER)
            with self.write() as uow:
                cancel(uow, lost, actor=who, now=self.now, reason="改期")
        number = self._used()
        sides = (self.scene.manager, self.scene.member)
        for who in sides if way > 2 else [sides[way % 2]]:
            with self.write() as uow:
                confirm(uow, number, actor=who, now=self.now)

    def disagree(self, way: int) -> None:
        """One side objects to a record; the centre may have been asked, and have decided."""
        number = self._used()
        who = self.scene.manager if way % 2 else self.scene.member
        with self.write() as uow:
            dispute(uow, number, actor=who, now=self.now, reason="核对")
            if way > 1:
                say(uow, number, "机时不对", actor=who, now=self.now)
                ask_centre(uow, number, actor=who, now=self.now)
        if way > 2:
            with self.write() as uow:
                resolve(uow, number, actor=self.centre, now=self.now, reason="核对")

    def wait_for_a_yes(self, way: int) -> None:
        """A series, and steps on two instruments one of which somebody from the lab operates;
        the series may have been moved, or decided."""
        one, other = self.ahead(24, 2), self.ahead(28, 2)
        again = "FREQ=DAILY;COUNT=3" if way % 2 else "FREQ=DAILY;COUNT=2"
        series = SeriesWish(self.wish(self.ahead(32, 2), OTHER), again)
        steps = [self.wish(one, OTHER, ServiceMode.ASSISTED), self.wish(other, PART)]
        with self.write() as uow:
            made = reserve_series(uow, series, actor=self.scene.member, now=self.now)
        with self.write() as uow:
            reserve_joint(uow, steps, actor=self.rival, now=self.now)
        number, lab, now = made.series.number, self.scene.manager, self.now
        with self.write() as uow:
            if way == 1:
                later = Move(self.ahead(34, 2), Scope.ALL)
                first = made.booked[0].number
                move_in_series(uow, first, later, actor=self.scene.member, now=now)
            elif way == 2:
                approve_series(uow, number, actor=lab, now=now, reason="核对")
            elif way == 3:
                reject_series(uow, number, actor=lab, now=now, reason="核对")


def _nothing(town: Openings, way: int) -> None:
    """Beside what every town begins with."""


DEEDS: Final[dict[str, Callable[[Openings, int], None]]] = {
    "nothing": _nothing,
    "an exchange": Openings.ask_for_exchange,
    "a yes": Openings.wait_for_a_yes,
    "another time": Openings.propose_another_time,
    "freed time": Openings.free_what_is_waited_for,
    "work": Openings.entrust_work,
    "at work": Openings.work,
    "helped": Openings.help,
    "confirmed": Openings.confirm_by_one,
    "disputed": Openings.disagree,
}
# What some of them need of the terms, whatever else these are.
NEEDED: Final[dict[str, dict[str, object]]] = {
    "an exchange": {"approval": "none"},
    "a yes": {"approval": "always"},
    "at work": {"buffer_before_minutes": 0, "buffer_after_minutes": 0},
    "confirmed": {"free_cancel_minutes": 1440},
}
