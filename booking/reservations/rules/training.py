"""Who operates alone has a permission that outlasts the booking and was not left to rust."""

from collections.abc import Iterator

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
    yield from _expires(training, demand)
    yield from _unused(training, demand, policy)


def _expires(training: Training, demand: Demand) -> Iterator[Violation]:
    """A date must not come before the booking ends."""
    if training.valid_until is not None and training.valid_until < demand.span.end:
        yield Violation("training.expires", {"until": training.valid_until}, overridable=True)


def _unused(training: Training, demand: Demand, policy: Policy) -> Iterator[Violation]:
    """Whoever begins in time is in practice."""
    if policy.training_unused is None or training.last_used is None:
        return
    rusty_from = training.last_used + policy.training_unused
    if rusty_from < demand.span.start:
        params = {"until": rusty_from, "days": policy.training_unused.days}
        yield Violation("training.unused", params, overridable=True)
