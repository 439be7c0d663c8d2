"""What must hold before time is even looked at: published, verified, offered in that mode."""

from collections.abc import Iterator

from booking.instruments.rules.terms import ServiceMode
from booking.kernel.errors import Violation
from booking.reservations.rules.demand import Demand, Policy


def instrument_published(_demand: Demand, policy: Policy) -> Iterator[Violation]:
    if not policy.published:
        yield Violation("instrument.unpublished")


def organisation_verified(demand: Demand, _policy: Policy) -> Iterator[Violation]:
    if not demand.verified:
        yield Violation("organisation.unverified")


def mode_offered(demand: Demand, policy: Policy) -> Iterator[Violation]:
    if demand.mode not in policy.modes:
        offered = [mode for mode in ServiceMode if mode in policy.modes]
        params = {"mode": ServiceMode(demand.mode), "offered": offered}
        yield Violation("mode.not_offered", params)
