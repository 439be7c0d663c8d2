"""The nearest free windows to propose when a wish cannot be had."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from booking.instruments.rules.availability import on_or_after
from booking.kernel.timespan import TimeSpan
from booking.reservations.rules.demand import Demand, Policy
from booking.reservations.rules.grid import line_at_or_before, past_line

# How far around the wish is looked for free time.
LOOK_BACK = timedelta(days=3)
LOOK_AHEAD = timedelta(days=14)


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
    free: Iterable[TimeSpan], demand: Demand, policy: Policy, *, at_most: int = 3
) -> tuple[TimeSpan, ...]:
    """Bookable spans on the grid, closest to the wish first; at most one from each free window."""
    length = fitting_length(demand, policy)
    starts = {
        start
        for window in free
        if (start := _nearest_start(window, demand, policy)) is not None
        and not past_line(start + length, policy.grid)
    }
    wanted = demand.span.start
    nearest = sorted(starts, key=lambda start: (abs(start - wanted), start))
    return tuple(TimeSpan(start, start + length) for start in nearest[:at_most])


def _nearest_start(window: TimeSpan, demand: Demand, policy: Policy) -> datetime | None:
    first = on_or_after(max(window.start, demand.asked_at + policy.notice), policy.grid)
    last = line_at_or_before(window.end - fitting_length(demand, policy), policy.grid)
    if first > last:
        return None
    return min(max(line_at_or_before(demand.span.start, policy.grid), first), last)
