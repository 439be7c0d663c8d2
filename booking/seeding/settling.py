"""Monthly settlements of the played history: drawn up by the clock, reviewed by finance.

Old months are paid, later ones approved or locked, the last one is still a draft.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.db.transactions import UnitOfWork
from booking.kernel.periods import Period
from booking.seeding.playing import Stage
from booking.seeding.script import Reviewed
from booking.subsidies.actions.pay_statements import pay
from booking.subsidies.actions.review_statement import approve, lock, publish
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.errors import NothingToSettle
from booking.subsidies.models.statement import Statement

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_Review = Callable[[UnitOfWork, str, datetime], Statement]


@dataclass(frozen=True, slots=True)
class Treasury:
    """Who draws up, reviews and pays; nobody approves what they locked themselves."""

    stage: Stage
    finance: int
    centre: int
    reviewed: Reviewed

    def plan(self, first: datetime, now: datetime) -> None:
        """On every first of a month, at two in the morning, the month before."""
        month, months = Period.month_at(first), []
        while month.span.end + 2 * _HOUR <= now:
            months.append(month)
            month = month.next()
        for age, ended in enumerate(reversed(months), 1):
            _Month(self, ended, age).plan()

    def lock(self, uow: UnitOfWork, number: str, now: datetime) -> Statement:
        return lock(uow, number, actor_id=self.finance, now=now)

    def publish(self, uow: UnitOfWork, number: str, now: datetime) -> Statement:
        return publish(uow, number, actor_id=self.finance, now=now)

    def approve(self, uow: UnitOfWork, number: str, now: datetime) -> Statement:
        return approve(uow, number, actor_id=self.centre, now=now)

    def pay(self, uow: UnitOfWork, number: str, now: datetime) -> Statement:
        return pay(uow, number, f"示例回单-{number}", actor_id=self.finance, now=now)


@dataclass(slots=True)
class _Month:
    """One settlement and how far it has come; `age` 1 is the month that ended last."""

    treasury: Treasury
    month: Period
    age: int
    numbers: Sequence[str] = ()

    def plan(self) -> None:
        ended, reviewed = self.month.span.end, self.treasury.reviewed
        later = self.treasury.stage.later
        later(ended + 2 * _HOUR, self.settle)
        if self.age > reviewed.locked_before:
            later(ended + 4 * _DAY + 10 * _HOUR, self.lock)
        if self.age > reviewed.approved_before:
            later(ended + 5 * _DAY + 9 * _HOUR, self.publish)
            later(ended + 20 * _DAY + 15 * _HOUR, self.approve)
        if self.age > reviewed.paid_before:
            later(ended + 23 * _DAY + 11 * _HOUR, self.pay)

    def settle(self, uow: UnitOfWork, now: datetime) -> None:
        try:
            with uow.session.begin_nested():
                view = settle_period(uow, self.month, actor_id=None, now=now)
        except NothingToSettle:
            return  # the centre opened before its first programme came into force
        self.numbers = [row.number for row in view.statements]
        self.treasury.stage.tally["settled statements"] += len(self.numbers)

    def lock(self, uow: UnitOfWork, now: datetime) -> None:
        self._each("lock", self.treasury.lock, uow=uow, now=now)

    def publish(self, uow: UnitOfWork, now: datetime) -> None:
        self._each("publish", self.treasury.publish, uow=uow, now=now)

    def approve(self, uow: UnitOfWork, now: datetime) -> None:
        self._each("approve statement", self.treasury.approve, uow=uow, now=now)

    def pay(self, uow: UnitOfWork, now: datetime) -> None:
        self._each("pay", self.treasury.pay, uow=uow, now=now)

    def _each(self, what: str, deed: _Review, *, uow: UnitOfWork, now: datetime) -> None:
        for number in self.numbers:
            self._one(what, deed, number, at=(uow, now))

    def _one(
        self, what: str, deed: _Review, number: str, *, at: tuple[UnitOfWork, datetime]
    ) -> None:
        uow, now = at
        self.treasury.stage.attempt(what, lambda: deed(uow, number, now))
