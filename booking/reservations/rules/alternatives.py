"""The nearest free windows to propose when a wish cannot be had."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from booking.kernel.timespan import TimeSpan, merged
from booking.reservations.rules.demand import Demand, Policy
from booking.reservations.rules.grid import line_at_or_after, line_at_or_before, past_line


def bookable_windows(units: Iterable[Iterable[TimeSpan]], policy: Policy) -> tuple[TimeSpan, ...]:
    """Open time in which at least one unit, given with what it is taken for, leaves room.

    Buffers lie inside the held time, so what is taken keeps its distance from a new booking: our
    buffer after it when it comes later, our buffer before it when it came earlier.
    """
    open_windows = merged(policy.open_windows)
    return tuple(
        piece
        for taken in units
        for window in open_windows
        for piece in window.minus(_kept_away(taken, policy))
    )


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
    starts = {
        start
        for window in free
        if (start := _nearest_start(window, demand, policy)) is not None
        and not past_line(start + fitting_length(demand, policy), policy.grid)
    }
    wanted = demand.span.start
    nearest = sorted(starts, key=lambda start: (abs(start - wanted), start))
    length = fitting_length(demand, policy)
    return tuple(TimeSpan(start, start + length) for start in nearest[:at_most])


def _nearest_start(window: TimeSpan, demand: Demand, policy: Policy) -> datetime | None:
    first = line_at_or_after(max(window.start, _earliest(demand, policy)), policy.grid)
    last = line_at_or_before(window.end - fitting_length(demand, policy), policy.grid)
    if first > last:
        return None
    return min(max(line_at_or_before(demand.span.start, policy.grid), first), last)


def _earliest(demand: Demand, policy: Policy) -> datetime:
    return demand.asked_at + policy.notice


def _kept_away(taken: Iterable[TimeSpan], policy: Policy) -> tuple[TimeSpan, ...]:
    return tuple(span.widened(policy.buffer_after, policy.buffer_before) for span in taken)
