"""Bookings with their use as plain rows, and whole invented months of an instrument."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from sqlmodel import col, select

from booking.billing.models import Charge, ChargeKind
from booking.db.transactions import UnitOfWork
from booking.instruments.models.calendar import ClosureKind
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.policy import BookingPolicy
from booking.instruments.models.tariff import Tariff
from booking.instruments.rules.opening import clock_text
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.timespan import TimeSpan
from booking.organisations.models import Lab
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from booking.reservations.states import State
from tests.factories.accounts import make_user
from tests.factories.instruments import (
    BEGINNING,
    add_closure,
    add_exception,
    make_instrument,
    unit_ids,
)
from tests.factories.organisations import make_organisation
from tests.support.clock import moment

_numbers = count(1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Booked:
    """A booking to be written, and what became of it."""

    span: TimeSpan
    state: State = State.CONFIRMED
    place: int = 0
    used: TimeSpan | None = None
    effective_minutes: int = 0
    samples: int = 0
    external: bool = True
    income_fen: int = 0


@dataclass
class Invented:
    """An instrument whose whole record a test knows."""

    units: int = 1
    hours: tuple[int, int] = (8 * 60, 18 * 60)
    statutory: bool = False
    exceptions: dict[date, tuple[int, int] | None] = field(default_factory=dict)
    closures: list[tuple[ClosureKind, TimeSpan, datetime | None]] = field(default_factory=list)
    bookings: list[Booked] = field(default_factory=list)


def write_instrument(uow: UnitOfWork, story: Invented, **card: Any) -> int:
    """The instrument with everything recorded about it; its id."""
    made = make_instrument(
        uow,
        units=story.units,
        week=dict.fromkeys(range(1, 6), (_clock(*story.hours),)),
        policy={"follows_statutory_calendar": story.statutory},
        **card,
    )
    for day, window in story.exceptions.items():
        add_exception(uow, made.key, day, *([] if window is None else [_clock(*window)]))
    for kind, span, lifted in story.closures:
        add_closure(uow, made.key, span, kind=kind, lifted_at=lifted)
    if story.bookings:
        Writer(uow, made.key).write(*story.bookings)
    return made.key


def _clock(opens: int, closes: int) -> tuple[str, str]:
    return clock_text(opens), clock_text(closes)


class Writer:
    """Writes bookings of one instrument, all for one company."""

    def __init__(self, uow: UnitOfWork, instrument_id: int) -> None:
        self.uow = uow
        self.instrument_id = instrument_id
        self.units = unit_ids(uow, instrument_id)
        self.company = make_organisation(uow).key
        self.person = make_user(uow).key
        labs = select(Lab.organisation_id).join(Instrument, col(Instrument.lab_id) == col(Lab.id))
        self.provider = uow.session.exec(labs.where(Instrument.id == instrument_id)).one()
        self.policy, self.tariff = (
            uow.session.exec(select(kind).where(kind.instrument_id == instrument_id)).one().key
            for kind in (BookingPolicy, Tariff)
        )

    def write(self, *bookings: Booked) -> list[Reservation]:
        return [self._write(booked) for booked in bookings]

    def _write(self, booked: Booked) -> Reservation:
        row = Reservation(
            number=f"R-TEST-{next(_numbers)}",
            instrument_id=self.instrument_id,
            unit_id=self.units[booked.place],
            organisation_id=self.company,
            holder_id=self.person,
            mode=ServiceMode.SELF_OPERATED,
            purpose="示例",
            starts_at=booked.span.start,
            ends_at=booked.span.end,
            state=booked.state,
            external=booked.external,
            customer_class="enterprise",
            policy_id=self.policy,
            tariff_id=self.tariff,
            missed_from=booked.span.start,
            free_cancel_until=booked.span.start,
            created_by=self.person,
            created_at=BEGINNING,
            updated_at=BEGINNING,
        )
        self.uow.session.add(row)
        self.uow.session.flush()
        if booked.used:
            self._use(row, booked, booked.used)
        return row

    def _use(self, row: Reservation, booked: Booked, used: TimeSpan) -> None:
        settled = booked.state is State.SETTLED
        self.uow.session.add(
            UsageSession(
                reservation_id=row.key,
                instrument_id=row.instrument_id,
                unit_id=row.unit_id,
                started_at=used.start,
                ended_at=used.end,
                test_minutes=booked.effective_minutes,
                samples=booked.samples,
                settled_at=used.end if settled else None,
            )
        )
        if settled and booked.income_fen:
            self.uow.session.add(
                Charge(
                    number=f"C-TEST-{next(_numbers)}",
                    reservation_id=row.key,
                    kind=ChargeKind.USE,
                    organisation_id=row.organisation_id,
                    provider_id=self.provider,
                    instrument_id=row.instrument_id,
                    amount_fen=booked.income_fen,
                    tariff_id=row.tariff_id,
                    ordered_at=row.created_at,
                    service_started_at=used.start,
                    service_ended_at=used.end,
                    confirmed_at=used.end,
                )
            )
        self.uow.session.flush()


def orderly(chance: Random) -> Invented:
    """Months in which nothing lies over anything else: what sums alone can count."""
    story = invented(chance)
    taken: list[TimeSpan] = []
    kept: list[Booked] = []
    for booked in story.bookings:
        reach = _reach(booked)
        if booked.state is State.CANCELLED or not any(
            reach.overlaps(_reach(other)) and other.place == booked.place for other in kept
        ):
            kept.append(booked)
            taken.append(reach)
    closures = list(story.closures)
    story.closures.clear()
    for kind, span, _ in closures:
        if not any(span.overlaps(other) for other in taken):
            story.closures.append((kind, span, None))
            taken.append(span)
    story.bookings = kept
    return story


def _reach(booked: Booked) -> TimeSpan:
    used = booked.used or booked.span
    return TimeSpan(min(booked.span.start, used.start), max(booked.span.end, used.end))


def invented(chance: Random, *, first: str = "2026-09-01", days: int = 91) -> Invented:
    """Months of ordinary life, with everything that can go wrong now and then."""
    start = moment(f"{first}T00:00")
    story = Invented(
        units=chance.choice((1, 1, 2)),
        hours=chance.choice(((0, 1440), (480, 1080), (510, 1050))),
        statutory=chance.random() < 0.5,
    )
    for place in range(story.units):
        cursor = start + chance.randint(0, 900) * MINUTE
        while cursor < start + days * 1440 * MINUTE:
            booked = _booked(chance, cursor, place)
            story.bookings.append(booked)
            end = booked.used.end if booked.used and chance.random() < 0.9 else booked.span.end
            cursor = max(booked.span.end, end) + chance.choice((0, 30, 600, 2000)) * MINUTE
    for _ in range(chance.randint(0, 12)):
        kind = chance.choice(list(ClosureKind))
        span = _some_span(chance, start + chance.randint(0, days * 1440) * MINUTE, 3000)
        lifted = span.start + chance.randint(-10, 4000) * MINUTE if chance.random() < 0.3 else None
        story.closures.append((kind, span, lifted))
    for _ in range(chance.randint(0, 3)):
        day = (start + timedelta(days=chance.randint(0, days))).date()
        story.exceptions[day] = chance.choice((None, (600, 1200)))
    return story


def _some_span(chance: Random, start: datetime, longest: int) -> TimeSpan:
    return TimeSpan(start, start + chance.randint(1, longest) * MINUTE)


def _booked(chance: Random, start: datetime, place: int) -> Booked:
    longest = 3000 if chance.random() < 0.05 else 480
    span = _some_span(chance, start, longest)
    state = chance.choices(
        (State.SETTLED, State.COMPLETED, State.MISSED, State.CONFIRMED, State.CANCELLED),
        (6, 2, 1, 1, 1),
    )[0]
    if state is State.MISSED and chance.random() < 0.5:
        # Its time was given to somebody else.
        return Booked(TimeSpan(span.start, span.end + 600 * MINUTE), state, place)
    if state not in {State.SETTLED, State.COMPLETED}:
        return Booked(span, state, place)
    came = span.start + chance.choice((0, 0, 5, -5)) * MINUTE
    left = max(came, span.end + chance.choice((0, 0, -20, 15)) * MINUTE)
    minutes = int((left - came) / MINUTE)
    return Booked(
        span,
        state,
        place,
        used=TimeSpan(came, left) if minutes else None,
        effective_minutes=chance.randint(0, minutes),
        samples=chance.randint(0, 5),
        external=chance.random() < 0.6,
        income_fen=chance.randint(0, 90_000),
    )
