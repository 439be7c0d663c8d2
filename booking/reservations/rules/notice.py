"""Not in the past, and not too late."""

from collections.abc import Iterator
from datetime import timedelta

from booking.kernel.errors import Violation
from booking.reservations.rules.demand import Demand, Policy

_NOTHING = timedelta(0)


def not_in_past(demand: Demand, _policy: Policy) -> Iterator[Violation]:
    if demand.span.start < demand.asked_at:
        yield Violation("span.in_past")


def enough_notice(demand: Demand, policy: Policy) -> Iterator[Violation]:
    ahead = demand.span.start - demand.asked_at
    if _NOTHING <= ahead < policy.notice:
        yield Violation("notice.too_short", {"notice": policy.notice}, overridable=True)
