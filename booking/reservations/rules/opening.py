"""Inside the opening hours, in a year whose calendar is known, on an instrument that works."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from booking.kernel.errors import Violation
from booking.kernel.timespan import merged
from booking.reservations.rules.demand import Demand, Policy


class ClosedBecause(StrEnum):
    """Why time that is asked for is not offered; a broken instrument serves nobody."""

    HOURS = "hours"
    FAULT = "fault"


def within_opening(demand: Demand, policy: Policy) -> Iterator[Violation]:
    for year in policy.missing_years:
        # Without the year's holidays and make-up workdays nobody can say what is open.
        yield Violation("opening.no_calendar", {"year": year})
    if policy.missing_years:
        return
    if policy.faulty_since is not None and demand.span.end > policy.faulty_since:
        fault = ClosedBecause.FAULT
        params = {"reason": fault, "because": [fault], "since": policy.faulty_since}
        yield Violation("opening.closed", params)
        # Open time is without what a fault closes; what is closed besides is known by who did it.
        if policy.closed_by is not None:
            yield Violation("opening.closed", _hours(policy), overridable=True)
    elif not any(window.contains(demand.span) for window in merged(policy.open_windows)):
        yield Violation("opening.closed", _hours(policy), overridable=True)


def _hours(policy: Policy) -> Mapping[str, object]:
    """That it is outside the hours; `because` says who decided so, and in whose words."""
    hours, closed = ClosedBecause.HOURS, policy.closed_by
    if closed is None or closed.is_usual:
        return {"reason": hours, "because": [hours]}
    because = [closed.decider, *([closed.words] if closed.words else [])]
    return {"reason": hours, "because": because, "day": closed.day}
