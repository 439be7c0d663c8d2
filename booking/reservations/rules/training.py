"""Who operates alone has a permission that outlasts the booking and was not left to rust."""

from collections.abc import Iterator
from datetime import datetime

from booking.kernel.errors import Violation
from booking.reservations.rules.demand import Demand, Policy, Training

OPERATED_ALONE = "self_operated"


def asks_for_training(demand_mode: str, policy: Policy) -> bool:
    """Whether somebody who books in this mode has to be trained."""
    return policy.training_required and demand_mode == OPERATED_ALONE


def trained(demand: Demand, policy: Policy) -> Iterator[Violation]:
    if not asks_for_training(demand.mode, policy):
        return
    training = demand.training
    if training is None:
        yield Violation("training.missing", overridable=True)
        return
    ends = list(_ends_before(training, demand, policy))
    if ends:
        params = {"until": min(ends)}
        yield Violation("training.expires", params, overridable=True)


def _ends_before(training: Training, demand: Demand, policy: Policy) -> Iterator[datetime]:
    """A date must not come before the booking ends; whoever begins in time is in practice."""
    if training.valid_until is not None and training.valid_until < demand.span.end:
        yield training.valid_until
    if policy.training_unused is not None and training.last_used is not None:
        rusty_from = training.last_used + policy.training_unused
        if rusty_from < demand.span.start:
            yield rusty_from
