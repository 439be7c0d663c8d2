"""Pro rata: what every grant of a settlement cycle gets when there is not enough for all."""

from collections.abc import Sequence
from typing import TypeVar

from booking.kernel.money import split_by_largest_remainder
from booking.subsidies.rules.caps import Balances, Cut
from booking.subsidies.rules.results import LoanResult, Result


def pro_rata(amount: int, granted: Sequence[int]) -> list[int]:
    """The grants as they are if they fit, else their shares: floors, then a fen each to the largest
    remainders, ties to the earlier; the shares sum to the amount exactly."""
    if sum(granted) <= amount:
        return list(granted)
    return split_by_largest_remainder(amount, granted)


R = TypeVar("R", Result, LoanResult)


def shared(results: list[R], balances: Balances) -> list[R]:
    """Cut what exceeds a pro-rata budget, cycle by cycle; caps are not re-opened."""
    cycles: dict[tuple[int, tuple[int, int]], list[int]] = {}
    for i, found in enumerate(results):
        budget = found.terms.budget
        if budget and budget.rule == "pro_rata" and found.granted > 0 and found.day is not None:
            days = (0, 0) if balances.one_cycle else found.terms.cycle_of(found.day)
            cycle = (found.terms.fund[1], days)
            cycles.setdefault(cycle, []).append(i)
    for members in cycles.values():
        _share(results, members, balances=balances)
    return results


def _share(results: list[R], members: Sequence[int], *, balances: Balances) -> None:
    # Where two versions share one budget, the later one says how much it is.
    terms = max((results[i].terms for i in members), key=lambda one: one.version)
    spent = balances.budgets.get(terms.fund, 0)
    amount = max(terms.budget.amount - spent, 0) if terms.budget else 0
    shares = pro_rata(amount, [results[i].granted for i in members])
    for i, share in zip(members, shares, strict=True):
        found: R = results[i]
        if lost := found.granted - share:
            # A copy of all but the last three fields; `_replace` would take six times as long.
            results[i] = type(found)._make(
                (*found[:-3], (*found.cuts, Cut("budget", lost)), found.granted, share)
            )
            balances.stack(found.item, found.days, -lost)
