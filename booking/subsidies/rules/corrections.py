"""The interest that a settlement owes: its own days, and what changed about days before them."""

from collections.abc import Sequence

from booking.subsidies.rules.budget import shared
from booking.subsidies.rules.caps import Balances
from booking.subsidies.rules.discounts import Stretch, discounted
from booking.subsidies.rules.evaluation import purses_of
from booking.subsidies.rules.programme import JointCap, Programme
from booking.subsidies.rules.results import Evaluation


def settle_interest(
    versions: Sequence[Programme],
    stretches: Sequence[Stretch],
    *,
    joint_caps: Sequence[JointCap],
    balances: Balances,
) -> Evaluation:
    """Discount stretches in order; those that change nothing are left out."""
    after = balances.copy()
    purses = {
        terms.version: purse
        for terms, purse in purses_of(versions, versions, joint_caps=joint_caps, balances=after)
    }
    found = [discounted(purses[stretch.terms.version], stretch) for stretch in stretches]
    met = shared([one for one in found if one.interest or one.discount], after)
    return Evaluation((), tuple(met), after)
