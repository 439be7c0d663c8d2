"""Inventing the past: who would like which instrument when, and what becomes of it.

Pure and repeatable: the same settings, cards, customers and day give the same script. Nothing here
is promised by the platform; the script is then played through the real actions, which may refuse.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from booking.instruments.rules.opening import open_windows
from booking.kernel.clock import local
from booking.kernel.timespan import TimeSpan, local_midnight
from booking.seeding.script import Card, Customer, Fate, Mishap, Script, Settings, Visit

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_GRID = timedelta(minutes=30)
# Spring Festival and summer are quiet, autumn is busy.
_SEASON = (0.85, 0.65, 1.05, 1.1, 1.05, 1.1, 0.9, 0.85, 1.05, 1.0, 1.15, 1.1)
_PURPOSES = (
    "来料成分分析",
    "样品形貌表征",
    "工艺参数验证",
    "失效原因分析",
    "新产品可靠性摸底",
    "研发样机性能测试",
    "课题样品测试",
    "批次质量比对",
)
_DECIDED_BY_THE_LAB = {Fate.REJECTED, Fate.UNDECIDED}


def plan(
    cards: Sequence[Card], customers: Sequence[Customer], settings: Settings, *, now: datetime
) -> Script:
    """A year of wishes up to now and some days beyond, ordered by when they are asked."""
    planner = _Planner(cards, customers, settings, now=now)
    visits = sorted(planner.visits(), key=lambda visit: (visit.asked_at, visit.card))
    return Script(
        visits=tuple(visits),
        mishaps=tuple(sorted(planner.mishaps, key=lambda mishap: mishap.known_at)),
        collisions=tuple(planner.collisions(visits)),
    )


class _Planner:
    """One run of the dice over every day and card."""

    def __init__(
        self,
        cards: Sequence[Card],
        customers: Sequence[Customer],
        settings: Settings,
        *,
        now: datetime,
    ) -> None:
        self.cards = cards
        self.settings = settings
        self.now = now
        self.dice = Random(settings.seed)  # noqa: S311 - invented data, and repeatable on purpose
        self.choosing = _Choosing(customers, settings, self.dice)
        self.popular = {card.code: self.dice.uniform(0.4, 1.6) for card in cards}
        self.free_from = {(card.code, unit): _EPOCH for card in cards for unit in range(card.units)}
        self.mishaps: list[Mishap] = []

    # ── day by day ───────────────────────────────────────────────────────────────────────────────

    def visits(self) -> Iterator[Visit]:
        slots = list(self._slots())
        today = local(self.now).date()
        past = sum(weight for day, _, weight in slots if day <= today)
        factor = self.settings.bookings / max(past, 1.0)
        broken = self._broken_days(slots)
        for nth, (day, card, weight) in enumerate(slots):
            self._look_after(card, day)
            if nth in broken:
                self._break(card, day)
            for _ in range(int(weight * factor + self.dice.random())):
                if visit := self._visit(card, day):
                    yield visit

    def _slots(self) -> Iterator[tuple[date, Card, float]]:
        today = local(self.now).date()
        first = today - self.settings.days * _DAY
        for n in range(self.settings.days + self.settings.upcoming_days + 1):
            day = first + n * _DAY
            growth = 0.8 + 0.4 * n / max(self.settings.days, 1)
            weekend = 0.45 if day.isoweekday() > 5 else 1.0
            for card in self.cards:
                if card.schedule.on(day):
                    busy = self.popular[card.code] * card.units**0.6
                    yield day, card, busy * growth * weekend * _SEASON[day.month - 1]

    def _visit(self, card: Card, day: date) -> Visit | None:
        length = self.dice.choice(card.lengths)
        for unit in self.dice.sample(range(card.units), card.units):
            if span := self._room(card, day, unit=unit, hours=length):
                visit = self._described(card, span)
                if visit.asked_at <= self.now:
                    self.free_from[card.code, unit] = span.end + card.buffer_minutes * _MINUTE
                    return visit
        return None

    def _room(self, card: Card, day: date, *, unit: int, hours: float) -> TimeSpan | None:
        """The first fitting span of the day after what the unit already does."""
        midnight = local_midnight(day)
        reach = TimeSpan(midnight, midnight + _DAY + hours * _HOUR)
        for window in open_windows(card.schedule, reach):
            start = _on_grid(max(window.start, self.free_from[card.code, unit]))
            start += self.dice.choice((0, 0, 1, 2, 4)) * _GRID
            end = start + hours * _HOUR
            if start < midnight + _DAY and end <= window.end:
                return TimeSpan(start, end)
        return None

    # ── what is asked ────────────────────────────────────────────────────────────────────────────

    def _described(self, card: Card, span: TimeSpan) -> Visit:
        customer = self.choosing.customer(card)
        asked_at = self._asked_at(card, span)
        return Visit(
            card=card.code,
            customer=customer.code,
            person=self.dice.choice(customer.people),
            mode=self.dice.choice(card.modes),
            samples=self.dice.randint(1, 5) if card.takes_samples else 0,
            purpose=self.dice.choice(_PURPOSES),
            span=span,
            asked_at=asked_at,
            fate=self._fate(card, span, asked_at),
            silent=self.dice.random() < self.settings.silent,
            pace=(self.dice.random(), self.dice.random(), self.dice.random(), self.dice.random()),
        )

    def _asked_at(self, card: Card, span: TimeSpan) -> datetime:
        """Early enough for the notice, by day, and for every taste between now and weeks before."""
        needed = card.notice_minutes * _MINUTE + (6 if card.by_approval else 1) * _HOUR
        eager = min(self.dice.expovariate(1 / 96), 24 * 25) * _HOUR
        asked = span.start - needed - eager
        hour = local(asked).hour
        if not 8 <= hour < 22:
            asked -= ((hour - 21) % 24 + self.dice.randint(0, 12)) * _HOUR
        return asked.replace(second=self.dice.randint(0, 59), microsecond=0)

    def _fate(self, card: Card, span: TimeSpan, asked_at: datetime) -> Fate:
        drawn = self.dice.random()
        for fate, share in self.settings.fates.items():
            drawn -= share
            if drawn < 0:
                return fate if _possible(fate, card, span.start - asked_at) else Fate.USED
        return Fate.USED

    # ── what goes wrong ──────────────────────────────────────────────────────────────────────────

    def _broken_days(self, slots: Sequence[tuple[date, Card, float]]) -> frozenset[int]:
        today = local(self.now).date()
        past = [nth for nth, (day, _, _) in enumerate(slots) if day < today]
        count = min(self.settings.faults, len(past))
        return frozenset(self.dice.sample(past, count))

    def _break(self, card: Card, day: date) -> None:
        known_at = local_midnight(day) + self.dice.randint(540, 900) * _MINUTE
        hours = self.dice.randint(*self.settings.fault_hours)
        span = TimeSpan(known_at, known_at + hours * _HOUR)
        self.mishaps.append(Mishap(card.code, "fault", span, known_at))

    def _look_after(self, card: Card, day: date) -> None:
        every = self.settings.maintenance_days
        if not every or (day.toordinal() + _stable(card.code)) % every:
            return
        busy = max(self.free_from[card.code, unit] for unit in range(card.units))
        windows = open_windows(card.schedule, TimeSpan.of_local_day(day))
        start = _on_grid(max(windows[0].start + _HOUR, busy))
        span = TimeSpan(start, start + self.settings.maintenance_hours * _HOUR)
        for unit in range(card.units):
            self.free_from[card.code, unit] = span.end
        if (known_at := start - 40 * _DAY) <= self.now:
            self.mishaps.append(Mishap(card.code, "maintenance", span, known_at))

    def collisions(self, visits: Sequence[Visit]) -> Iterator[Visit]:
        """Somebody else asks for a time that is already taken."""
        single = {card.code: card for card in self.cards if card.units == 1}
        taken = [
            visit
            for visit in visits
            if visit.fate is Fate.USED
            and visit.card in single
            and visit.asked_at + 3 * _HOUR < min(self.now, visit.span.start)
        ]
        count = min(self.settings.double_bookings, len(taken))
        for visit in self.dice.sample(taken, count):
            customer = self.choosing.customer(single[visit.card])
            if customer.code != visit.customer:
                yield replace(
                    visit,
                    customer=customer.code,
                    person=self.dice.choice(customer.people),
                    asked_at=visit.asked_at + _HOUR,
                )


class _Choosing:
    """Who books: a class by its share, then a customer by its weight."""

    def __init__(self, customers: Sequence[Customer], settings: Settings, dice: Random) -> None:
        self.dice = dice
        self.shares = settings.classes
        self.by_code = {customer.code: customer for customer in customers}
        self.companies = [c for c in customers if c.kind in {"enterprise", "startup_team"}]
        self.academics = [c for c in customers if c.kind in {"university", "institute"}]

    def customer(self, card: Card) -> Customer:
        kind = self.dice.choices(list(self.shares), list(self.shares.values()))[0]
        if kind == "internal" and card.provider in self.by_code:
            return self.by_code[card.provider]
        others = self.academics if kind == "academic" else self.companies
        outside = [c for c in others if c.code != card.provider] or others
        return self.dice.choices(outside, [c.weight for c in outside])[0]


_MINUTE = timedelta(minutes=1)
_EPOCH = local_midnight(date(2000, 1, 1))
_PATIENCE: Mapping[Fate, timedelta] = {
    Fate.FREE_CANCELLATION: 30 * _HOUR,
    Fate.LATE_CANCELLATION: 10 * _HOUR,
    Fate.UNDECIDED: 49 * _HOUR,
}


def _possible(fate: Fate, card: Card, lead: timedelta) -> bool:
    """Whether there is time for it, and somebody who may do it."""
    if fate in _DECIDED_BY_THE_LAB and not card.by_approval:
        return False
    return lead > _PATIENCE.get(fate, timedelta())


def _on_grid(moment: datetime) -> datetime:
    """The next full half hour."""
    return moment + -(moment - _EPOCH) % _GRID


def _stable(text: str) -> int:
    """A number of a text that does not change from run to run, unlike `hash`."""
    return sum(ord(letter) * place for place, letter in enumerate(text, 1))
