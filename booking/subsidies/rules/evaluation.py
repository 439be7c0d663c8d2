"""The whole calculation, in reading order: programme by programme, line by line, then budgets."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import TypeVar

from booking.kernel.errors import Violation
from booking.kernel.money import half_up
from booking.loans.rules import Loan
from booking.subsidies.rules.budget import pro_rata
from booking.subsidies.rules.caps import Balances, Claim, Cut, Purse, joint_limits
from booking.subsidies.rules.eligibility import reasons_against
from booking.subsidies.rules.faults import ProgrammeInvalid
from booking.subsidies.rules.interest import accrue, window
from booking.subsidies.rules.joint_caps import evaluation_order
from booking.subsidies.rules.line import Line, chosen_amount, dating, line_order
from booking.subsidies.rules.programme import JointCap, Programme
from booking.subsidies.rules.rate import half_up_fen, rating
from booking.subsidies.rules.results import Evaluation, LoanResult, Result, loan_item

Days = tuple[date, date]
_DAY = timedelta(days=1)


def evaluate(
    programmes: Sequence[Programme],
    lines: Iterable[Line],
    *,
    loans: Iterable[Loan] = (),
    joint_caps: Sequence[JointCap] = (),
    span: Days | None = None,
    balances: Balances | None = None,
) -> Evaluation:
    """Evaluate lines, and loans over the days `[span)`, after what `balances` say was granted."""
    after = balances.copy() if balances is not None else Balances()
    ordered = sorted(lines, key=line_order)
    owing = sorted(loans, key=lambda loan: loan.loan_id)
    results: list[Result] = []
    met: list[LoanResult] = []
    for versions in _in_order(programmes, joint_caps):
        purses = _purses(versions, programmes, joint_caps=joint_caps, balances=after)
        if versions[0].kind == "interest":
            met += _shared(list(_discounted(purses, owing, _needed(span, owing))), after)
        else:
            results += _shared(_granted(purses, ordered), after)
    return Evaluation(tuple(results), tuple(met), after)


Purses = list[tuple[Programme, Purse]]
Take = Callable[[Line], Result]


def _in_order(
    programmes: Sequence[Programme], joint_caps: Sequence[JointCap]
) -> list[list[Programme]]:
    """The versions of each programme, oldest first; programmes as the joint caps want them."""
    order = evaluation_order([terms.id for terms in programmes], joint_caps)
    if order is None:
        raise ProgrammeInvalid([Violation("programme.order_conflict", {"path": "joint_caps"})])
    return [
        sorted((p for p in programmes if p.id == name), key=lambda p: p.valid_from)
        for name in order
    ]


def _purses(
    versions: Sequence[Programme],
    programmes: Sequence[Programme],
    *,
    joint_caps: Sequence[JointCap],
    balances: Balances,
) -> Purses:
    """Each version with what it may still grant; a balance is shared by all versions."""
    first = {terms.id: terms for terms in reversed(programmes)}
    return [
        (
            terms,
            Purse(terms, balances, joint_limits(terms, joint_caps, balances=balances, first=first)),
        )
        for terms in versions
    ]


def _granted(purses: Purses, lines: Sequence[Line]) -> list[Result]:
    takes = [(terms, dating(terms.dated_by), _take(terms, purse)) for terms, purse in purses]
    if len(takes) == 1:
        take = takes[0][2]
        return [take(line) for line in lines]
    results = []
    for line in lines:
        for terms, dated, take in takes:  # noqa: B007 - the last one says why no version fits
            day = dated(line)
            if day is not None and terms.in_force(day):
                break
        results.append(take(line))
    return results


def _take(terms: Programme, purse: Purse) -> Take:
    """The calculation of one line under one programme version."""
    dated, amount = dating(terms.dated_by), chosen_amount(terms.base)
    reasons_of, rate_of = reasons_against(terms), rating(terms)
    beneficiary = _beneficiary(terms)

    def take(line: Line) -> Result:
        day = dated(line)
        base = max(amount(line) - line.other_funding, 0)
        user = beneficiary(line)
        reasons = reasons_of(line, day, base)
        if reasons or day is None:
            return Result(terms, line, day, user, reasons, base, 0, 0, 0, (), 0, 0)
        rated = rate_of(line, day, base)
        if rated is None:
            return Result(terms, line, day, user, ("no_rate",), base, 0, 0, 0, (), 0, 0)
        before = half_up_fen(rated.raw)
        claim = Claim(line.line_id, user, line.group, line.provider, line.instrument, day)
        granted, cuts = purse.grant(claim, before, base=base)
        return Result(
            terms, line, day, user, (), base, rated.rate, rated.raw, before, cuts, granted, granted
        )

    return take


def _beneficiary(terms: Programme) -> Callable[[Line], str]:
    if terms.kind == "provider":
        return lambda line: line.provider
    return lambda line: line.user


def _needed(span: Days | None, loans: Sequence[Loan]) -> Days:
    """The days to count interest on; a request with loans has to name them."""
    if span is not None and span[0] < span[1]:
        return span
    if not loans:
        return date.min, date.min
    fault = "missing" if span is None else "ends_before_start"
    raise ProgrammeInvalid([Violation(f"programme.{fault}", {"path": "to" if span else "from"})])


def _discounted(purses: Purses, loans: Sequence[Loan], span: Days) -> Iterator[LoanResult]:
    for terms, purse in purses:
        days = window(terms, *span)
        for loan in loans if days else ():
            yield _discount(terms, purse, loan=loan, days=days or span)


def _discount(terms: Programme, purse: Purse, *, loan: Loan, days: Days) -> LoanResult:
    accrued = accrue(loan, terms.discount, *days)
    wanted, eligible = half_up(accrued.discount), half_up(accrued.eligible)
    day = days[1] - _DAY
    claim = Claim(loan_item(loan), loan.user, loan.group, "", "", day)
    granted, cuts = purse.grant(claim, wanted, base=eligible)
    interest = half_up(accrued.interest)
    return LoanResult(terms, loan, day, accrued, interest, eligible, wanted, cuts, granted, granted)


R = TypeVar("R", Result, LoanResult)


def _shared(results: list[R], balances: Balances) -> list[R]:
    """Cut what exceeds a pro-rata budget, cycle by cycle; caps are not re-opened."""
    cycles: dict[tuple[int, tuple[int, int]], list[int]] = {}
    for i, found in enumerate(results):
        budget = found.terms.budget
        if budget and budget.rule == "pro_rata" and found.granted and found.day is not None:
            days = (0, 0) if balances.one_cycle else found.terms.cycle_of(found.day)
            cycle = (found.terms.version, days)
            cycles.setdefault(cycle, []).append(i)
    for members in cycles.values():
        _share(results, members, balances=balances)
    return results


def _share(results: list[R], members: Sequence[int], *, balances: Balances) -> None:
    terms = results[members[0]].terms
    spent = balances.budgets.get((terms.id, terms.version), 0)
    amount = max(terms.budget.amount - spent, 0) if terms.budget else 0
    shares = pro_rata(amount, [results[i].granted for i in members])
    for i, share in zip(members, shares, strict=True):
        found: R = results[i]
        if lost := found.granted - share:
            # A copy of all but the last three fields; `_replace` would take six times as long.
            results[i] = type(found)._make(
                (*found[:-3], (*found.cuts, Cut("budget", lost)), found.granted, share)
            )
            balances.items[found.item] -= lost
