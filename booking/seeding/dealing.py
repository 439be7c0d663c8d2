"""往来: what people ask of each other in the demo's present days, by their own deeds.

What the platform refuses, because the history left no room for it, is left out.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col

from booking.access.actor import Actor
from booking.accounts.queries.actors import actor_by_id
from booking.credit.actions.appeal import appeal, decide_appeal
from booking.credit.actions.set_rules import Version, set_rules
from booking.credit.models import CreditEntry
from booking.credit.rules import Terms
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.kernel.errors import BookingError
from booking.kernel.timespan import TimeSpan, local_midnight
from booking.reservations.actions.ask_swap import ask_swap
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.actions.join_waitlist import join_waitlist
from booking.reservations.actions.propose_time import Proposed, propose_time
from booking.reservations.actions.reserve import reserve
from booking.reservations.actions.reserve_joint import reserve_joint
from booking.reservations.actions.reserve_series import reserve_series
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.joint import starts_near
from booking.reservations.rules.series import OnConflict
from booking.reservations.rules.waitlist import WaitWish
from booking.reservations.rules.wish import SeriesWish, Wish
from booking.seeding.files import SeedFiles
from booking.seeding.registering import Register

_FILE: Final = "dealings.toml"
_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)
# People ask for the middle of the morning.
_MORNING: Final = timedelta(hours=10)
Told = Mapping[str, Any]


def agree_on_credit(
    uow: UnitOfWork, files: SeedFiles, register: Register, *, now: datetime, today: datetime
) -> None:
    """The centre's rules of credit, known when it opens, in force for the last days only."""
    table: Told = files.table(_FILE)
    told = dict(table["credit"])
    note, days = str(told.pop("note")), int(told.pop("days_ago"))
    centre = actor_by_id(uow.session, register.people["admin@example.com"])
    version = Version(terms=Terms(**told), valid_from=today - days * _DAY, note=note)
    set_rules(uow, version, actor=centre, now=now)


def deal(uow: UnitOfWork, files: SeedFiles, register: Register, *, now: datetime) -> None:
    """Every scene of the file."""
    desk = Desk(uow, files.table(_FILE), register, now)
    scenes: tuple[Callable[[Desk], None], ...] = (
        *(_series, _joint, _proposal, _swap),
        *(_waiting, _overrun, _late, _in_vain),
    )
    for scene in scenes:
        with suppress(BookingError), uow.session.begin_nested():
            scene(desk)


@dataclass(frozen=True)
class Desk:
    """The file, who and what is meant by it, and now."""

    uow: UnitOfWork
    table: Mapping[str, Any]
    register: Register
    now: datetime

    def who(self, told: Told, part: str = "person") -> Actor:
        return actor_by_id(self.uow.session, self.register.people[str(told[part])])

    def wish(self, told: Told, *, around: datetime) -> Wish:
        """So many minutes from that moment on."""
        span = TimeSpan(around, around + int(told["minutes"]) * _MINUTE)
        number = self.register.instruments[str(told["code"])]
        return Wish(instrument_id=number, span=span, purpose=str(told["purpose"]))

    def morning(self, days: int) -> datetime:
        """The middle of a morning, so many days from now."""
        return local_midnight(local(self.now).date() + days * _DAY) + _MORNING

    def book(self, told: Told, who: Actor, *, around: datetime, now: datetime) -> Reservation:
        wish = self.wish(told, around=around)
        (free,) = free_near(self.uow, [wish], now=now)
        return reserve(self.uow, free, actor=who, now=now)


def free_near(uow: UnitOfWork, wishes: Sequence[Wish], *, now: datetime) -> list[Wish]:
    """The same at the nearest time that is free for all of them; as wished when there is none."""
    first = wishes[0].span.start
    start = next(iter(starts_near(uow.session, wishes, now=now)), first)
    return [_moved(one, start - first) for one in wishes]


def _moved(wish: Wish, by: timedelta) -> Wish:
    return replace(wish, span=TimeSpan(wish.span.start + by, wish.span.end + by))


def _series(desk: Desk) -> None:
    told = desk.table["series"]
    wish = desk.wish(told, around=desk.morning(int(told["in_days"])))
    (first,) = free_near(desk.uow, [wish], now=desk.now)
    asked = SeriesWish(first, str(told["rule"]), OnConflict.SKIP)
    reserve_series(desk.uow, asked, actor=desk.who(told), now=desk.now)


