"""Not shorter and not longer than the instrument allows."""

from collections.abc import Iterator

from booking.kernel.errors import Violation
from booking.reservations.rules.demand import Demand, Policy


def right_length(demand: Demand, policy: Policy) -> Iterator[Violation]:
    if demand.span.length < policy.shortest:
        yield Violation("duration.too_short", {"shortest": policy.shortest}, overridable=True)
    if demand.span.length > policy.longest:
        yield Violation("duration.too_long", {"longest": policy.longest}, overridable=True)
