"""Two companies, three instruments of a lab, and a clock that moves, in one transaction."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition
from sqlalchemy.engine import Engine
from sqlmodel import SQLModel

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork, unit_of_work
from booking.instruments.actions.offer_helpers import Helper, keep_helper
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.unit import UnitKind
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.errors import BookingError
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.decide import approve
from booking.reservations.actions.reserve import reserve
from booking.reservations.rules.grid import line_at_or_before
from booking.reservations.rules.wish import Wish
from booking.reservations.states import State
from booking.wiring import REACTIONS
from tests.factories.accounts import make_member, make_staff
from tests.factories.credit import make_rules
from tests.factories.instruments import enter_year, make_instrument
from tests.factories.organisations import make_organisation
from tests.factories.reservation_values import at
from tests.factories.reservations import make_scene
from tests.reservations.sequence.ending import assert_complete
from tests.reservations.sequence.facts import count_facts
from tests.reservations.sequence.sight import Asked, Booked, Sight, look
from tests.support.invariants import assert_sound, assert_sound_at_the_end

MINUTE = timedelta(minutes=1)
HALF_HOUR = 30 * MINUTE
PICKS = st.integers(0, 23)
LENGTHS = st.integers(1, 6)
THINGS = st.integers(0, 2)
# Mostly what is possible; sometimes anything, by anybody.
AIMED = st.sampled_from([True, True, True, True, False])
MODES = st.sampled_from([None, None, ServiceMode.ASSISTED])
SIDES = st.sampled_from(["member", "admin", "rival", "manager"])
COMPANIES = st.sampled_from(["member", "admin", "rival"])
QUOTA = {"per": "organisation", "measure": "count", "period": "day", "limit": 9}
POLICIES = st.fixed_dictionaries(
    {
        "approval": st.sampled_from(["none", "none", "first", "always"]),
        "buffer_before_minutes": st.sampled_from([0, 15]),
        "buffer_after_minutes": st.sampled_from([0, 30]),
        "free_cancel_minutes": st.sampled_from([0, 120, 1440]),
        "late_cancel_percent": st.just(50),
        "no_show_percent": st.just(100),
        "overrun_percent": st.sampled_from([0, 150]),
        "ends_itself": st.sampled_from([False, False, False, True]),
        "confirm_tolerance_minutes": st.sampled_from([None, None, 15]),
        "offer_minutes": st.sampled_from([30, 240]),
        "quotas": st.sampled_from([[], [QUOTA]]),
        "longest_minutes": st.just(240),
        "confirm_days": st.just(1),
    }
)
# No rules of credit, some that lock nobody out, and those that soon do.
CREDIT = st.sampled_from([None, 1000, 1000, 100])
Row = TypeVar("Row", bound=SQLModel)
Picked = TypeVar("Picked")


# More than these are not booked ahead; there would be no room for anything else.
MOST_AHEAD = 10


def now_and_then(every: int) -> Callable[[Any], Any]:
    """What would crowd out the rest is possible in some steps only."""
    return precondition(lambda self: self.turn % every == 0)


class Town(RuleBasedStateMachine):
    """What all deeds share."""

    steps: ClassVar[Counter[str]] = Counter()
    facts: ClassVar[Counter[str]] = Counter()

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        # As on a live system, but the end of the sequence takes everything back.
        self.connection = engine.connect()
        self.outer = self.connection.begin()
        self.savepoint = self.connection.begin_nested()
        self.now: datetime = at("11-23 09:00")
        self.sight = Sight()
        self.turn = 0
        self.tried = self.sound = False

    def teardown(self) -> None:
        try:
            if self.sound:
                with self.write() as uow:
                    assert_sound_at_the_end(uow, now=self.now)
                assert_complete(self.connection)
                self.facts.update(count_facts(self.connection))
        finally:
            self.outer.rollback()
            self.connection.close()

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        with unit_of_work(self.connection, REACTIONS) as uow:
            yield uow

    def attempt(self, deed: Callable[[UnitOfWork], object]) -> None:
        """Do it in a transaction of its own; a refusal leaves nothing behind."""
        self.tried = True
        try:
            with self.write() as uow:
                deed(uow)
                assert uow.failures == []
        except BookingError as refused:
            self.steps["refused"] += 1
            self.facts[f"refused: {refused.code}"] += 1
            return
        self.steps["done"] += 1

    def open_the_lab(self, policy: dict[str, object], units: int, credit: int | None) -> None:
        """Three instruments, two helpers, and two bookings of each company."""
        with self.write() as uow:
            enter_year(uow, 2026)
            if credit:
                make_rules(uow, start=credit)
            self.scene = make_scene(uow, policy=policy, units=units)
            whole = self.scene.instrument
            lab_id = whole.lab_id
            part = make_instrument(uow, lab_id=lab_id, units=2, policy=policy, part_of_id=whole.key)
            other = make_instrument(uow, lab_id=lab_id, units=2, policy=policy)
            self.instruments: tuple[Instrument, ...] = (whole, part, other)
            self.places = (units, 2, 2)
            for label in ("示例甲", "示例乙"):
                helper = Helper(
                    kind=UnitKind.OPERATOR, label=label, instrument_ids=[part.key, other.key]
                )
                keep_helper(uow, lab_id, helper, actor=self.scene.manager, now=self.now)
            self.rival = make_member(uow, make_organisation(uow, verified=True).key)
            self.centre = make_staff(uow)
        for n, who in enumerate((self.scene.member, self.rival) * 2):
            self.promised(who, self.ahead(6 * n, 4), 2 * (n % 2))

    def promised(
        self, who: Actor, span: TimeSpan, thing: int, *, mode: ServiceMode | None = None
    ) -> str:
        """The number of a booking that the lab, where it must, said yes to."""
        with self.write() as uow:
            made = reserve(uow, self.wish(span, thing, mode), actor=who, now=self.now)
            if made.state is State.REQUESTED:
                approve(uow, made.number, actor=self.scene.manager, now=self.now)
            return made.number

    def ahead(self, first: int, length: int) -> TimeSpan:
        """Some half hours from now on, on the grid."""
        start = line_at_or_before(self.now, HALF_HOUR) + (first + 1) * HALF_HOUR
        return TimeSpan(start, start + length * HALF_HOUR)

    def wish(self, span: TimeSpan, thing: int, mode: ServiceMode | None = None) -> Wish:
        wanted = self.scene.wish(span, mode=mode)
        return replace(wanted, instrument_id=self.instruments[thing].key)

    def who(self, side: str) -> Actor:
        actor: Actor = self.rival if side == "rival" else getattr(self.scene, side)
        return actor

    def named(self, person_id: int) -> Actor:
        """Who somebody is."""
        people = (self.scene.member, self.scene.admin, self.rival, self.scene.manager)
        return next(one for one in people if one.id == person_id)

    def choose(
        self, pick: int, possible: Sequence[Booked], *, aimed: bool, side: str
    ) -> tuple[str, Actor]:
        """A booking with which something is possible and who holds it; or any, and anybody."""
        found = possible if aimed and possible else self.sight.bookings
        if not found:
            return "R000000-NOTHERE", self.who(side)
        one = found[-1 - pick % len(found)]
        return one.number, self.named(one.holder_id) if aimed else self.who(side)

    def one_of(self, table: type[Row], pick: int, *which: sa.ColumnElement[bool]) -> Row | None:
        """A row among some, as it is now."""
        with self.write() as uow:
            asked = sa.select(table).where(*which).order_by(sa.text("id"))
            found = list(uow.session.execute(asked).scalars())
        return found[pick % len(found)] if found else None

    @property
    def has_room(self) -> bool:
        return len(self.sight.ahead(self.now)) < MOST_AHEAD

    def taken(self) -> list[Booked]:
        """Bookings ahead at whose time every place of their instrument is booked."""
        places = dict(zip([one.key for one in self.instruments], self.places, strict=True))
        ahead = self.sight.ahead(self.now)
        return [
            one
            for one in ahead
            if places[one.instrument_id]
            <= sum(
                each.instrument_id == one.instrument_id and each.span.overlaps(one.span)
                for each in ahead
            )
        ]

    def booking_of(self, key: int) -> Booked:
        return next(one for one in self.sight.bookings if one.key == key)

    def standing(self, asked: Sequence[Asked]) -> list[Asked]:
        """What can still be answered."""
        return [one for one in asked if one.lapses_at > self.now]

    def let_lapse(self, one: Asked, job: Callable[[UnitOfWork, datetime], int]) -> None:
        """Nobody says anything until it is too late."""
        self.now = max(self.now, one.lapses_at)
        self.attempt(lambda uow: job(uow, self.now))

    def settle_promises(self) -> None:
        """What PostgreSQL looks at when a transaction ends; this one never does."""
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))
            self.connection.execute(sa.text("SET CONSTRAINTS ALL DEFERRED"))

    @invariant()
    def everything_is_sound(self) -> None:
        # Nothing was tried before the first rule, and nothing where a rule found nothing to try.
        self.steps["steps" if self.tried else "idle"] += 1
        self.turn += 1
        self.tried = self.sound = False
        self.settle_promises()
        self.sight = look(self.connection)
        with self.write() as uow:
            assert_sound(uow.session)
        self.sound = True


def picked(pick: int, found: Sequence[Picked]) -> Picked:
    """One of some."""
    return found[pick % len(found)]
