"""Results of the engine as rows of statements: sums per organisation, a row per result."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import chain

from booking.db.bulk import Value
from booking.subsidies.actions.correction_lines import (
    LineCorrection,
    correction_row,
    recovery_row,
)
from booking.subsidies.models.statement import OWN_NAME, LineKind
from booking.subsidies.queries.clawbacks import Recovery
from booking.subsidies.queries.uses import Use
from booking.subsidies.rules.caps import Cut
from booking.subsidies.rules.kept import cuts_json, inputs_text
from booking.subsidies.rules.kept import encoded as _encoded
from booking.subsidies.rules.programme import exact_yuan, rate_text
from booking.subsidies.rules.results import LoanResult, Result
from booking.subsidies.rules.scalars import RATE_ONE
from booking.subsidies.rules.steps import loan_steps, step_json

COLUMNS = (
    "settlement_id",
    "statement_id",
    "revision",
    "position",
    "live",
    "locked",
    "kind",
    "programme",
    "version",
    "charge_id",
    "credit_line_id",
    "reference",
    "day",
    "period_year",
    "user_key",
    "group_key",
    "provider_id",
    "instrument_id",
    "span_from",
    "span_until",
    "eligible",
    "amount_fen",
    "base_fen",
    "before_fen",
    "granted_fen",
    "payable_fen",
    "detail",
    "corrects_id",
    "clawback_id",
)
Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class LoanAnswer:
    """A loan's result, and where it came from."""

    result: LoanResult
    credit_line_id: int


@dataclass(slots=True)
class Draft:
    """What one organisation's statement will hold."""

    results: list[Result | LoanAnswer] = field(default_factory=list)
    corrections: list[LineCorrection] = field(default_factory=list)
    recoveries: list[Recovery] = field(default_factory=list)
    uses: dict[str, tuple[int, int]] = field(default_factory=dict)
    corrected: dict[int, tuple[int, int]] = field(default_factory=dict)
    paid: dict[LineKind, int] = field(default_factory=lambda: dict.fromkeys(LineKind, 0))
    cuts: dict[str, int] = field(default_factory=dict)

    def take(self, result: Result) -> None:
        """Add a use; its spending and base count once, however many programmes look at it."""
        self.results.append(result)
        base = result.base if result.eligible else 0
        item = result.line.line_id
        known = self.uses.get(item)
        self.uses[item] = (result.line.paid_amount, max(base, known[1] if known else 0))
        self.paid[LineKind(result.terms.kind)] += result.payable
        self._cut(result.cuts)

    def take_loan(self, answer: LoanAnswer) -> None:
        """Add a loan's interest."""
        self.results.append(answer)
        self.paid[LineKind.INTEREST] += answer.result.payable
        self._cut(answer.result.cuts)

    def take_correction(self, one: LineCorrection) -> None:
        """Add a correction; what was spent differs once, however many programmes look at it."""
        self.corrections.append(one)
        sums = one.found.sums
        known = self.corrected.get(one.use.use.charge_id, (0, 0))
        self.corrected[one.use.use.charge_id] = (
            max(sums.amount, known[0], key=abs),
            max(sums.base, known[1], key=abs),
        )
        self.paid[one.use.kind] += sums.payable
        self._cut(one.found.cuts)

    def take_recovery(self, one: Recovery) -> None:
        """Add what is recovered of a line that was paid."""
        self.recoveries.append(one)
        self.paid[one.kind] -= one.amount_fen

    def _cut(self, cuts: tuple[Cut, ...]) -> None:
        for cut in cuts:
            self.cuts[cut.reason] = self.cuts.get(cut.reason, 0) + cut.amount

    def sums(self) -> dict[str, object]:
        """The totals of the statement."""
        counted = [*self.uses.values(), *self.corrected.values()]
        return {
            "line_count": len(self.results) + len(self.corrections) + len(self.recoveries),
            "use_count": len(self.uses),
            "spend_fen": sum(amount for amount, _ in counted),
            "base_fen": sum(base for _, base in counted),
            "usage_fen": self.paid[LineKind.USAGE],
            "provider_fen": self.paid[LineKind.PROVIDER],
            "interest_fen": self.paid[LineKind.INTEREST],
            "cut_fen": sum(self.cuts.values()),
            "payable_fen": sum(self.paid.values()),
            "remarks": sorted(self.cuts),
        }


def rows_of(
    draft: Draft,
    uses: Mapping[str, Use],
    *,
    head: tuple[int, int, int],
    told: dict[tuple[str, ...], str],
) -> Iterator[Row]:
    """A row per result, then the corrections; `head` is settlement, statement and revision.

    `told` remembers the inputs of a use, which several programmes may look at.
    """
    bodies = chain(
        (_row(found, uses, told) for found in draft.results),
        (correction_row(one) for one in draft.corrections),
        (recovery_row(one) for one in draft.recoveries),
    )
    for position, body in enumerate(bodies, 1):
        yield (*head, position, True, False, *body)


def _row(
    found: Result | LoanAnswer, uses: Mapping[str, Use], told: dict[tuple[str, ...], str]
) -> Row:
    if not isinstance(found, Result):
        return (*_loan_row(found), None, None)
    line = found.line
    seen = (line.line_id, line.user_region, line.provider_region)
    if seen not in told:
        told[seen] = inputs_text(line)
    return (*_use_row(found, uses[line.line_id], told[seen]), None, None)


def _use_row(found: Result, use: Use, inputs: str) -> Row:
    terms, line, day = found.terms, found.line, found.day or date.min
    return (
        terms.kind,
        terms.id,
        terms.version,
        use.charge_id,
        None,
        use.number,
        day.isoformat(),
        terms.period_of(day),
        found.user,
        group_key_of(line.group, found.user),
        use.provider_id,
        use.instrument_id,
        None,
        None,
        found.eligible,
        line.paid_amount,
        found.base,
        found.before,
        found.granted,
        found.payable,
        _detail(found, inputs),
    )


def _loan_row(found: LoanAnswer) -> Row:
    result = found.result
    terms, loan = result.terms, result.loan
    return (
        LineKind.INTEREST.value,
        terms.id,
        terms.version,
        None,
        found.credit_line_id,
        loan.loan_id,
        result.day.isoformat(),
        terms.period_of(result.day),
        loan.user,
        group_key_of(loan.group, loan.user),
        None,
        None,
        result.days[0].isoformat(),
        result.days[1].isoformat(),
        True,
        result.interest,
        result.eligible_interest,
        result.discount,
        result.granted,
        result.payable,
        _encoded(
            {
                "loan": {"annual_rate": rate_text(int(loan.annual_rate * RATE_ONE))},
                "cuts": cuts_json(result.cuts),
                "steps": [step_json(step) for step in loan_steps(result)],
            }
        ),
    )


def group_key_of(group: str, user: str) -> str:
    """What the caps of groups count a line by."""
    return f"{OWN_NAME}{group}" if group == user else group or user


def _detail(found: Result, inputs: str) -> str:
    """Inputs and answer; the steps between them follow from both and the programme's version."""
    rate = None if found.rate is None else rate_text(found.rate)
    rest = _encoded(
        {
            "rate": rate,
            "raw": exact_yuan(found.raw),
            "reasons": found.reasons,
            "cuts": cuts_json(found.cuts),
        }
    )
    return f'{{"line":{inputs},{rest[1:]}'
