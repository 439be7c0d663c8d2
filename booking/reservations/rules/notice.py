"""Not in the past, and not too late."""

from collections.abc import Iterator

from booking.kernel.errors import Violation
from booking.reservations.rules.demand import Demand, Policy
from booking.reservations.rules.figures import minutes


def not_in_past(demand: Demand, _policy: Policy) -> Iterator[Violation]:
    if demand.span.start < demand.asked_at:
        yield Violation("span.in_past")


def enough_notice(demand: Demand, policy: Policy) -> Iterator[Violation]:
    ahead = demand.span.start - demand.asked_at
    if minutes(ahead) >= 0 and ahead < policy.notice:
        yield Violation("notice.too_short", {"minutes": minutes(policy.notice)}, overridable=True)
