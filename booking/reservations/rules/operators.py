"""An operator who is on duty and free, for what needs one."""

from collections.abc import Iterator
from typing import Final

from booking.kernel.errors import Violation
from booking.reservations.rules.crew import pool
from booking.reservations.rules.demand import Demand, Policy

OFF_DUTY: Final = Violation("operator.off_duty", overridable=True)
NONE_FREE: Final = Violation("operator.none_free")


def operator_on_duty(demand: Demand, policy: Policy) -> Iterator[Violation]:  # noqa: ARG001 - a rule
    crew = demand.crew
    if crew is None:
        return
    if len(crew.present) < crew.needed:
        yield OFF_DUTY
    elif crew.others and len(crew.ready) < crew.needed:
        # Somebody off duty may be asked to come by the lab.
        enough = len(crew.free.intersection(pool(crew.wanted, crew.others))) >= crew.needed
        yield Violation(NONE_FREE.code, overridable=enough)
