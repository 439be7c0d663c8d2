"""A smallest time between two bookings of one person, and of one organisation."""

from collections.abc import Iterator

from booking.kernel.errors import Violation
from booking.kernel.timespan import TimeSpan
from booking.reservations.rules.demand import Demand, Policy


def keeps_gap(demand: Demand, policy: Policy) -> Iterator[Violation]:
    """Between what is booked, buffers apart; what was given back or missed is no booking."""
    for per, gap in policy.gaps.items():
        near = demand.span.widened(gap, gap)
        others = [
            one.span
            for one in demand.counted
            if one.stands and one.belongs_to(per) and one.span.overlaps(near)
        ]
        for other in sorted(others):
            params = {"gap": gap, "from": other.start, "until": other.end}
            yield Violation(f"gap.{per}", params, overridable=True)


def clear_of_others(demand: Demand, policy: Policy) -> tuple[TimeSpan, ...]:
    """The time in which nothing of who asks may lie for the gaps, around all that is booked."""
    return tuple(
        one.span.widened(gap, gap)
        for per, gap in policy.gaps.items()
        for one in demand.counted
        if one.stands and one.belongs_to(per)
    )
