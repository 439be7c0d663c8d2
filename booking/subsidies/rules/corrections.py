"""Back-dated bank records: what a statement already holds stays, the difference is a new line."""

from datetime import date, timedelta
from typing import NamedTuple

from booking.kernel.money import half_up
from booking.loans.rules import Loan
from booking.subsidies.rules.caps import Balances, Claim, Cut, Purse
from booking.subsidies.rules.interest import accrue
from booking.subsidies.rules.programme import Programme
from booking.subsidies.rules.results import LoanResult, loan_item

Days = tuple[date, date]
_DAY = timedelta(days=1)


class Paid(NamedTuple):
    """What live lines hold of a loan for some days."""

    interest: int
    wanted: int
    paid: int


def correct(
    terms: Programme, loan: Loan, *, days: Days, held: Paid, balances: Balances
) -> tuple[LoanResult | None, Balances]:
    """The difference between today's answer for some days and what is held, if there is one.

    More is granted as far as the caps leave; what was paid beyond today's answer is taken back. The
    figures of the result are differences.
    """
    accrued = accrue(loan, terms.discount, *days)
    wanted = min(half_up(accrued.discount), half_up(accrued.eligible))
    if (half_up(accrued.interest), wanted) == (held.interest, held.wanted):
        return None, balances
    after = balances.copy()
    granted, cuts = min(wanted - held.paid, 0), NO_CUTS
    if wanted > held.wanted:
        granted, cuts = _more(terms, loan, wanted - held.wanted, day=days[1] - _DAY, after=after)
    interest = half_up(accrued.interest) - held.interest
    found = LoanResult(
        terms=terms,
        loan=loan,
        day=days[1] - _DAY,
        accrued=accrued,
        interest=interest,
        eligible_interest=interest,
        discount=wanted - held.wanted,
        cuts=cuts,
        granted=granted,
        payable=granted,
    )
    return found, after


NO_CUTS: tuple[Cut, ...] = ()


def _more(
    terms: Programme, loan: Loan, wanted: int, *, day: date, after: Balances
) -> tuple[int, tuple[Cut, ...]]:
    item = loan_item(loan)
    claim = Claim(item, loan.user, loan.group, "", "", day)
    room = after.items.get(item, 0) + wanted
    return Purse(terms, after, ()).grant(claim, wanted, base=room)
