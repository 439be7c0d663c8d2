"""The whole law of booking, in reading order."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from booking.kernel.errors import Violation
from booking.kernel.timespan import TimeSpan
from booking.reservations.rules.credit import credit_high_enough
from booking.reservations.rules.demand import Demand, Per, Policy
from booking.reservations.rules.duration import right_length
from booking.reservations.rules.funds import funds_suffice
from booking.reservations.rules.gap import keeps_gap
from booking.reservations.rules.grid import on_grid
from booking.reservations.rules.guarantee import leaves_guaranteed_hours
from booking.reservations.rules.horizon import within_horizon
from booking.reservations.rules.notice import enough_notice, not_in_past
from booking.reservations.rules.opening import within_opening
from booking.reservations.rules.operators import operator_on_duty
from booking.reservations.rules.quota import within_quotas
from booking.reservations.rules.standing import (
    instrument_published,
    mode_offered,
    organisation_verified,
)
from booking.reservations.rules.training import trained

Rule = Callable[[Demand, Policy], Iterator[Violation]]

RULES: tuple[Rule, ...] = (
    instrument_published,
    organisation_verified,
    credit_high_enough,
    mode_offered,
    not_in_past,
    enough_notice,
    within_horizon,
    within_opening,
    right_length,
    on_grid,
    within_quotas,
    keeps_gap,
    leaves_guaranteed_hours,
    trained,
    operator_on_duty,
    funds_suffice,
)

# For more time while the instrument is used: what speaks of the beginning is over.
EXTENDING_RULES: tuple[Rule, ...] = tuple(
    rule for rule in RULES if rule not in {not_in_past, enough_notice}
)

# What less time could break; that everything else held was judged when it was booked.
SHORTENING_RULES: tuple[Rule, ...] = (right_length, on_grid)


def _of_person(rule: Rule) -> Rule:
    """What a rule says of the person, whatever it says of the organisation."""

    def personal(demand: Demand, policy: Policy) -> Iterator[Violation]:
        quotas = tuple(quota for quota in policy.quotas if quota.per is Per.PERSON)
        yield from rule(demand, replace(policy, quotas=quotas, organisation_gap=timedelta(0)))

    return personal


# What depends on the person who takes over, and on how the organisation stands today. Not asked
# again is what stays as it was:
# - time, length, mode and operators: nothing is taken anew;
# - quotas and gaps of the organisation, hours that it leaves to others: it is the same one, and
#   what the lab set aside of them need not be set aside twice;
# - funds: the price stays, and stays held.
HANDING_OVER_RULES: tuple[Rule, ...] = (
    organisation_verified,
    credit_high_enough,
    _of_person(within_quotas),
    _of_person(keeps_gap),
    trained,
)

# Asked again when a request is approved: whatever others may have changed since it came. Not asked
# again is what cannot have changed, or is not the fault of who waited:
# - notice and horizon: time passed while the lab decided; the day only came nearer;
# - length and grid: judged by the policy of then, and a later one binds later bookings;
# - quotas, gaps, guaranteed hours: the request holds its time and counts since it came, so that
#   whatever was booked after it had to leave it room;
# - funds: its price is held since it came, and the ledger pays nothing out that is held.
APPROVAL_RULES: tuple[Rule, ...] = (
    instrument_published,
    organisation_verified,
    credit_high_enough,
    mode_offered,
    not_in_past,
    within_opening,
    trained,
    operator_on_duty,
)

# Whoever begins before the booked time does so when the instrument is open and works.
EARLY_RULES: tuple[Rule, ...] = (within_opening,)

# What waiting cannot change, for whoever waits for one span; quotas, gaps, hours kept for others
# and operators may have room by then.
WAITING_FOR_SPAN_RULES: tuple[Rule, ...] = (
    instrument_published,
    organisation_verified,
    mode_offered,
    not_in_past,
    enough_notice,
    within_horizon,
    within_opening,
    right_length,
    on_grid,
    trained,
)

# The same for some time of a window.
WAITING_RULES: tuple[Rule, ...] = (
    instrument_published,
    organisation_verified,
    mode_offered,
    right_length,
    trained,
)


def caused_by_shortening(before: TimeSpan) -> Rule:
    """What the shorter span breaks and the longer one did not: the rest was allowed already."""

    def caused(demand: Demand, policy: Policy) -> Iterator[Violation]:
        longer = replace(demand, span=before)
        known = {one.code for one in violations(longer, policy, SHORTENING_RULES)}
        for one in violations(demand, policy, SHORTENING_RULES):
            if one.code not in known:
                yield one

    return caused


def violations(
    demand: Demand, policy: Policy, rules: Iterable[Rule] = RULES
) -> tuple[Violation, ...]:
    """Every rule that speaks against the demand."""
    return tuple(violation for rule in rules for violation in rule(demand, policy))
