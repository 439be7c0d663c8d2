"""Playing the script through the real actions, one unit of work per simulated day.

What the platform refuses stays refused and is counted; simulated time only moves forward.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.close import Closing, close
from booking.instruments.actions.faults import close_for_fault, repair_fault, report_fault
from booking.instruments.models.calendar import ClosureKind
from booking.instruments.queries.holds import taken_with_parts
from booking.instruments.rules.terms import ServiceMode, by_order
from booking.kernel.errors import BookingError
from booking.kernel.timespan import TimeSpan
from booking.reservations import jobs
from booking.reservations.actions.reserve import reserve
from booking.reservations.rules.wish import Wish
from booking.reservations.states import State
from booking.seeding.agenda import Agenda, Deed
from booking.seeding.script import Mishap, Visit
from booking.seeding.visiting import Visiting

_REASONS = {"fault": "真空系统报警，待维修（示例）", "maintenance": "计划保养（示例）"}


@dataclass(frozen=True)
class Cast:
    """Who acts: people by e-mail, the staff by lab; and the ids of what they use."""

    people: Mapping[str, Actor]
    managers: Mapping[str, Actor]
    operators: Mapping[str, Actor]
    instruments: Mapping[str, int]
    labs: Mapping[str, str]


@dataclass
class Stage:
    """The visits that are under way, and what became of all."""

    cast: Cast
    agenda: Agenda = field(default_factory=Agenda)
    tally: Counter[str] = field(default_factory=Counter)
    bookings: dict[str, Visiting] = field(default_factory=dict)

    def ask(self, visit: Visit, uow: UnitOfWork, now: datetime) -> None:
        """Book, and plan what this person will do about it."""
        lab = self.cast.labs[visit.card]
        person, manager = self.cast.people[visit.person], self.cast.managers[lab]
        # What a lab does for orders it takes the time for itself.
        for_order = by_order(visit.mode)
        wish = Wish(
            instrument_id=self.cast.instruments[visit.card],
            span=visit.span,
            mode=ServiceMode(visit.mode),
            purpose=visit.purpose,
            samples=visit.samples,
            on_behalf_of=person.id if for_order else None,
        )
        try:
            made = reserve(uow, wish, actor=manager if for_order else person, now=now)
        except BookingError as refused:
            self.refused("reserve", refused)
            _note(uow)
            return
        self.tally["booked"] += 1
        self.bookings[made.number] = Visiting(
            visit=visit,
            number=made.number,
            person=person,
            manager=manager,
            operator=self.cast.operators[lab],
            plans=self,
        )
        self.bookings[made.number].plan(waits=made.state is State.REQUESTED)

    def collide(self, visit: Visit, uow: UnitOfWork, now: datetime) -> None:
        """Ask for a time that somebody else has; the platform is expected to say no."""
        before = self.tally["booked"]
        self.ask(visit, uow, now)
        self.tally["double bookings refused"] += self.tally["booked"] == before

    def mishaps(self, mishaps: tuple[Mishap, ...]) -> None:
        """Put faults and maintenance on the agenda."""
        for mishap in mishaps:
            self.agenda.add(mishap.known_at, partial(self.close, mishap))

    def wishes(self, visits: tuple[Visit, ...], *, colliding: bool) -> None:
        """Put wishes on the agenda."""
        deed = self.collide if colliding else self.ask
        for visit in visits:
            self.agenda.add(visit.asked_at, partial(deed, visit))

    def close(self, mishap: Mishap, uow: UnitOfWork, now: datetime) -> None:
        """The instrument breaks or is looked after; whoever is in a fault's way is told."""
        manager = self.cast.managers[self.cast.labs[mishap.card]]
        instrument_id = self.cast.instruments[mishap.card]
        closing = Closing(mishap.span, ClosureKind(mishap.kind), _REASONS[mishap.kind])
        try:
            if closing.kind is ClosureKind.FAULT:
                self._break(uow, instrument_id, closing, manager=manager, now=now)
            else:
                close(uow, instrument_id, closing, actor=manager, now=now)
        except BookingError as refused:
            self.refused(f"close for {mishap.kind}", refused)
            return
        self.tally[mishap.kind] += 1

    def _break(
        self,
        uow: UnitOfWork,
        instrument_id: int,
        closing: Closing,
        *,
        manager: Actor,
        now: datetime,
    ) -> None:
        fault = report_fault(uow, instrument_id, closing.reason, actor=manager, now=now)
        until = closing.span.end
        close_for_fault(uow, fault.key, actor=manager, now=now, until=until)
        in_the_way = taken_with_parts(uow.session, instrument_id, TimeSpan(now, until))
        numbers = {hold.reservation_number for held in in_the_way.values() for hold in held}
        for number in sorted(filter(None, numbers)):
            if booking := self.bookings.get(number):
                booking.called_off(uow, now)
        self.agenda.add(until, partial(self._repair, fault_id=fault.key, manager=manager))

    def _repair(self, uow: UnitOfWork, now: datetime, *, fault_id: int, manager: Actor) -> None:
        done = "更换密封圈后复测合格（示例）"
        self.attempt("repair", lambda: repair_fault(uow, fault_id, done, actor=manager, now=now))

    # ── what visits need ─────────────────────────────────────────────────────────────────────────

    def later(self, at: datetime, deed: Deed) -> None:
        self.agenda.add(at, deed)

    def sweep(self, uow: UnitOfWork, now: datetime) -> None:
        """What the clock does every few minutes; here at every moment that matters."""
        self.tally["expired"] += jobs.expire_requests(uow, now)
        self.tally["missed"] += jobs.mark_no_shows(uow, now)
        self.tally["forgotten"] += jobs.close_forgotten(uow, now)
        self.tally["silent"] += jobs.confirm_silent(uow, now)

    def attempt(self, what: str, deed: Callable[[], object]) -> bool:
        """Do what the platform may refuse; whether it did not."""
        try:
            deed()
        except BookingError as refused:
            self.refused(what, refused)
            return False
        self.tally[what] += 1
        return True

    def refused(self, what: str, error: BookingError) -> None:
        for code in [violation.code for violation in error.violations] or [error.code]:
            self.tally[f"refused to {what}: {code}"] += 1


def _note(uow: UnitOfWork) -> None:
    """What is noted of a refusal: here nothing else of the day is undone by it."""
    for note in uow.when_refused:
        note(uow)
    uow.when_refused.clear()