def _joint(desk: Desk) -> None:
    told, around = desk.table["joint"], desk.morning(int(desk.table["joint"]["in_days"]))
    wishes: list[Wish] = []
    for step in told["steps"]:
        at = wishes[-1].span.end if wishes else around
        wishes.append(desk.wish({**step, "purpose": told["purpose"]}, around=at))
    free = free_near(desk.uow, wishes, now=desk.now)
    reserve_joint(desk.uow, free, actor=desk.who(told), now=desk.now)


def _proposal(desk: Desk) -> None:
    told, around = desk.table["proposal"], desk.morning(int(desk.table["proposal"]["in_days"]))
    made = desk.book(told, desk.who(told), around=around, now=desk.now - _DAY)
    later = desk.wish(told, around=made.ends_at + 2 * _HOUR)
    (free,) = free_near(desk.uow, [later], now=desk.now)
    wanted = Proposed(span=free.span, reason=str(told["reason"]))
    propose_time(desk.uow, made.number, wanted, actor=desk.who(told, "manager"), now=desk.now)


def _swap(desk: Desk) -> None:
    told, around = desk.table["swap"], desk.morning(int(desk.table["swap"]["in_days"]))
    wanted = desk.book(told, desk.who(told), around=around, now=desk.now - _DAY)
    other = desk.who(told, "other")
    theirs = desk.book(told, other, around=wanted.ends_at + _DAY, now=desk.now - _DAY)
    span = TimeSpan(wanted.starts_at, wanted.ends_at)
    ask_swap(desk.uow, theirs.number, span, actor=other, now=desk.now)


def _waiting(desk: Desk) -> None:
    told, around = desk.table["waiting"], desk.morning(int(desk.table["waiting"]["in_days"]))
    taken = desk.book(told, desk.who(told, "other"), around=around, now=desk.now - _DAY)
    wish = WaitWish(
        instrument_ids=(taken.instrument_id,),
        window=TimeSpan(taken.starts_at, taken.ends_at),
        minutes=int(told["minutes"]),
        purpose=str(told["purpose"]),
    )
    join_waitlist(desk.uow, wish, actor=desk.who(told), now=desk.now)


def _overrun(desk: Desk) -> None:
    """A use that ended late; its entry was appealed against, and the centre took it back."""
    told = desk.table["overrun"]
    around, operator = desk.morning(-int(told["days_ago"])), desk.who(told, "operator")
    made = desk.book(told, desk.who(told), around=around, now=around - _DAY)
    check_in(desk.uow, made.number, actor=operator, now=made.starts_at)
    end = made.ends_at + int(told["late_minutes"]) * _MINUTE
    check_out(desk.uow, made.number, None, actor=operator, now=end)
    asked_at = end + _HOUR
    for entry_id in _entries_of(desk.uow, made.number):
        words, reason = str(told["words"]), str(told["granted"])
        asked = appeal(desk.uow, entry_id, words, actor=desk.who(told), now=asked_at)
        centre, at = desk.who(told, "centre"), asked_at + _HOUR
        decide_appeal(desk.uow, asked.key, reason, grant=True, actor=centre, now=at)


def _late(desk: Desk) -> None:
    """Given back when it was not free any more; the appeal waits for the centre."""
    told, who = desk.table["late"], desk.who(desk.table["late"])
    made = desk.book(told, who, around=desk.now + 4 * _HOUR, now=desk.now - 2 * _HOUR)
    cancel(desk.uow, made.number, actor=who, now=desk.now, reason=str(told["reason"]))
    for entry_id in _entries_of(desk.uow, made.number):
        appeal(desk.uow, entry_id, str(told["words"]), actor=who, now=desk.now)


def _in_vain(desk: Desk) -> None:
    """What is asked for and refused, and noted of it."""
    told = desk.table["in_vain"]
    ahead = (int(told["weekday"]) - local(desk.now).isoweekday()) % 7 or 7
    for week in range(int(told["weeks"])):
        for person in told["people"]:
            wish = desk.wish(told, around=desk.morning(ahead + 7 * week))
            who = desk.who({"person": person})
            with suppress(BookingError), desk.uow.session.begin_nested():
                reserve(desk.uow, wish, actor=who, now=desk.now)
    for note in desk.uow.when_refused:
        note(desk.uow)
    desk.uow.when_refused.clear()


def _entries_of(uow: UnitOfWork, number: str) -> Sequence[int]:
    """What a booking cost its company in points."""
    asked = sa.select(col(CreditEntry.id)).where(
        col(CreditEntry.reservation_number) == number,
        col(CreditEntry.organisation_id).is_not(None),
        col(CreditEntry.points) < 0,
    )
    return [one for one in uow.session.execute(asked).scalars() if one is not None]
