"""贴息 of a loan for some days, after what statements hold of them already.

A back-dated bank record re-opens days that were settled: what a statement holds stays, the
difference is granted like anything else, or taken back.
"""

from typing import NamedTuple

from booking.kernel.money import half_up
from booking.loans.rules.balances import Loan
from booking.subsidies.rules.caps import Claim, Cut, Days, Purse
from booking.subsidies.rules.interest import accrue
from booking.subsidies.rules.programme import Programme
from booking.subsidies.rules.results import LoanResult


class Held(NamedTuple):
    """What live lines hold of a loan for some days."""

    interest: int = 0
    eligible: int = 0
    wanted: int = 0
    paid: int = 0


class Stretch(NamedTuple):
    """Days of a loan to be discounted by a programme that is in force on all of them."""

    terms: Programme
    loan: Loan
    days: Days
    held: Held = Held()


NO_CUTS: tuple[Cut, ...] = ()


def discounted(purse: Purse, stretch: Stretch) -> LoanResult:
    """The answer for a stretch; where something of it is held, the difference to that."""
    terms, loan, days, held = stretch
    accrued = accrue(loan, terms.discount, *days)
    eligible, wanted = half_up(accrued.eligible), half_up(accrued.discount)
    found = LoanResult(
        terms=terms,
        loan=loan,
        days=days,
        accrued=accrued,
        interest=half_up(accrued.interest) - held.interest,
        eligible_interest=eligible - held.eligible,
        discount=wanted - held.wanted,
        cuts=NO_CUTS,
        granted=0,
        payable=0,
    )
    granted, cuts = _granted(purse, found, base=eligible, over=held.paid - min(wanted, eligible))
    return found._replace(cuts=cuts, granted=granted, payable=granted)


def _granted(
    purse: Purse, found: LoanResult, *, base: int, over: int
) -> tuple[int, tuple[Cut, ...]]:
    """More as far as every limit leaves; what was paid beyond today's answer is taken back."""
    if not (found.interest or found.discount):
        return 0, NO_CUTS
    loan = found.loan
    claim = Claim(found.item, loan.user, loan.group, "", "", found.day, found.days)
    if over > 0:
        purse.take_back(claim, over)
        return -over, NO_CUTS
    return purse.grant(claim, max(found.discount, 0), base=base)
