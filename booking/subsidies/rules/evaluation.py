"""The whole calculation, in reading order: programme by programme, line by line, then budgets."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from operator import attrgetter

from booking.kernel.errors import Violation
from booking.loans.rules.balances import Loan
from booking.subsidies.rules.budget import shared
from booking.subsidies.rules.caps import Balances, Claim, Purse, joint_limits
from booking.subsidies.rules.discounts import Stretch, discounted
from booking.subsidies.rules.eligibility import reasons_against
from booking.subsidies.rules.faults import ProgrammeInvalid
from booking.subsidies.rules.interest import window
from booking.subsidies.rules.joint_caps import evaluation_order
from booking.subsidies.rules.line import Line, chosen_amount, dating, line_order
from booking.subsidies.rules.programme import JointCap, Programme
from booking.subsidies.rules.rate import half_up_fen, rating
from booking.subsidies.rules.results import Evaluation, LoanResult, Result

Days = tuple[date, date]


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
        purses = purses_of(versions, programmes, joint_caps=joint_caps, balances=after)
        if versions[0].kind == "interest":
            met += shared(list(_discounted(purses, owing, _needed(span, owing))), after)
        else:
            results += shared(list(granted(purses, ordered)), after)
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


def purses_of(
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


def granted(purses: Purses, lines: Iterable[Line]) -> Iterator[Result]:
    """What the versions of one programme grant for lines that come in their order."""
    return map(taking(purses), lines)


def taking(purses: Purses) -> Take:
    """The calculation of one line under the version in force on its day."""
    takes = [(terms, dating(terms.dated_by), _take(terms, purse)) for terms, purse in purses]
    if len(takes) == 1:
        return takes[0][2]

    def take_one(line: Line) -> Result:
        for terms, dated, take in takes:  # noqa: B007 - the last one says why no version fits
            day = dated(line)
            if day is not None and terms.in_force(day):
                break
        return take(line)

    return take_one


def _take(terms: Programme, purse: Purse) -> Take:
    """The calculation of one line under one programme version."""
    dated, amount = dating(terms.dated_by), chosen_amount(terms.base)
    reasons_of, rate_of = reasons_against(terms), rating(terms)
    beneficiary = _beneficiary(terms)
    new = tuple.__new__

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
        # As `Claim(…)` and `Result(…)` would, in half the time: a million lines come by here.
        claim = new(Claim, (line[0], user, line[2], line[3], line[4], day, None))
        paid, cuts = purse.grant(claim, before, base=base)
        rate, raw = rated
        return new(Result, (terms, line, day, user, (), base, rate, raw, before, cuts, paid, paid))

    return take


def _beneficiary(terms: Programme) -> Callable[[Line], str]:
    return attrgetter("provider" if terms.kind == "provider" else "user")


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
            yield discounted(purse, Stretch(terms, loan, days or span))
