"""The nearest free windows to propose when a wish cannot be had."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from booking.instruments.rules.availability import on_or_after
from booking.kernel.timespan import TimeSpan
from booking.reservations.rules.booking import violations
from booking.reservations.rules.demand import Demand, Policy
from booking.reservations.rules.gap import clear_of_others, keeps_gap
from booking.reservations.rules.grid import line_at_or_before, past_line
from booking.reservations.rules.horizon import within_horizon
from booking.reservations.rules.quota import within_quotas

# How far around the wish is looked for free time.
LOOK_BACK = timedelta(days=3)
LOOK_AHEAD = timedelta(days=14)
# What may still speak against free, open time of the right length on the grid.
_RULES_OF_TIME = (within_horizon, within_quotas, keeps_gap)


def search_span(wanted: TimeSpan, *, now: datetime) -> TimeSpan:
    """The days around a wish, from now on."""
    start = max(now, wanted.start - LOOK_BACK)
    return TimeSpan(start, max(start, wanted.start) + LOOK_AHEAD)


def fitting_length(demand: Demand, policy: Policy) -> timedelta:
    """The length to look for: what was asked, in whole steps, as far as it is allowed."""
    step = policy.grid or demand.span.length
    asked = -(-demand.span.length // step) * step
    longest = policy.longest // step * step
    return max(min(asked, longest), -(-policy.shortest // step) * step)


def nearest_windows(
    free: Iterable[TimeSpan],
    demand: Demand,
    policy: Policy,
    *,
    before: datetime | None = None,
    at_most: int = 3,
) -> tuple[TimeSpan, ...]:
    """Bookable spans on the grid, closest to the wish first, apart from each other.

    They begin before the policy ends, where it does; at most one in each free window (not too close
    to what is booked), with quotas in each of its days and off the peak where that counts.
    `demand.counted` must cover them all.
    """
    length = fitting_length(demand, policy)
    starts = {
        start
        for window in _windows(_apart_from_others(free, demand, policy), policy)
        if (start := _nearest_start(window, demand, policy, before=before)) is not None
        and not past_line(start + length, policy.grid)
    }
    wanted = demand.span.start
    nearest = sorted(starts, key=lambda start: (abs(start - wanted), start))
    spans = (TimeSpan(start, start + length) for start in nearest)
    allowed = (
        span for span in spans if not violations(replace(demand, span=span), policy, _RULES_OF_TIME)
    )
    return tuple(islice(_apart(allowed), at_most))


def nearest_apart(
    spans: Iterable[TimeSpan], wanted: datetime, *, at_most: int
) -> tuple[TimeSpan, ...]:
    """Those that begin closest to a moment, the closest first, none over another."""
    nearest = sorted(spans, key=lambda span: (abs(span.start - wanted), span.start))
    return tuple(islice(_apart(nearest), at_most))


def _windows(free: Iterable[TimeSpan], policy: Policy) -> Iterator[TimeSpan]:
    """The free windows; where quotas end with a day, what is free of each day too.

    Off the peak again, where that does not count.
    """
    for window in free:
        yield window
        if policy.quotas:
            yield from (share for _, share in window.by_local_day())
        if policy.quotas and policy.relief.peak:
            yield from window.minus(policy.relief.peak.within(window))


def _apart_from_others(
    free: Iterable[TimeSpan], demand: Demand, policy: Policy
) -> Iterator[TimeSpan]:
    """What of the windows keeps the gaps to what is booked already."""
    taken = clear_of_others(demand, policy)
    for window in free:
        yield from window.minus(taken)


def _apart(spans: Iterable[TimeSpan]) -> Iterator[TimeSpan]:
    chosen: list[TimeSpan] = []
    for span in spans:
        if not any(span.overlaps(other) for other in chosen):
            chosen.append(span)
            yield span


def _nearest_start(
    window: TimeSpan, demand: Demand, policy: Policy, *, before: datetime | None
) -> datetime | None:
    first = on_or_after(max(window.start, demand.asked_at + policy.notice), policy.grid)
    latest = window.end - fitting_length(demand, policy)
    if before is not None:
        latest = min(latest, before - timedelta(seconds=1))
    last = line_at_or_before(latest, policy.grid)
    if first > last:
        return None
    return min(max(line_at_or_before(demand.span.start, policy.grid), first), last)
