"""How far ahead each customer class may book: whole local days, counted from today."""

from collections.abc import Iterator
from datetime import timedelta

from booking.kernel.clock import local
from booking.kernel.errors import Violation
from booking.reservations.rules.demand import Demand, Policy


def within_horizon(demand: Demand, policy: Policy) -> Iterator[Violation]:
    days = policy.horizon_days.get(demand.customer_class)
    if days is None:
        return
    last = local(demand.asked_at).date() + timedelta(days=days)
    if local(demand.span.start).date() > last:
        yield Violation("horizon.too_far", {"days": days, "last_day": last}, overridable=True)
