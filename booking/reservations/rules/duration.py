"""Not shorter and not longer than the instrument allows."""

from collections.abc import Iterator

from booking.kernel.errors import Violation
from booking.reservations.rules.demand import Demand, Policy
from booking.reservations.rules.figures import minutes


def right_length(demand: Demand, policy: Policy) -> Iterator[Violation]:
    if demand.span.length < policy.shortest:
        params = {"minutes": minutes(policy.shortest)}
        yield Violation("duration.too_short", params, overridable=True)
    if demand.span.length > policy.longest:
        params = {"minutes": minutes(policy.longest)}
        yield Violation("duration.too_long", params, overridable=True)
