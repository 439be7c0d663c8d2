"""The interest that a settlement owes: its own days, and what changed about days before them."""

from collections.abc import Sequence

from booking.subsidies.rules.budget import shared
from booking.subsidies.rules.caps import Balances
from booking.subsidies.rules.discounts import Stretch, discounted
from booking.subsidies.rules.evaluation import purses_of
from booking.subsidies.rules.programme import JointCap, Programme
from booking.subsidies.rules.results import Evaluation, LoanResult


def settle_interest(
    versions: Sequence[Programme],
    stretches: Sequence[Stretch],
    *,
    joint_caps: Sequence[JointCap],
    balances: Balances,
) -> Evaluation:
    """Discount stretches in order; those that change nothing are left out."""
    found, after = discount_all(versions, stretches, joint_caps=joint_caps, balances=balances)
    met = shared([one for one in found if one.interest or one.discount], after)
    return Evaluation((), tuple(met), after)


def discount_all(
    versions: Sequence[Programme],
    stretches: Sequence[Stretch],
    *,
    joint_caps: Sequence[JointCap],
    balances: Balances,
) -> tuple[list[LoanResult], Balances]:
    """The answer for every stretch, before a budget is shared, and the balances afterwards."""
    after = balances.copy()
    purses = {
        terms.version: purse
        for terms, purse in purses_of(versions, versions, joint_caps=joint_caps, balances=after)
    }
    return [discounted(purses[stretch.terms.version], stretch) for stretch in stretches], after
