"""What instruments of one shape offer to a class of customer in a search: reckoned once for all."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from sqlmodel import Session

from booking.instruments.queries.layers import zone_days
from booking.instruments.queries.remembered import Remembered
from booking.instruments.queries.rosters import on_duty
from booking.instruments.queries.statutory import calendar_between
from booking.instruments.rules.layers import nearest
from booking.instruments.rules.learned import Learned, Opened
from booking.instruments.rules.opening import Schedule, days_reaching
from booking.instruments.rules.shapes import Shape, SlotPolicy
from booking.instruments.rules.slots import (
    Grid,
    Offered,
    Operator,
    Seconds,
    Sought,
    common,
    earliest_opening,
    moment_of,
    seconds,
    windows_in_seconds,
)
from booking.instruments.rules.terms import needs_operator
from booking.kernel.clock import local
from booking.kernel.timespan import TimeSpan, local_midnight

_DAY: Final = timedelta(days=1)
# When operators are on duty, by unit and in order; whoever is not in it always is.
Duty = Mapping[int, Sequence[Seconds]]


@dataclass(frozen=True, slots=True)
class Offer:
    """When a shape is open under one policy, what is sought then, and where that could begin at
    the earliest."""

    policy: SlotPolicy
    sought: Sought
    windows: list[Seconds]
    opened: Opened
    bound: int


class Offers:
    """The offers of one search."""

    def __init__(
        self,
        session: Session,
        *,
        length: timedelta,
        span: TimeSpan,
        by_policy: bool,
        learned: Learned,
    ) -> None:
        asked = days_reaching(span)
        self._calendar = calendar_between(session, asked[0], asked[-1])
        zone = zone_days(session, asked[0], asked[-1])
        self._zone = {day: said.windows for day, said in zone.items()}
        self._length = int(length.total_seconds())
        self._span = span
        self._by_policy = by_policy
        self._learned = learned
        self._made: dict[tuple[Shape, str], tuple[Offer, ...]] = {}

    def of(self, shape: Shape, customer_class: str, now: int) -> tuple[Offer, ...]:
        """What a shape offers, policy by policy in order; nothing when none allows this length."""
        key = (shape, customer_class)
        if key not in self._made:
            self._made[key] = tuple(self._each(shape, customer_class, now))
        return self._made[key]

    def within(self, offer: Offer, windows: Sequence[Seconds]) -> Offer | None:
        """What is left of an offer in some windows; None when nothing of the length is."""
        return self._open(offer.policy, offer.sought, common(offer.windows, windows))

    def windows(self, shape: Shape, policy: SlotPolicy) -> list[Seconds]:
        """When a shape is open under a policy."""
        calendar = self._calendar if policy.follows_calendar else None
        schedule = Schedule(dict(shape.week), nearest(dict(shape.days), self._zone), calendar)
        return windows_in_seconds(schedule, self._span)

    def _each(self, shape: Shape, customer_class: str, now: int) -> Iterator[Offer]:
        """A slot lies under the policy in force when it begins."""
        start, end = max(seconds(self._span.start), now), seconds(self._span.end)
        policies = shape.policies_between(start, end)
        ends = [*(since for since, _ in policies[1:]), end]
        for (since, policy), until in zip(policies, ends, strict=True):
            held = (since, until)
            offer = self._make(shape, policy, held, customer_class=customer_class, now=now)
            if offer is not None:
                yield offer

    def _make(
        self, shape: Shape, policy: SlotPolicy, held: Seconds, *, customer_class: str, now: int
    ) -> Offer | None:
        start, before = held
        policy = policy.for_class(customer_class)
        if not self._by_policy:
            policy = replace(policy, grid=1, shortest=0, longest=self._length, notice=0)
        elif (days := policy.horizon(customer_class)) is not None:
            today = local(moment_of(now)).date()
            before = min(before, seconds(local_midnight(today + (days + 1) * _DAY)))
        grid = Grid.at(self._span.start, policy.grid)
        length = grid.whole(self._length)
        if self._length < policy.shortest or length > policy.longest:
            return None
        windows = self.windows(shape, policy)
        sought = Sought(
            length=length, grid=grid, not_before=max(start, now + policy.notice), before=before
        )
        return self._open(policy, sought, windows)

    def _open(self, policy: SlotPolicy, sought: Sought, windows: list[Seconds]) -> Offer | None:
        bound = earliest_opening(windows, sought)
        if bound is None:
            return None
        return Offer(policy, sought, windows, self._learned.opened(windows), bound)


def operators_of(known: Remembered, mode: str) -> tuple[int, ...]:
    """Of whom a booking in this mode takes one; without a mode, in the usual one."""
    return known.operators if needs_operator(mode or known.mode) else ()


def duty_of(session: Session, operators: Iterable[int], span: TimeSpan) -> Duty:
    """When operators are on duty inside a span: one statement, none without operators."""
    asked = sorted(set(operators))
    return {
        unit: [(seconds(one.start), seconds(one.end)) for one in windows]
        for unit, windows in on_duty(session, asked, span).items()
        if windows != (span,)
    }


def offered_by(
    known: Remembered,
    policy: SlotPolicy,
    windows: Sequence[Seconds],
    *,
    held: Mapping[int, Sequence[Seconds]],
    operators: Sequence[int],
    duty: Duty,
) -> Offered:
    """An instrument as the law reads it: what is held on its parts lies on each of its places."""
    on_parts = [piece for unit in known.parts for piece in held.get(unit, ())]
    serving = [Operator(held.get(unit, ()), duty.get(unit)) for unit in operators]
    return Offered(
        windows=windows,
        places=[_both(held.get(unit, ()), on_parts) for unit in known.units],
        operators=serving or None,
        before=policy.before,
        after=policy.after,
    )


def _both(held: Sequence[Seconds], parts: list[Seconds]) -> Sequence[Seconds]:
    """What is held on a place or on any part, in order."""
    return sorted([*held, *parts]) if parts else held
