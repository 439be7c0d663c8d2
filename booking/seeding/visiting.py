"""One booking of the played history, from its decision to the confirmed use.

Every deed goes the way a person's click goes: the same action, the same rules, the same reactions,
with the simulated moment as `now`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.actions.confirm import confirm
from booking.reservations.actions.decide import approve, reject
from booking.reservations.actions.dispute import dispute, resolve
from booking.reservations.actions.give_feedback import give_feedback
from booking.reservations.rules.feedback import Grade, Word
from booking.reservations.rules.use_record import UseRecord
from booking.seeding.agenda import Deed
from booking.seeding.script import Fate, Visit

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_TOO_SHORT_FOR_MORE = 20 * _MINUTE


class Plans(Protocol):
    """What a booking needs of the stage: time, the sweeps, and a way to try what may be refused."""

    def later(self, at: datetime, deed: Deed) -> None: ...

    def sweep(self, uow: UnitOfWork, now: datetime) -> None: ...

    def attempt(self, what: str, deed: Callable[[], object]) -> bool: ...


@dataclass(slots=True)
class Visiting:
    """A booked visit and the people around it; `over` when somebody gave it up."""

    visit: Visit
    number: str
    person: Actor
    manager: Actor
    operator: Actor
    plans: Plans
    over: bool = False
    came_at: datetime | None = None

    def plan(self, *, waits: bool) -> None:
        """Put the turns that this booking will take on the agenda."""
        if waits and self.visit.fate is not Fate.UNDECIDED:
            decided_at = self.visit.asked_at + _HOUR + self.visit.pace[0] * 20 * _HOUR
            self.plans.later(decided_at, self.decide)
        start, slow = self.visit.span.start, self.visit.pace[0]
        match self.visit.fate:
            case Fate.FREE_CANCELLATION:
                self.plans.later(start - 25 * _HOUR - slow * 4 * _HOUR, self.give_up)
            case Fate.LATE_CANCELLATION:
                self.plans.later(start - _HOUR - slow * 8 * _HOUR, self.give_up)
            case Fate.NO_SHOW:
                self.plans.later(start + 31 * _MINUTE, self.plans.sweep)
            case Fate.USED | Fate.DISPUTED | Fate.FORGOTTEN:
                self.plans.later(start + self.visit.pace[1] * 12 * _MINUTE, self.arrive)

    # ── before ───────────────────────────────────────────────────────────────────────────────────

    def decide(self, uow: UnitOfWork, now: datetime) -> None:
        if self.over:
            return
        if self.visit.fate is Fate.REJECTED:
            self.over = True
            reason = "样品不符合本仪器的安全要求"
            reject(uow, self.number, actor=self.manager, now=now, reason=reason)
        else:
            self._try("approve", lambda: approve(uow, self.number, actor=self.manager, now=now))

    def give_up(self, uow: UnitOfWork, now: datetime) -> None:
        if not self.over:
            self.over = True
            cancel(uow, self.number, actor=self.person, now=now, reason="样品未按期完成")

    def called_off(self, uow: UnitOfWork, now: datetime) -> None:
        """The lab takes the time back, as when the instrument is broken; not from who is there."""
        if self.over or self.came_at:
            return
        reason = "设备故障，请改约其他时间"
        self.over = self._try(
            "call off",
            lambda: cancel(uow, self.number, actor=self.manager, now=now, reason=reason),
        )

    # ── there ────────────────────────────────────────────────────────────────────────────────────

    def arrive(self, uow: UnitOfWork, now: datetime) -> None:
        if self.over or not self._try(
            "check in", lambda: check_in(uow, self.number, actor=self.operator, now=now)
        ):
            self.over = True
            return
        self.came_at, span = now, self.visit.span
        if self.visit.fate is Fate.FORGOTTEN:
            self.plans.later(span.end + 61 * _MINUTE, self.plans.sweep)
            self.plans.later(span.end + 62 * _MINUTE, self.left)
        else:
            early = self.visit.pace[2] * min(0.12 * span.length, _TOO_SHORT_FOR_MORE)
            self.plans.later(span.end - early, self.leave)

    def leave(self, uow: UnitOfWork, now: datetime) -> None:
        check_out(uow, self.number, self.record(now), actor=self.operator, now=now)
        self.left(uow, now)

    def left(self, _: UnitOfWork, now: datetime) -> None:
        """Both sides will look at the record, or neither: then silence confirms."""
        if self.visit.silent and self.visit.fate is Fate.USED:
            return
        self.plans.later(now + 2 * _HOUR + self.visit.pace[0] * 20 * _HOUR, self.agree_as_host)
        user_at = now + _DAY + self.visit.pace[3] * 3 * _DAY
        if self.visit.fate is Fate.DISPUTED:
            self.plans.later(user_at, self.complain)
        else:
            self.plans.later(user_at, self.agree_as_user)

    # ── after ────────────────────────────────────────────────────────────────────────────────────

    def agree_as_host(self, uow: UnitOfWork, now: datetime) -> None:
        # Nobody wrote down a forgotten use; the host does so when confirming.
        record = self.record(self.visit.span.end) if self.visit.fate is Fate.FORGOTTEN else None
        manager = self.manager
        self._try(
            "confirm", lambda: confirm(uow, self.number, actor=manager, now=now, record=record)
        )

    def agree_as_user(self, uow: UnitOfWork, now: datetime) -> None:
        self._try("confirm", lambda: confirm(uow, self.number, actor=self.person, now=now))
        self._try("grade", lambda: self._grade(uow, now))

    def _grade(self, uow: UnitOfWork, now: datetime) -> None:
        """The slower it went, the worse; most are content."""
        grades = (Grade.VERY_GOOD, Grade.VERY_GOOD, Grade.GOOD, Grade.GOOD, Grade.FAIR)
        word = Word(grades[int(self.visit.pace[2] * len(grades)) % len(grades)])
        give_feedback(uow, self.number, word, actor=self.person, now=now)

    def complain(self, uow: UnitOfWork, now: datetime) -> None:
        dispute(uow, self.number, actor=self.person, now=now, reason="记录的测试时间与实际不符")
        self.plans.later(now + _DAY, self.settle_argument)

    def settle_argument(self, uow: UnitOfWork, now: datetime) -> None:
        resolve(uow, self.number, actor=self.manager, now=now, reason="已与用户核对，记录无误")
        self.plans.later(now + 3 * _HOUR, self.agree_as_host)
        self.plans.later(now + _DAY, self.agree_as_user)

    def record(self, until: datetime) -> UseRecord:
        """Some minutes to get ready, some to clean up, the rest is work and a little waiting."""
        _, ready, clean, wait = self.visit.pace
        minutes = (until - (self.came_at or self.visit.span.start)) // _MINUTE
        preparation = int(minutes * (0.05 + 0.08 * ready))
        post, idle = int(minutes * 0.08 * clean), int(minutes * 0.12 * wait)
        return UseRecord(
            preparation_minutes=preparation,
            test_minutes=minutes - preparation - post - idle,
            post_minutes=post,
            idle_minutes=idle,
            samples=self.visit.samples,
        )

    def _try(self, what: str, deed: Callable[[], object]) -> bool:
        return self.plans.attempt(what, deed)
