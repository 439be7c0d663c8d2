"""Hours of each week that are kept for companies outside: our own people leave them until released.

Of a week's open hours, over all places, those inside may take all but the guaranteed ones. What
begins sooner than the release is anybody's: who has not booked it by then has left it.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from booking.instruments.rules.customer import INTERNAL
from booking.kernel.clock import local
from booking.kernel.errors import Violation
from booking.kernel.timespan import TimeSpan
from booking.reservations.rules.demand import Demand, Policy, Within
from booking.reservations.rules.figures import hours_text
from booking.reservations.rules.quota import periods_touched

_NOTHING = timedelta(0)


def leaves_guaranteed_hours(demand: Demand, policy: Policy) -> Iterator[Violation]:
    """Whether enough of each week that is touched stays for those outside."""
    guaranteed = policy.guaranteed
    released = demand.span.start < demand.asked_at + policy.guaranteed_release
    if guaranteed <= _NOTHING or demand.customer_class != INTERNAL or released:
        return
    for week in periods_touched(demand.span, Within.WEEK):
        inside = _within((*demand.insiders, demand.span), week)
        left = _within(policy.weeks_windows, week) * policy.places - guaranteed
        if inside > left:
            params = {
                "hours": hours_text(guaranteed),
                "left": hours_text(max(left - inside + _share(demand.span, week), _NOTHING)),
                "from": local(week.start).date(),
                "release": policy.guaranteed_release,
            }
            yield Violation("guarantee.outside", params, overridable=True)


def _within(spans: Iterable[TimeSpan], week: TimeSpan) -> timedelta:
    return sum((_share(span, week) for span in spans), _NOTHING)


def _share(span: TimeSpan, week: TimeSpan) -> timedelta:
    share = span.clipped(week)
    return share.length if share else _NOTHING
