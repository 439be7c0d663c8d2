"""Rivals who want overlapping sets of units in other orders, round after round.

A whole with a part that has two places and a part of its own, another instrument with two places,
and two operators: whoever books one of them holds several units. In every round each rival books,
moves or gives back something at the same moment as all others. What PostgreSQL refuses is not
tried again: it ends the meeting.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from threading import Barrier
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork, unit_of_work
from booking.instruments.actions.offer_helpers import Helper, keep_helper
from booking.instruments.models.unit import UnitKind
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.errors import BookingError
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.change_joint import cancel_joint, move_joint
from booking.reservations.actions.reschedule import reschedule
from booking.reservations.actions.reserve import reserve
from booking.reservations.actions.reserve_joint import reserve_joint
from booking.reservations.rules.wish import Wish
from booking.wiring import REACTIONS
from tests.factories.accounts import make_member
from tests.factories.instruments import make_instrument
from tests.factories.organisations import make_organisation
from tests.factories.reservation_values import at
from tests.factories.reservations import make_scene

NOW: Final = at("11-23 09:00")
_FIRST: Final = at("11-24 09:00")
_HOUR: Final = timedelta(hours=1)
_DAYS: Final = 40
_ROUNDS_A_DAY: Final = 8
_POLICY: Final[dict[str, object]] = {"grid_minutes": 60, "shortest_minutes": 60}
_PATIENCE_SECONDS: Final = 240
# Longer than PostgreSQL takes to look for a circle, so that it finds one where there is one.
LOCK_TIMEOUT_MS: Final = 60_000
DONE: Final = "done"
BUSY: Final = "busy"
_DEADLOCKS: Final = sa.text(
    "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
)

# What somebody has: nothing, or one booking or several together, by number.
Held = tuple[str, str]
NOTHING: Final[Held] = ("", "")
Deed = Callable[[UnitOfWork], Held]


@dataclass
class Rival:
    """Somebody of a company of their own, and what they have."""

    actor: Actor
    chance: Random
    things: tuple[int, ...]
    # Who operates which of them.
    operators: Mapping[int, tuple[int, ...]]
    has: Held = NOTHING

    def deed(self, n: int) -> Deed:
        """What is tried in a round; it answers what they have then."""
        span = self._span(n)
        what, number = self.has
        if not what:
            return self._book_joint(span) if self.chance.random() < 0.5 else self._book(span)
        if self.chance.random() < 0.5:
            return self._leave(what, number)
        return self._move(what, number, span)

    def _span(self, n: int) -> TimeSpan:
        day = timedelta(days=n // _ROUNDS_A_DAY % _DAYS)
        start = _FIRST + day + self.chance.randrange(3) * _HOUR
        return TimeSpan(start, start + self.chance.choice((1, 2)) * _HOUR)

    def _wish(self, thing: int, span: TimeSpan) -> Wish:
        wish = Wish(instrument_id=thing, span=span, purpose="断口形貌")
        operators = self.operators.get(thing, ())
        if not operators or self.chance.random() < 0.4:
            return wish
        assisted = replace(wish, mode=ServiceMode.ASSISTED)
        if self.chance.random() < 0.5:
            return assisted
        return replace(assisted, helper_ids=(self.chance.choice(operators),))

    def _book(self, span: TimeSpan) -> Deed:
        wish = self._wish(self.chance.choice(self.things), span)
        return lambda uow: ("alone", reserve(uow, wish, actor=self.actor, now=NOW).number)

    def _book_joint(self, span: TimeSpan) -> Deed:
        """Two or three of them, in any order."""
        wanted = self.chance.sample(self.things, self.chance.choice((2, 3)))
        wishes = [self._wish(thing, span) for thing in wanted]
        return lambda uow: (
            "joint",
            reserve_joint(uow, wishes, actor=self.actor, now=NOW).joint.number,
        )

    def _leave(self, what: str, number: str) -> Deed:
        leave = cancel if what == "alone" else cancel_joint

        def deed(uow: UnitOfWork) -> Held:
            leave(uow, number, actor=self.actor, now=NOW)
            return NOTHING

        return deed

    def _move(self, what: str, number: str, span: TimeSpan) -> Deed:
        def deed(uow: UnitOfWork) -> Held:
            if what == "alone":
                reschedule(uow, number, span, actor=self.actor, now=NOW)
            else:
                move_joint(uow, number, span.start, actor=self.actor, now=NOW)
            return self.has

        return deed


@dataclass
class Square:
    """Where they meet."""

    engine: Engine
    rivals: tuple[Rival, ...]

    @classmethod
    def make(cls, engine: Engine, *, rivals: int, seed: int) -> "Square":
        with unit_of_work(engine, REACTIONS) as uow:
            scene = make_scene(uow, policy=dict(_POLICY))
            lab, whole = scene.instrument.lab_id, scene.instrument.key
            part = make_instrument(uow, lab_id=lab, units=2, policy=_POLICY, part_of_id=whole).key
            deeper = make_instrument(uow, lab_id=lab, policy=_POLICY, part_of_id=part).key
            other = make_instrument(uow, lab_id=lab, units=2, policy=_POLICY).key
            both = Helper(kind=UnitKind.OPERATOR, label="示例", instrument_ids=[part, other])
            operators = tuple(
                keep_helper(uow, lab, both, actor=scene.manager, now=NOW).key for _ in range(2)
            )
            people = [
                make_member(uow, make_organisation(uow, verified=True).key) for _ in range(rivals)
            ]
        things, who_operates = (whole, part, deeper, other), {part: operators, other: operators}
        return cls(
            engine,
            tuple(
                Rival(who, Random(f"{seed}-{n}"), things, who_operates)
                for n, who in enumerate(people)
            ),
        )

    def meet(self, rounds: int, *, first: int = 0) -> Counter[str]:
        """How often each answer was given, after so many rounds, counted from the first."""
        gate = Barrier(len(self.rivals))
        with ThreadPoolExecutor(len(self.rivals)) as pool:
            said = list(
                pool.map(
                    lambda rival: self._take_part(rival, range(first, first + rounds), gate),
                    self.rivals,
                )
            )
        return sum(said, Counter[str]())

    def _take_part(self, rival: Rival, rounds: range, gate: Barrier) -> Counter[str]:
        said: Counter[str] = Counter()
        try:
            for n in rounds:
                gate.wait(_PATIENCE_SECONDS)
                said[self._tried(rival, rival.deed(n))] += 1
        except BaseException:
            gate.abort()
            raise
        return said

    def _tried(self, rival: Rival, deed: Deed) -> str:
        try:
            with unit_of_work(self.engine, REACTIONS) as uow:
                has = deed(uow)
        except BookingError as refused:
            return refused.code
        except OperationalError:
            # One writer at a time, and a machine too busy for four: no circle, but a long line.
            if self.engine.dialect.name != "sqlite":
                raise
            return BUSY
        rival.has = has
        return DONE

    def deadlocks(self) -> int:
        """How many the server has counted in this database; SQLite has one writer and none."""
        if self.engine.dialect.name != "postgresql":
            return 0
        with self.engine.connect() as connection:
            counted: int = connection.execute(_DEADLOCKS).scalar_one()
        return counted
