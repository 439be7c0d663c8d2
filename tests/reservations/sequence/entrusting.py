"""Orders that companies give the lab, and what the centre decides about companies."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from booking.credit.actions.appeal import appeal, decide_appeal
from booking.db.transactions import UnitOfWork
from booking.orders.actions.ask import ask_order
from booking.orders.actions.decide import accept_quote, call_off_order, withdraw_order
from booking.orders.actions.quote import quote_order
from booking.orders.actions.schedule import schedule_order
from booking.orders.actions.work import move_samples
from booking.orders.queries.belongings import standing_quote
from booking.orders.rules import Slot
from booking.orders.states import OPEN, OrderState, Station
from booking.organisations.actions.verify import take_step
from booking.organisations.states import OrganisationStep
from tests.factories.orders import order_told, quote_told
from tests.reservations.sequence.sight import Order
from tests.reservations.sequence.town import COMPANIES, PICKS, THINGS, Town, now_and_then, picked

ORDERED = (OrderState.ORDERED, OrderState.IN_WORK)


class Entrusting(Town):
    """Orders, whose time is ordinary bookings."""

    def orders(self, *states: OrderState) -> list[Order]:
        return [one for one in self.sight.orders if one.state in states]

    @precondition(lambda self: len(self.orders(*OPEN)) < 1)
    @rule(side=COMPANIES, thing=THINGS)
    def ask_order(self, side: str, thing: int) -> None:
        here, who, told = self.instruments[thing].key, self.who(side), order_told(self.now)
        self.attempt(lambda uow: ask_order(uow, here, told, actor=who, now=self.now))

    @precondition(lambda self: self.orders(OrderState.ASKED, OrderState.LAPSED))
    @rule(pick=PICKS)
    def quote_order(self, pick: int) -> None:
        one = picked(pick, self.orders(OrderState.ASKED, OrderState.LAPSED))
        who, told = self.scene.manager, quote_told(self.now, minutes=480)
        self.attempt(lambda uow: quote_order(uow, one.number, told, actor=who, now=self.now))

    @precondition(lambda self: self.orders(OrderState.QUOTED))
    @rule(pick=PICKS)
    def accept_quote(self, pick: int) -> None:
        one = picked(pick, self.orders(OrderState.QUOTED))
        who = self.named(one.asked_by)

        def deed(uow: UnitOfWork) -> None:
            quote = standing_quote(uow.session, one.key)
            assert quote
            accept_quote(uow, one.number, quote.key, actor=who, now=self.now)

        self.attempt(deed)

    @precondition(lambda self: self.orders(*ORDERED))
    @rule(pick=PICKS, first=PICKS, length=st.integers(1, 3))
    def schedule_order(self, pick: int, first: int, length: int) -> None:
        one, slot = picked(pick, self.orders(*ORDERED)), Slot(span=self.ahead(first, length))
        who = self.scene.manager
        self.attempt(lambda uow: schedule_order(uow, one.number, slot, actor=who, now=self.now))

    @precondition(lambda self: self.orders(*ORDERED))
    @rule(pick=PICKS)
    def samples_arrive(self, pick: int) -> None:
        one, lab = picked(pick, self.orders(*ORDERED)), self.scene.manager
        self.attempt(
            lambda uow: move_samples(uow, one.number, Station.RECEIVED, actor=lab, now=self.now)
        )

    @now_and_then(2)
    @precondition(lambda self: self.orders(*OPEN))
    @rule(pick=PICKS)
    def withdraw_order(self, pick: int) -> None:
        """It comes to nothing, and its bookings go."""
        one = picked(pick, self.orders(*OPEN))
        who = self.named(one.asked_by)
        self.attempt(lambda uow: withdraw_order(uow, one.number, actor=who, now=self.now))

    @now_and_then(2)
    @precondition(lambda self: self.orders(*ORDERED))
    @rule(pick=PICKS)
    def call_off_order(self, pick: int) -> None:
        """The lab cannot do it after all."""
        one, lab = picked(pick, self.orders(*ORDERED)), self.scene.manager
        self.attempt(
            lambda uow: call_off_order(uow, one.number, actor=lab, now=self.now, reason="检修")
        )


class Judging(Town):
    """The centre: who may book at all, and what counts against whom."""

    suspended = False

    @now_and_then(7)
    @rule()
    def suspend_or_reinstate(self) -> None:
        """One company may not book for a while, and loses what it had ahead."""
        step = OrganisationStep.REINSTATE if self.suspended else OrganisationStep.SUSPEND
        company = self.rival.grants[0].organisation_id
        assert company
        self.attempt(
            lambda uow: take_step(
                uow, company, step, actor=self.centre, now=self.now, reason="核对"
            )
        )
        self.suspended = not self.suspended

    @precondition(lambda self: self.sight.lost)
    @rule(pick=PICKS)
    def appeal(self, pick: int) -> None:
        """Whoever lost points says why they should not count."""
        one = picked(pick, self.sight.lost)
        ours = one.organisation_id == self.scene.company.key
        who = self.scene.admin if ours else self.rival
        self.attempt(lambda uow: appeal(uow, one.key, "列车停运", actor=who, now=self.now))

    @precondition(lambda self: self.sight.appeals)
    @rule(pick=PICKS, yes=st.booleans())
    def judge_appeal(self, pick: int, yes: bool) -> None:
        key, who = picked(pick, self.sight.appeals), self.centre
        self.attempt(
            lambda uow: decide_appeal(uow, key, "核对", grant=yes, actor=who, now=self.now)
        )
