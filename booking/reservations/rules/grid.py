"""Starts and ends lie on a grid counted from local midnight."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from booking.kernel.clock import local
from booking.kernel.errors import Violation
from booking.kernel.timespan import local_midnight
from booking.reservations.rules.demand import Demand, Policy

_NOTHING = timedelta(0)


def on_grid(demand: Demand, policy: Policy) -> Iterator[Violation]:
    if any(past_line(moment, policy.grid) for moment in (demand.span.start, demand.span.end)):
        yield Violation("grid.off", {"grid": policy.grid}, overridable=True)


def past_line(moment: datetime, grid: timedelta) -> timedelta:
    """How much later than the last line of the grid a moment is."""
    if grid <= _NOTHING:
        return _NOTHING
    return (moment - local_midnight(local(moment).date())) % grid


def line_at_or_before(moment: datetime, grid: timedelta) -> datetime:
    return moment - past_line(moment, grid)
