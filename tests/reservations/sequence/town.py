"""Two companies, three instruments of a lab, and a clock that moves, in one transaction."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar, TypeVar

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from sqlalchemy.engine import Engine
from sqlmodel import SQLModel, col

from booking.access.actor import Actor
from booking.audit.models import AuditEntry
from booking.db.transactions import UnitOfWork, unit_of_work
from booking.instruments.actions.offer_helpers import Helper, keep_helper
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.unit import UnitKind
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.errors import BookingError
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.decide import approve
from booking.reservations.actions.reserve import reserve
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.loading import reservation_by_number
from booking.reservations.rules.grid import line_at_or_before
from booking.reservations.rules.wish import Wish
from booking.reservations.states import State
from booking.wiring import REACTIONS
from tests.factories.accounts import make_member, make_staff
from tests.factories.instruments import make_instrument
from tests.factories.organisations import make_organisation
from tests.factories.reservation_values import at
from tests.factories.reservations import make_scene
from tests.support.invariants import assert_sound

HALF_HOUR = timedelta(minutes=30)
PICKS = st.integers(0, 23)
LENGTHS = st.integers(1, 8)
THINGS = st.integers(0, 2)
MODES = st.sampled_from([None, ServiceMode.ASSISTED])
SIDES = st.sampled_from(["member", "admin", "rival", "manager"])
COMPANIES = st.sampled_from(["member", "admin", "rival"])
QUOTA = {"per": "organisation", "measure": "count", "period": "day", "limit": 9}
POLICIES = st.fixed_dictionaries(
    {
        "approval": st.sampled_from(["none", "none", "first", "always"]),
        "buffer_before_minutes": st.sampled_from([0, 15]),
        "buffer_after_minutes": st.sampled_from([0, 30]),
        "free_cancel_minutes": st.sampled_from([0, 120]),
        "late_cancel_percent": st.just(50),
        "no_show_percent": st.just(100),
        "quotas": st.sampled_from([[], [QUOTA]]),
        "longest_minutes": st.just(240),
        "confirm_days": st.just(1),
    }
)
Row = TypeVar("Row", bound=SQLModel)


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
        self.numbers: list[str] = []

    def teardown(self) -> None:
        told = sa.select(col(AuditEntry.name), sa.func.count()).group_by(col(AuditEntry.name))
        self.facts.update({row[0]: row[1] for row in self.connection.execute(told)})
        self.outer.rollback()
        self.connection.close()

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        with unit_of_work(self.connection, REACTIONS) as uow:
            yield uow

    def attempt(self, deed: Callable[[UnitOfWork], object]) -> None:
        """Do it in a transaction of its own; a refusal leaves nothing behind."""
        try:
            with self.write() as uow:
                deed(uow)
                assert uow.failures == []
        except BookingError:
            self.steps["refused"] += 1
            return
        self.steps["done"] += 1

    @initialize(policy=POLICIES, units=st.integers(1, 2))
    def open_the_lab(self, policy: dict[str, object], units: int) -> None:
        with self.write() as uow:
            self.scene = make_scene(uow, policy=policy, units=units)
            whole = self.scene.instrument
            lab_id = whole.lab_id
            part = make_instrument(uow, lab_id=lab_id, units=2, policy=policy, part_of_id=whole.key)
            other = make_instrument(uow, lab_id=lab_id, units=2, policy=policy)
            self.instruments: tuple[Instrument, ...] = (whole, part, other)
            helper = Helper(
                kind=UnitKind.OPERATOR,
                label="示例",
                instrument_ids=[part.key, other.key],
            )
            keep_helper(uow, lab_id, helper, actor=self.scene.manager, now=self.now)
            self.rival = make_member(uow, make_organisation(uow, verified=True).key)
            self.centre = make_staff(uow)
            for n, who in enumerate((self.scene.member, self.rival) * 2):
                wish = self.wish(self.ahead(6 * n, 4), 2 * (n % 2))
                made = reserve(uow, wish, actor=who, now=self.now)
                if made.state is State.REQUESTED:
                    approve(uow, made.number, actor=self.scene.manager, now=self.now)

    def ahead(self, first: int, length: int) -> TimeSpan:
        """Some half hours from now on, on the grid."""
        start = line_at_or_before(self.now, HALF_HOUR) + (first + 1) * HALF_HOUR
        return TimeSpan(start, start + length * HALF_HOUR)

    def span_of(self, number: str) -> TimeSpan:
        with self.write() as uow:
            return reservation_by_number(uow.session, number).span

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

    def some(self, pick: int) -> str:
        return self.numbers[-1 - pick % len(self.numbers)] if self.numbers else "R000000-NOTHERE"

    def one_of(self, table: type[Row], pick: int, *which: sa.ColumnElement[bool]) -> Row | None:
        """A row among some, as it is now."""
        with self.write() as uow:
            asked = sa.select(table).where(*which).order_by(sa.text("id"))
            found = list(uow.session.execute(asked).scalars())
        return found[pick % len(found)] if found else None

    def look_around(self) -> None:
        """All bookings there are can be picked."""
        with self.write() as uow:
            asked = sa.select(col(Reservation.number)).order_by(col(Reservation.id))
            self.numbers = list(uow.session.execute(asked).scalars())

    @invariant()
    def everything_is_sound(self) -> None:
        self.steps["steps"] += 1
        self.look_around()
        with self.write() as uow:
            assert_sound(uow.session)
