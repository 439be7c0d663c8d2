"""Whose score has fallen low books with approval only, or not at all until it has recovered."""

from collections.abc import Iterator

from booking.credit.rules import Level
from booking.kernel.errors import Violation
from booking.reservations.rules.demand import Demand, Policy


def credit_high_enough(demand: Demand, _policy: Policy) -> Iterator[Violation]:
    credit = demand.credit
    if credit is not None and credit.level is Level.REFUSED:
        params = {"score": credit.score, "needed": credit.refuse_below}
        yield Violation("credit.too_low", params, overridable=True)


def asks_for_approval(demand: Demand) -> bool:
    """Whether somebody of the lab has to agree because of the score."""
    return demand.credit is not None and demand.credit.level is not Level.FREE
