"""Who operates alone has a permission that outlasts the booking and was not left to rust."""

from collections.abc import Iterator

from booking.kernel.errors import Violation
from booking.reservations.rules.demand import Demand, Policy

OPERATED_ALONE = "self_operated"


def trained(demand: Demand, policy: Policy) -> Iterator[Violation]:
    if not policy.training_required or demand.mode != OPERATED_ALONE:
        return
    training = demand.training
    if training is None:
        yield Violation("training.missing", overridable=True)
        return
    ends = [training.valid_until] if training.valid_until else []
    if policy.training_unused and training.last_used:
        ends.append(training.last_used + policy.training_unused)
    if ends and min(ends) < demand.span.end:
        params = {"until": min(ends)}
        yield Violation("training.expires", params, overridable=True)
