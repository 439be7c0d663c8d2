"""Where bookings are paid in advance, what was paid must cover the price."""

from collections.abc import Iterator

from booking.kernel.errors import Violation
from booking.reservations.rules.demand import Demand, Policy


def funds_suffice(demand: Demand, _policy: Policy) -> Iterator[Violation]:
    funds = demand.funds
    if funds is not None and funds.needed_fen > funds.available_fen:
        params = {"needed_fen": funds.needed_fen, "available_fen": funds.available_fen}
        yield Violation("funds.insufficient", params, overridable=True)
